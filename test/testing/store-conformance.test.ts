import { describe, expect, test } from '@jest/globals';
import { keyedRandom } from '../../src/core/runtime/random.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { virtualClock } from '../../src/core/runtime/virtual-clock.js';
import { memory } from '../../src/core/store/memory/memory.js';
import type { Codec, Delivery, Item, RangeOptions, RangeResult, StoreHandle, StoreWatch, Txn, TxnResult, WatchOptions } from '../../src/core/store/store.js';
import { storeConformance } from '../../src/testing/store-conformance/index.js';

/** A fault planted into a store that is right. */
type Sabotage = (handle: StoreHandle<unknown>) => Partial<StoreHandle<unknown>>;

const ranges = (change: (result: RangeResult<unknown>, options: RangeOptions) => RangeResult<unknown>): Sabotage => (handle) => ({ range: async (options) => change(await handle.range(options), options) });
const items = (change: (item: Item<unknown>) => Item<unknown>): Sabotage => ranges((result) => ({ ...result, items: result.items.map(change) }));
const txns = (change: (handle: StoreHandle<unknown>, txn: Txn<unknown>) => Promise<TxnResult<unknown>>): Sabotage => (handle) => ({ txn: (txn) => change(handle, txn) });
const watches = (change: (delivery: Delivery<unknown>) => Delivery<unknown>, begin = (options: WatchOptions) => options): Sabotage => (handle) => ({
  watch: (options) => {
    const watch = handle.watch(begin(options));
    const iterator = watch[Symbol.asyncIterator]();
    const changed: StoreWatch<unknown> & AsyncIterator<Delivery<unknown>, undefined> = {
      [Symbol.asyncIterator]: () => changed,
      freshTo: (revision, signal) => watch.freshTo(revision, signal),
      next: async () => {
        const next = await iterator.next() as IteratorResult<Delivery<unknown>, undefined>;
        return next.done ? next : { done: false, value: change(next.value) };
      },
      return: () => iterator.return?.() as Promise<IteratorResult<Delivery<unknown>, undefined>>,
    };
    return changed;
  },
});
const events = (change: (event: { [member: string]: unknown }) => object): Sabotage => watches((delivery) => (delivery.type === 'progress' ? delivery
  : { type: 'batches', batches: delivery.batches.map((batch) => ({ ...batch, events: batch.events.map((event) => change({ ...event }) as typeof event) })) }));
const utf16 = (a: Item<unknown>, b: Item<unknown>) => (a.key < b.key ? -1 : 1);

const sabotages: { readonly [fault: string]: Sabotage } = {
  'a version that goes on after a delete': items((item) => ({ ...item, version: item.createRevision === item.modRevision ? item.version + 1n : item.version })),
  'a create revision that is always the newest': items((item) => ({ ...item, createRevision: item.modRevision })),
  'keys in the order of UTF-16': ranges((result) => ({ ...result, items: [...result.items].sort(utf16) })),
  'a count that ends at the limit': ranges((result) => ({ ...result, count: result.items.length })),
  'a next page after the last item': ranges((result, options) => (options.limit && !result.next ? { ...result, next: { start: 'z', revision: result.revision } } : result)),
  'a cursor that reads what is newest': (handle) => ({ range: (options) => {
    const { cursor, ...rest } = options;
    return handle.range(cursor ? { ...rest, cursor: { ...cursor, revision: handle.seen } } : options);
  } }),
  'values with keysOnly': (handle) => ({ range: (options) => handle.range({ ...options, keysOnly: false }) }),
  'a prefix that ends at the next letter': (handle) => ({ range: (options) => handle.range('prefix' in options && options.prefix !== '' ? { ...options, ...{ prefix: options.prefix.slice(0, -1) } } : options) }),
  'the past is the present': (handle) => ({ range: ({ revision, ...rest }) => { void revision; return handle.range(rest as RangeOptions); } }),
  'compares that need not all hold': txns((handle, txn) => handle.txn({ ...txn, compare: txn.compare.slice(0, 1) })),
  'guards that are compares': txns((handle, { guards = [], ...txn }) => handle.txn({ ...txn, compare: [...guards.map((guard) => ({ ...guard, op: '=' as const })), ...txn.compare] })),
  'a txn in two steps': txns(async (handle, txn) => {
    if (txn.then.length < 2) return handle.txn(txn);
    const first = await handle.txn({ ...txn, then: txn.then.slice(0, 1) });
    if (!first.ok) return first;
    const rest = await handle.txn({ compare: [], then: txn.then.slice(1) });
    return { ...rest, results: [...first.results, ...rest.results] };
  }),
  'a failed compare that answers nothing': txns(async (handle, txn) => { const result = await handle.txn(txn); return result.ok ? result : { ...result, results: [] }; }),
  'no limit of operations': txns(async (handle, txn) => (txn.then.length > 128 ? handle.txn({ ...txn, then: txn.then.slice(0, 128) }) : handle.txn(txn))),
  'a put of an equal value that is left out': txns(async (handle, txn) => {
    const [op] = txn.then;
    if (txn.then.length !== 1 || op?.type !== 'put') return handle.txn(txn);
    const { items: [item], revision } = await handle.range({ key: op.key });
    const isEqual = item !== undefined && JSON.stringify((item.value as { data: unknown }).data) === JSON.stringify((op.value as { data: unknown }).data);
    return isEqual && txn.compare.length === 0 && !txn.guards ? { ok: true, revision, results: [{ type: 'put' }] } : handle.txn(txn);
  }),
  'events without the value before': events(({ prev, ...event }) => { void prev; return event; }),
  'deletes with the version that was': events((event) => (event['type'] === 'delete' ? { ...event, version: 1n } : event)),
  'a watch that begins one revision late': watches((delivery) => delivery, (options) => ({ ...options, after: options.after + 1n })),
  'a watch that begins one revision early': watches((delivery) => delivery, (options) => ({ ...options, after: options.after > 1n ? options.after - 1n : options.after })),
  'a revision in two batches': watches((delivery) => (delivery.type === 'progress' ? delivery : { type: 'batches', batches: delivery.batches.flatMap((batch) => batch.events.map((event) => ({ ...batch, events: [event] }))) })),
  'only the last of what is delivered together': watches((delivery) => (delivery.type === 'progress' ? delivery : { type: 'batches', batches: delivery.batches.slice(-1) })),
  'leases that are never told to be gone': (handle) => ({ lease: { ...handle.lease, keepAlive: (id) => handle.lease.keepAlive(id).catch(() => ({ ttlSeconds: 60 })) } }),
  'a handle that goes on after it was disposed': (handle) => ({ [Symbol.asyncDispose]: () => { void handle; return Promise.resolve(); } }),
};

describe('storeConformance', () => {
  test('S1 the memory store passes', async () => {
    for (const { run } of storeConformance(() => ({ store: memory({ checks: 'deep' }), ...virtual() }), { keeps: 'objects' })) await run();
  }, 60_000);

  test.each(Object.entries(sabotages))('finds %s', async (_, sabotage) => {
    const broken = (): { store: ReturnType<typeof memory> } & ReturnType<typeof virtual> => {
      const right = memory({ checks: 'deep' });
      return {
        store: { ...right, open: async <V>(codec: Codec<V>, runtime: Parameters<typeof right.open>[1]) => {
          const handle = await right.open(codec, runtime) as StoreHandle<unknown>;
          const own = { [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose]() };
          const bound: object = { range: handle.range.bind(handle), txn: handle.txn.bind(handle), watch: handle.watch.bind(handle), compact: handle.compact.bind(handle), lease: handle.lease, ...own, ...sabotage(handle) };
          return Object.defineProperties(bound, { seen: { get: () => handle.seen }, health: { get: () => handle.health } }) as StoreHandle<V>;
        } },
        ...virtual(),
      };
    };
    const failed: string[] = [];
    for (const { id, run } of storeConformance(broken, { keeps: 'objects' })) {
      // A watch that lacks something waits for it; the clock stands still, so that a moment of no work is enough.
      const outcome = await Promise.race([run().then(() => 'held', () => 'failed'), new Promise<string>((resolve) => { setTimeout(() => { resolve('hung'); }, 500); })]);
      if (outcome !== 'held') failed.push(id);
      if (failed.length > 0) break;
    }
    expect(failed).not.toEqual([]);
  }, 60_000);
});

function virtual() {
  const clock = virtualClock();
  return { runtime: systemRuntime({ clock, random: keyedRandom(1) }), pass: (ms: number) => clock.advance(ms) };
}
