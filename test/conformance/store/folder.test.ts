import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { fakeDisk } from '../../core/store/durable/fake-disk.js';
import { openOn } from '../../core/store/durable/setting.js';
import { endOf, get, put, remove, takeBatches, upTo, value } from './backends.js';

/** What is said of `memory` holds in a folder, too. */
describe('memory, folder', () => {
  test('S8 the stamped object itself is what everyone gets, until the folder is opened again', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    const watch = store.watch({ prefix: '', after: 1n });

    const { results: [result] } = await put(store, 'a', 1);
    const item = await get(store, 'a');
    await remove(store, 'a');
    const events = (await upTo(watch, 3n)).flatMap((batch) => batch.events);
    expect(result?.type === 'put' && result.stored).toBe(item?.value);
    expect([events[0]?.value, events[1]?.prev]).toEqual([item?.value, item?.value]);
    expect(events[1]?.prev).toBe(item?.value);

    await put(store, 'b', 1);
    await store[Symbol.asyncDispose]();
    const again = await openOn(disk);
    expect((await get(again, 'b'))?.value).toBe((await get(again, 'b'))?.value);
  });

  test('S40 S42 a stopped consumer is cut off, and told so, instead of given less', async () => {
    const store = await openOn(fakeDisk(), { ring: { events: 100 }, history: 0 });
    const stopped = store.watch({ prefix: '', after: 1n });
    await put(store, 'a', 0);
    await takeBatches(stopped, 1);

    for (let i = 0; i < 200; i++) await put(store, 'a', i);
    expect(await endOf(stopped)).toMatchObject({ code: 'Reset', reason: 'slow', lastRevision: 2n });
  });

  test('S53 history is kept for its time and its number of revisions', async () => {
    const clock = virtualClock();
    const store = await openOn(fakeDisk(), { history: { ms: 1_000, revisions: 10 } }, clock);
    for (let i = 0; i < 15; i++) await put(store, 'a', i);
    expect((await store.range({ prefix: '', revision: 6n })).items[0]?.value.data).toBe(4);
    await expect(store.range({ prefix: '', revision: 5n })).rejects.toMatchObject({ code: 'Compacted', compactRevision: 6n });

    await clock.advance(1_000);
    await put(store, 'b', 1);
    await expect(store.range({ prefix: '', revision: 15n })).rejects.toMatchObject({ code: 'Compacted' });
  });

  test('S61 S62 a write from inside a delivery comes after the batch; nothing is delivered in the frame of the writer', async () => {
    const store = await openOn(fakeDisk());
    const keys: string[] = [];
    const ac = new AbortController();
    const reader = (async () => {
      for await (const delivery of store.watch({ prefix: '', after: 1n, signal: ac.signal })) {
        if (delivery.type !== 'batches') continue;
        for (const { key } of delivery.batches.flatMap(({ events }) => events)) {
          keys.push(key);
          if (key === 'a') void put(store, 'from-a', 1);
          if (key === 'from-a') ac.abort();
        }
      }
    })();

    const write = put(store, 'a', 1);
    expect(keys).toEqual([]);
    await write;
    await reader;
    expect(keys).toEqual(['a', 'from-a']);
  });

  test('S93 equal calls give equal traces, and equal files', async () => {
    const run = async () => {
      const clock = virtualClock();
      const disk = fakeDisk();
      const store = await openOn(disk, { snapshotBytes: 1_500 }, clock);
      const watch = store.watch({ prefix: '', after: 1n });
      const { id } = await store.lease.grant(2);
      await store.txn({ compare: [], then: [{ type: 'put', key: 'leased', value: value(1), lease: id }] });
      for (let i = 0; i < 20; i++) await put(store, `k${String(i)}`, i);
      await clock.advance(5_000);
      const batches = await upTo(watch, 23n);
      await store[Symbol.asyncDispose]();
      return [id, batches, disk.operations, disk.names().map((name) => [name, disk.content(name)])];
    };
    expect(await run()).toEqual(await run());
  });
});
