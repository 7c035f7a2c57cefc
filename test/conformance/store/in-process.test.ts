import { expect, test } from '@jest/globals';
import type { StoreWatch } from '../../../src/core/store/store.js';
import { batchesUntil, eachBackend, endOf, get, put, remove, takeBatches, value, valueCodec, type Value } from './backends.js';

/** What needs options of our own stores. */
eachBackend('our stores', (backend) => {
  test('S41 who falls off the ring is reset, the others are not', async () => {
    const store = await backend.fresh({ ring: { events: 40 } });
    await put(store, 'a', 0);
    const { revision } = await store.range({ prefix: 'a' });
    const slow = store.watch({ prefix: 'a', after: revision });
    const swift = store.watch({ prefix: 'a', after: revision });
    const all = batchesUntil(swift, ({ length }) => length >= 200);
    const first = await takeBatchAfter(slow, () => put(store, 'a', 1));

    for (let i = 2; i <= 200; i++) {
      await put(store, 'a', i);
      // Over a network the swift one must have its turn; here only the slow one may be late.
      if (i % 10 === 0) await swift.freshTo(store.seen);
    }

    expect((await all).map((batch) => batch.events[0]?.value?.data)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(await endOf(slow)).toMatchObject({ code: 'Reset', reason: 'slow', lastRevision: first });
  });

  test('S42 a consumer that is behind gets every revision of a key, none is merged into a later one', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await store.range({ prefix: p });
    const idle = store.watch({ prefix: p, after: revision });
    for (let i = 0; i < 300; i++) await put(store, `${p}a`, i);
    const told = await takeBatches(idle, 300);
    expect(told.map(({ revision: at, events }) => [at, events.map((event) => event.value?.data)])).toEqual(Array.from({ length: 300 }, (_, i) => [revision + BigInt(i + 1), [i]]));
  });

  if (backend.name === 'etcd') return;

  test('S19 a txn whose codec fails changes nothing', async () => {
    const p = backend.prefix();
    const codec = valueCodec();
    const store = await backend.open({ ...codec, stamp: (v, revision) => { if (v.data === 'bad') throw new Error('boom'); return codec.stamp(v, revision); } });
    const { revision } = await put(store, `${p}b`, 1);

    await expect(store.txn({ compare: [], then: [{ type: 'put', key: `${p}a`, value: value(1) }, { type: 'delete', key: `${p}b` }, { type: 'put', key: `${p}c`, value: value('bad') }] })).rejects.toThrow('boom');
    expect(await store.range({ prefix: p })).toMatchObject({ revision, items: [{ key: `${p}b` }] });
  });

  test('S26 txns issued without waiting are applied in that order', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const { revision } = await store.range({ key });

    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => put(store, key, i)));
    expect(results.map((result) => result.revision)).toEqual(results.map((_, i) => revision + BigInt(i + 1)));
    expect((await get(store, key))?.value.data).toBe(49);
  });

  test('S32 the compacted revision is served in full, a delete made there too', async () => {
    const { store } = backend;
    const p = backend.prefix();
    await put(store, `${p}a`, 1);
    const { revision } = await remove(store, `${p}a`);
    await store.compact(revision);

    const [batch] = await takeBatches(store.watch({ prefix: p, after: revision - 1n }), 1);
    expect(batch?.events).toMatchObject([{ type: 'delete', key: `${p}a`, prev: { data: 1 } }]);
  });

  test('S32 a compaction ends a watch that has not caught up', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    for (let i = 0; i < 5; i++) await put(store, `${p}a`, i);
    const watch = store.watch({ prefix: p, after: revision });
    await store.compact(revision + 5n);

    expect(await endOf(watch)).toMatchObject({ code: 'Compacted', compactRevision: revision + 5n });
  });
});

async function takeBatchAfter(watch: StoreWatch<Value>, write: () => Promise<unknown>): Promise<bigint> {
  await write();
  const [batch] = await takeBatches(watch, 1);
  return batch?.revision ?? 0n;
}
