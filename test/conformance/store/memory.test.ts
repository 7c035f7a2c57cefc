import { describe, expect, test } from '@jest/globals';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory, type MemoryOptions } from '../../../src/core/store/memory/memory.js';
import type { Revision } from '../../../src/core/store/store.js';
import { endOf, get, put, remove, takeBatches, upTo, value, valueCodec } from './backends.js';

function setting(options: MemoryOptions = {}) {
  const clock = virtualClock();
  const runtime = systemRuntime({ clock, random: keyedRandom(1) });
  const store = memory(options);
  return { clock, runtime, store, open: (codec = valueCodec()) => store.open(codec, runtime) };
}

describe('memory', () => {
  test('S5 revisions beyond 2^53 stay exact', async () => {
    const start = 9_007_199_254_740_993n;
    const store = await setting({ startRevision: start }).open();
    const watch = store.watch({ prefix: '', after: start });

    const { revision } = await put(store, 'a', 1);
    await put(store, 'b', 1);

    expect(revision).toBe(9_007_199_254_740_994n);
    expect((await store.txn({ compare: [{ key: 'a', modRevision: revision, op: '=' }], then: [] })).ok).toBe(true);
    expect((await store.txn({ compare: [{ key: 'a', modRevision: revision - 1n, op: '=' }], then: [] })).ok).toBe(false);
    expect((await get(store, 'a'))?.value.revision).toBe('9007199254740994');
    const page = await store.range({ prefix: '', limit: 1 });
    expect(page.next?.revision).toBe(revision + 1n);
    expect((await upTo(watch, revision + 1n)).map((batch) => batch.revision)).toEqual([revision, revision + 1n]);
    await expect(store.range({ prefix: '', revision: start - 1n })).rejects.toMatchObject({ code: 'Compacted', compactRevision: start });
  });

  test('S5 the last revision is 2^63-1', async () => {
    const store = await setting({ startRevision: 2n ** 63n - 2n }).open();

    expect((await put(store, 'a', 1)).revision).toBe(2n ** 63n - 1n);
    await expect(put(store, 'a', 2)).rejects.toMatchObject({ code: 'RevisionExhausted', applied: 'no' });
    expect((await get(store, 'a'))?.value.data).toBe(1);
  });

  test('S8 the stamped object itself is what everyone gets; stamped once', async () => {
    const codec = valueCodec();
    let stamped = 0;
    const store = await setting().open({ ...codec, stamp: (v, revision: Revision) => { stamped++; return codec.stamp(v, revision); } });
    const watch = store.watch({ prefix: '', after: 1n });

    const { results: [result] } = await put(store, 'a', 1);
    const item = await get(store, 'a');
    await remove(store, 'a');

    const events = (await upTo(watch, 3n)).flatMap((batch) => batch.events);
    expect(stamped).toBe(1);
    expect(result?.type === 'put' && result.stored).toBe(item?.value);
    expect(events[0]?.value).toBe(item?.value);
    expect(events[1]?.prev).toBe(item?.value);
    expect((await store.range({ prefix: '', revision: 2n })).items[0]?.value).toBe(item?.value);
  });

  test('S22 a size given with the put saves encoding it', async () => {
    const codec = valueCodec();
    const store = await setting().open({ ...codec, encode: () => { throw new Error('not needed'); } });

    await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), sizeBytes: 10 }] });
    await expect(store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), sizeBytes: 2_000_000 }] })).rejects.toMatchObject({ code: 'TooLarge' });
  });

  test('S40 S41 a stopped consumer is cut off', async () => {
    const store = await setting({ ring: { events: 100 }, history: 0 }).open();
    const stopped = store.watch({ prefix: '', after: 1n });
    await put(store, 'a', 0);
    await takeBatches(stopped, 1);

    for (let i = 0; i < 1_000; i++) await put(store, 'a', i);

    expect(await endOf(stopped)).toMatchObject({ code: 'Reset', reason: 'slow', lastRevision: 2n });
  });

  test('S40 a watch that keeps up needs no history', async () => {
    const store = await setting({ history: 0 }).open();
    const watch = store.watch({ prefix: '', after: 1n });

    for (let i = 0; i < 50; i++) void put(store, 'a', i);

    expect(await takeBatches(watch, 50)).toHaveLength(50);
    await expect(store.range({ prefix: '', revision: 50n })).rejects.toMatchObject({ code: 'Compacted', compactRevision: 51n });
  });

  test('S53 history is kept for its time and its number of revisions', async () => {
    const { clock, open } = setting({ history: { ms: 1_000, revisions: 10 } });
    const store = await open();
    for (let i = 0; i < 15; i++) await put(store, 'a', i);
    expect((await store.range({ prefix: '', revision: 6n })).items[0]?.value.data).toBe(4);
    await expect(store.range({ prefix: '', revision: 5n })).rejects.toMatchObject({ code: 'Compacted', compactRevision: 6n });

    await clock.advance(1_000);
    await put(store, 'b', 1);
    expect((await store.range({ prefix: '', revision: 16n })).count).toBe(1);
    await expect(store.range({ prefix: '', revision: 15n })).rejects.toMatchObject({ code: 'Compacted' });
  });

  test('S53 deleted keys go when their history goes', async () => {
    const store = await setting({ history: { revisions: 5 } }).open();
    for (let i = 0; i < 20; i++) {
      await put(store, `k${String(i)}`, i);
      await remove(store, `k${String(i)}`);
    }
    await put(store, 'k1', 'again');
    const now = (await store.range({ prefix: '' }));

    expect(now.items).toMatchObject([{ key: 'k1', version: 1n }]);
    expect((await store.range({ prefix: '', revision: now.revision - 2n })).items.map(({ key }) => key)).toEqual(['k19']);
  });

  test('S61 a write from inside a delivery comes after the batch, in one order for all', async () => {
    const store = await setting().open();
    const seen: string[][] = [[], []];
    const ac = new AbortController();
    const readers = seen.map(async (mine, i) => {
      for await (const delivery of store.watch({ prefix: '', after: 1n, signal: ac.signal })) {
        if (delivery.type !== 'batches') continue;
        for (const { events } of delivery.batches) {
          for (const { key } of events) {
            mine.push(key);
            if (i === 0 && mine.length < 10) void put(store, `from-${key}`.slice(0, 40), 1);
          }
        }
        if (mine.length >= 10 && seen[1 - i]?.length === mine.length) ac.abort();
      }
    });

    void put(store, 'a', 1);
    void put(store, 'b', 1);
    await Promise.all(readers);
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.slice(0, 4)).toEqual(['a', 'b', 'from-a', 'from-b']);
  });

  test('S62 nothing is delivered in the frame of the writer, and no time passes', async () => {
    const { clock, open } = setting();
    const store = await open();
    const order: string[] = [];
    const watch = store.watch({ prefix: '', after: 1n });
    const reader = takeBatches(watch, 1).then(() => { order.push('delivered'); });

    const write = put(store, 'a', 1).then(() => { order.push('answered'); });
    order.push('called');
    await Promise.all([reader, write]);

    expect(order).toEqual(['called', 'answered', 'delivered']);
    expect(clock.pending).toBe(0);
    expect(clock.now()).toBe(0);
  });

  test('S63 two memory stores share nothing; one value opened twice is one store', async () => {
    const a = setting();
    const [first, second] = [await a.open(), await a.open()];
    const other = await setting().open();

    await put(first, 'a', 1);
    expect((await get(second, 'a'))?.value).toBe((await get(first, 'a'))?.value);
    expect(await get(other, 'a')).toBeUndefined();
  });

  test('S92 nothing is left after the last handle, and leases begin anew with the next', async () => {
    const { clock, open } = setting();
    const store = await open();
    const { id } = await store.lease.grant(10);
    await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), lease: id }] });
    expect(clock.pending).toBe(1);

    await store[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);

    const again = await open();
    await clock.advance(9_999);
    expect(await get(again, 'a')).toBeDefined();
    await clock.advance(1);
    expect(await get(again, 'a')).toBeUndefined();
    await again[Symbol.asyncDispose]();
  });

  test('S93 equal calls give equal traces', async () => {
    const run = async () => {
      const { clock, open } = setting();
      const store = await open();
      const watch = store.watch({ prefix: '', after: 1n });
      const { id } = await store.lease.grant(2);
      await store.txn({ compare: [], then: [{ type: 'put', key: 'b', value: value(1), lease: id }] });
      await put(store, 'a', 1);
      await clock.advance(5_000);
      return [id, await upTo(watch, 4n)];
    };
    expect(await run()).toEqual(await run());
  });
});
