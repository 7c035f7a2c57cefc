import { startEtcd } from '../../src/cli/etcd-process.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { etcd } from '../../src/core/store/etcd/index.js';
import type { Codec, StoreHandle } from '../../src/core/store/store.js';
import { percentile99, timeMs, type Benchmark, type Result } from '../harness.js';
import { etcdClient, putArgs } from './peer.js';
import { sizeBytes } from './value.js';


/** Bytes as they are: what the clients do is measured, not what JSON takes. */
interface Blob {
  readonly bytes: Uint8Array;
}
const blobCodec: Codec<Blob> = { encode: ({ bytes }) => bytes, decode: (bytes) => ({ bytes }), stamp: (blob) => blob };
type Opened = StoreHandle<Blob>;

const peerName = 'Go clientv3';
const value: Blob = Object.freeze({ bytes: new Uint8Array(sizeBytes).fill(120) });

/** A server of its own for the row, one connection of ours, and the same work by etcd's own client. */
interface Work {
  readonly name: string;
  readonly unit: string;
  /** What the server holds before anything is measured. */
  readonly objects: number;
  ours(store: Opened, round: number): Promise<Result>;
  /** The arguments of the peer's program. */
  readonly peer: (round: number) => readonly string[];
}

function overEtcd({ name, unit, objects, ours, peer }: Work): Benchmark {
  return {
    type: 'once', name, unit, better: 'higher', peerName,
    async start() {
      const server = await startEtcd();
      const [endpoint = ''] = server.endpoints;
      const store = await etcd(endpoint).open(blobCodec, systemRuntime());
      for (let i = 0; i < objects; i += 100) await store.txn({ compare: [], then: Array.from({ length: 100 }, (_, j) => ({ type: 'put', key: key('filled', i + j), value }) as const) });
      return {
        run: (round) => ours(store, round),
        peer: (round, peers) => etcdClient(peers, endpoint, peer(round)),
        async end() {
          await store[Symbol.asyncDispose]();
          await server.stop();
        },
      };
    },
  };
}

function key(what: string, i: number): string {
  return `/bench/${what}/${String(i).padStart(7, '0')}`;
}

const puts = 10_000;
const inFlight = 64;

/** So many calls, 64 of them at one time; `p99` in milliseconds. */
async function together(calls: number, call: (i: number) => Promise<void>): Promise<Result> {
  const latencies: number[] = [];
  let next = 0;
  const ms = await timeMs(async () => {
    await Promise.all(Array.from({ length: inFlight }, async () => {
      while (next < calls) {
        const i = next++;
        latencies.push(await timeMs(() => call(i)));
      }
    }));
  });
  return { value: calls / ms * 1_000, p99: percentile99(latencies) };
}

/** Each a txn of one put. */
const txnPut = overEtcd({
  name: 'etcd/txn-put', unit: 'txn/s', objects: 0,
  ours: (store) => together(puts, async (i) => { await store.txn({ compare: [], then: [{ type: 'put', key: key('put', i), value }] }); }),
  peer: () => putArgs(puts, inFlight, sizeBytes),
});

const reads = 100;
const listed = 1_000;

/** Lists of 1 000 items of 2 KiB, one after the other. */
const range = overEtcd({
  name: 'etcd/range', unit: 'items/s', objects: listed,
  async ours(store) {
    const latencies: number[] = [];
    const ms = await timeMs(async () => {
      for (let i = 0; i < reads; i++) {
        latencies.push(await timeMs(async () => {
          const { items } = await store.range({ prefix: '/bench/filled/' });
          if (items.length !== listed) throw new Error(`${String(items.length)} items`);
        }));
      }
    });
    return { value: reads * listed / ms * 1_000, p99: percentile99(latencies) };
  },
  peer: () => ['-work', 'range', '-n', String(reads), '-items', String(listed)],
});

const gets = 5_000;

/** Single items, 64 in flight. */
const get = overEtcd({
  name: 'etcd/get', unit: 'get/s', objects: 100,
  ours: (store) => together(gets, async (i) => { await store.range({ key: key('filled', i % 100) }); }),
  peer: () => ['-work', 'get', '-n', String(gets), '-in-flight', String(inFlight)],
});

const events = 20_000;

/** A watch that begins in the past: as fast as the server sends and the client decodes. */
const watch = overEtcd({
  name: 'etcd/watch', unit: 'events/s', objects: events,
  async ours(store) {
    const { revision } = await store.range({ key: '/', countOnly: true });
    let seen = 0;
    const ms = await timeMs(async () => {
      for await (const delivery of store.watch({ prefix: '/bench/filled/', after: 1n })) {
        if (delivery.type !== 'batches') continue;
        for (const batch of delivery.batches) seen += batch.events.length;
        if ((delivery.batches.at(-1)?.revision ?? 0n) >= revision) return;
      }
    });
    if (seen !== events) throw new Error(`${String(seen)} events`);
    return { value: events / ms * 1_000 };
  },
  peer: () => ['-work', 'watch', '-n', String(events)],
});

export const etcdBenchmarks: readonly Benchmark[] = [txnPut, get, range, watch];
