import { objectCodec } from '../../src/core/api/codec.js';
import type { KubeObject } from '../../src/core/resource/object.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { memory } from '../../src/core/store/memory/memory.js';
import type { StoreHandle } from '../../src/core/store/store.js';
import { percentile99, timeMs, type Benchmark, type Result } from '../harness.js';
import { sizeBytes, value } from './value.js';

type Opened = StoreHandle<KubeObject>;

/** History is kept as by default; what the figures are about is the store itself. */
function open(): Promise<Opened> {
  return memory().open(objectCodec(), systemRuntime());
}

function put(store: Opened, key: string): Promise<unknown> {
  return store.txn({ compare: [], then: [{ type: 'put', key, value, sizeBytes }] });
}

function keyOf(i: number): string {
  return `/registry/pods/default/pod-${String(i).padStart(7, '0')}`;
}

async function filled(count: number): Promise<Opened> {
  const store = await open();
  for (let i = 0; i < count; i++) await put(store, keyOf(i));
  return store;
}

/** `p99` in microseconds; every hundredth call is looked at, so that looking costs nothing. */
async function perSecond(calls: number, call: (i: number) => Promise<unknown>): Promise<Result> {
  const latencies: number[] = [];
  const ms = await timeMs(async () => {
    for (let i = 0; i < calls; i++) {
      if (i % 100 === 0) latencies.push(1_000 * await timeMs(() => call(i) as Promise<void>));
      else await call(i);
    }
  });
  return { value: calls / ms * 1_000, p99: percentile99(latencies) };
}

const keys = Array.from({ length: 10_000 }, (_, i) => keyOf(i));

/** One writer that waits for each answer (S61). */
const txnPut: Benchmark = {
  type: 'once', name: 'memory/txn-put', unit: 'txn/s', better: 'higher',
  async start() {
    const store = await filled(10_000);
    return { run: () => perSecond(300_000, (i) => put(store, keys[i % keys.length] as string)), end: async () => { await store[Symbol.asyncDispose](); } };
  },
};

const get: Benchmark = {
  type: 'once', name: 'memory/get', unit: 'get/s', better: 'higher',
  async start() {
    const store = await filled(10_000);
    return { run: () => perSecond(1_000_000, (i) => store.range({ key: keys[i % keys.length] as string })), end: async () => { await store[Symbol.asyncDispose](); } };
  },
};

const range10k: Benchmark = {
  type: 'once', name: 'memory/range-10k', unit: 'ms', better: 'lower',
  async start() {
    const store = await filled(20_000);
    return {
      async run() {
        const samples = [];
        for (let i = 0; i < 100; i++) samples.push(await timeMs(async () => { if ((await store.range({ prefix: '/registry/pods/default/pod-000' })).items.length !== 10_000) throw new Error('not 10 000 items'); }));
        return { value: samples.sort((a, b) => a - b)[50] ?? NaN, p99: percentile99(samples) };
      },
      end: async () => { await store[Symbol.asyncDispose](); },
    };
  },
};

const consumers = 1_000;
const writes = 2_000;

/** One writer that waits for each answer, so that every consumer is woken for every event (S39). */
const fanout1k: Benchmark = {
  type: 'once', name: 'memory/fanout-1k', unit: 'deliveries/s', better: 'higher',
  async start() {
    const store = await filled(1);
    return {
      async run() {
        const after = store.seen;
        const last = after + BigInt(writes);
        const watches = Array.from({ length: consumers }, async () => {
          for await (const delivery of store.watch({ prefix: '/registry/pods/', after })) {
            if (delivery.type === 'batches' && (delivery.batches.at(-1)?.revision ?? 0n) >= last) return;
          }
        });
        const ms = await timeMs(async () => {
          for (let i = 0; i < writes; i++) await put(store, keyOf(0));
          await Promise.all(watches);
        });
        return { value: consumers * writes / ms * 1_000 };
      },
      end: async () => { await store[Symbol.asyncDispose](); },
    };
  },
};

/** At each size: what the store itself takes for an object (all share one value), and what a put of a new and a read of an old one cost. */
const footprint = [1_000, 10_000, 100_000, 1_000_000].flatMap((count): readonly Benchmark[] => {
  const size = count >= 1_000_000 ? `${String(count / 1_000_000)}m` : `${String(count / 1_000)}k`;
  return [
    {
      type: 'once', name: `memory/bytes-${size}`, unit: 'B/object', better: 'lower',
      start: () => Promise.resolve({
        async run() {
          const before = heapUsed();
          const store = await memory({ history: 0 }).open(objectCodec(), systemRuntime());
          for (let i = 0; i < count; i++) await put(store, keyOf(i));
          const bytes = (heapUsed() - before) / count;
          await store[Symbol.asyncDispose]();
          return { value: bytes };
        },
      }),
    },
    {
      type: 'once', name: `memory/put-at-${size}`, unit: 'µs', better: 'lower',
      async start() {
        const store = await filled(count);
        let next = count;
        return {
          async run() {
            const calls = 20_000;
            const ms = await timeMs(async () => { for (let i = 0; i < calls; i++) await put(store, keyOf(next++)); });
            return { value: ms / calls * 1_000 };
          },
          end: async () => { await store[Symbol.asyncDispose](); },
        };
      },
    },
    {
      type: 'once', name: `memory/get-at-${size}`, unit: 'µs', better: 'lower',
      async start() {
        const store = await filled(count);
        const some = Array.from({ length: 1_000 }, (_, i) => keyOf(Math.floor(i * count / 1_000)));
        return {
          async run() {
            const calls = 200_000;
            const ms = await timeMs(async () => { for (let i = 0; i < calls; i++) await store.range({ key: some[i % some.length] as string }); });
            return { value: ms / calls * 1_000 };
          },
          end: async () => { await store[Symbol.asyncDispose](); },
        };
      },
    },
  ];
});

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

export const memoryBenchmarks: readonly Benchmark[] = [txnPut, get, range10k, fanout1k, ...footprint];
