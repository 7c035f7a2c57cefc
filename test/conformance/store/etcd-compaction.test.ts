import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock, type Clock } from '../../../src/core/runtime/clock.js';
import type { Logger } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { Calls } from '../../../src/core/store/etcd/calls.js';
import { Compactor } from '../../../src/core/store/etcd/compactor.js';
import { Endpoints } from '../../../src/core/store/etcd/endpoints.js';
import { etcd, type EtcdOptions } from '../../../src/core/store/etcd/index.js';
import type { Codec, Revision, StoreHandle } from '../../../src/core/store/store.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { grpcFront } from '../../integration/grpc-front.js';
import { endOf, put, remove, upTo, valueCodec } from './backends.js';

const clock = systemClock();
const text: Codec<string> = { encode: (value) => new TextEncoder().encode(value), decode: (bytes) => new TextDecoder().decode(bytes), stamp: (value) => value };

describe('compaction of etcd', () => {
  let server: EtcdProcess;
  const toStop: (() => unknown)[] = [];
  beforeAll(async () => { server = await etcdForTests(); });
  afterAll(async () => {
    for (const stop of toStop) await stop();
    await server.stop();
  });

  const url = () => server.endpoints[0] as string;
  const opened = async <V>(codec: Codec<V>, options: EtcdOptions = {}, its: Clock = clock, endpoint = url()): Promise<StoreHandle<V>> => {
    const handle = await etcd(endpoint, { compactEveryMs: 0, ...options }).open(codec, systemRuntime({ clock: its, random: keyedRandom(1) }));
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };
  const compactor = async (log?: Logger) => {
    const runtime = systemRuntime({ clock, random: keyedRandom(1), ...(log ? { log } : {}) });
    const endpoints = await Endpoints.open([url()], {}, runtime, 2_000);
    toStop.push(() => { endpoints.close(); });
    return new Compactor({ calls: new Calls(endpoints, runtime, 10_000, undefined), runtime, everyMs: 300_000, signal: new AbortController().signal });
  };
  const isForgotten = async (store: StoreHandle<unknown>, revision: Revision) => {
    try {
      await store.range({ key: 'a', revision });
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'Compacted' });
      return true;
    }
  };

  test('S54 of several processes one compacts per interval, to where the store was an interval ago', async () => {
    const store = await opened(valueCodec());
    const all = await Promise.all([compactor(), compactor(), compactor()]);
    const ends: Revision[] = [];
    for (let interval = 0; interval < 4; interval++) {
      for (const one of all) await one.round();
      ends.push((await store.range({ key: 'a' })).revision);
      for (let i = 0; i < 3; i++) await put(store, 'a', i);
      const [before, now] = [ends[interval - 1] ?? 0n, ends[interval] as bigint];
      if (interval > 0) expect(await isForgotten(store, before - 1n)).toBe(true);
      expect(await isForgotten(store, now - 1n)).toBe(false);
    }
    // Each interval, one turn was taken, by one compare-and-swap.
    const turns = await (await opened(text)).range({ key: 'compact_rev_key' });
    expect(turns.items[0]?.version).toBe(4n);
  });

  test('S54 kube-apiserver and this store take turns', async () => {
    const store = await opened(text);
    const takeTurn = async (time: bigint, revision: Revision) => store.txn({
      compare: [{ key: 'compact_rev_key', version: time, op: '=' }], then: [{ type: 'put', key: 'compact_rev_key', value: revision.toString() }], else: [{ type: 'get', key: 'compact_rev_key' }],
    });
    const ours = await compactor();
    await ours.round();

    // The other is first, so ours does nothing in this interval.
    const time = (await store.range({ key: 'compact_rev_key' })).items[0]?.version ?? 0n;
    const theirs = await takeTurn(time, (await store.range({ key: 'a' })).revision);
    expect(theirs.ok).toBe(true);
    await ours.round();
    expect(await isForgotten(store, theirs.revision - 1n)).toBe(false);

    // The next is ours: the other finds its turn taken, and by whom it does not matter.
    await ours.round();
    expect(await takeTurn(time + 1n, theirs.revision)).toMatchObject({ ok: false, results: [{ item: { version: time + 2n } }] });
    expect(await isForgotten(store, theirs.revision - 1n)).toBe(true);
  });

  test('S54 what etcd compacts by itself is left to it', async () => {
    const logged: string[] = [];
    const log: Logger = { debug() {}, warn() {}, error() {}, info: (line) => { logged.push(line); } };
    const [store, ours] = [await opened(valueCodec()), await compactor(log)];
    for (let round = 0; round < 4; round++) {
      await ours.round();
      await put(store, 'a', round);
      // As etcd's own compactor, which keeps less.
      await store.compact((await put(store, 'a', 'x')).revision);
      const { revision } = await put(store, 'a', 'y');
      await ours.round();
      expect(await isForgotten(store, revision - 1n)).toBe(false);
    }
    expect(logged).toHaveLength(1);
  });

  test('S54 a handle does it every interval until it is disposed', async () => {
    const [direct, its] = [await opened(valueCodec()), virtualClock()];
    const { revision } = await put(direct, 'a', 1);
    const store = await opened(valueCodec(), { compactEveryMs: 60_000 }, its);
    // Each answer takes real time, of which the virtual clock knows nothing.
    while (!await isForgotten(direct, revision)) {
      await put(direct, 'a', 1);
      await its.advance(60_000);
    }
    await store[Symbol.asyncDispose]();
    await its.quiet();
    expect(its.pending).toBe(0);
  });

  test('S82 where the server would lose a deletion at the compacted revision, the watch ends with Compacted', async () => {
    const store = await opened(valueCodec());
    await put(store, '/s82/a', 1);
    const { revision } = await remove(store, '/s82/a');
    const { revision: last } = await put(store, '/s82/b', 1);
    await store.compact(revision);
    const watched = async (version: string) => {
      const front = await grpcFront(url(), version);
      toStop.push(() => { front.stop(); });
      return opened(valueCodec(), {}, clock, front.url);
    };
    const old = await watched('3.5.17');
    const fixed = await watched('3.5.18');

    expect(await endOf(old.watch({ prefix: '/s82/', after: revision - 1n }))).toMatchObject({ code: 'Compacted', compactRevision: revision });
    expect(await upTo(old.watch({ prefix: '/s82/', after: revision }), last)).toHaveLength(1);
    expect((await upTo(fixed.watch({ prefix: '/s82/', after: revision - 1n }), last)).length).toBeGreaterThan(0);
  });
});
