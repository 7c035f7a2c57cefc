import { expect, test } from '@jest/globals';
import { Compacted } from '../../../src/core/store/errors.js';
import type { Cursor, Item } from '../../../src/core/store/store.js';
import { eachBackend, put, remove, value, type Value } from './backends.js';

eachBackend('range', (backend) => {
  test('S11 the answer says at which revision it was served, also when it is empty', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}a`, 1);

    expect(await store.range({ prefix: `${p}none` })).toEqual({ items: [], revision, count: 0 });
    expect((await store.range({ prefix: p, revision: revision - 1n })).revision).toBe(revision);
  });

  test('S11 a revision of the past gives the state of then', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const first = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    await put(store, `${p}b`, 1);
    const third = await remove(store, `${p}a`);

    const state = async (revision: bigint) => (await store.range({ prefix: p, revision })).items.map(({ key, value: v }) => [key.slice(p.length), v.data]);
    expect(await state(first.revision - 1n)).toEqual([]);
    expect(await state(first.revision)).toEqual([['a', 1]]);
    expect(await state(first.revision + 1n)).toEqual([['a', 2]]);
    expect(await state(first.revision + 2n)).toEqual([['a', 2], ['b', 1]]);
    expect(await state(third.revision)).toEqual([['b', 1]]);
  });

  test('S12 count is of the whole interval; countOnly has no items, keysOnly no values', async () => {
    const { store } = backend;
    const p = backend.prefix();
    for (const key of ['c', 'a', 'b']) await put(store, p + key, key);

    expect(await store.range({ prefix: p, countOnly: true })).toMatchObject({ items: [], count: 3 });
    const keys = await store.range({ prefix: p, keysOnly: true });
    expect(keys.items.map((item) => [item.key, item.value])).toEqual([[`${p}a`, undefined], [`${p}b`, undefined], [`${p}c`, undefined]]);
    expect((await store.range({ prefix: p, limit: 2 })).count).toBe(3);
    expect((await store.range({ start: `${p}a`, end: `${p}c` })).count).toBe(2);
  });

  test('S13 pages are read at the revision of the first, without gap or duplicate', async () => {
    const { store } = backend;
    const p = backend.prefix();
    for (let i = 0; i < 25; i++) await put(store, `${p}${String(i).padStart(3, '0')}`, i);
    const whole = await store.range({ prefix: p });

    const paged: Item<Value>[] = [];
    let next: Cursor | undefined;
    do {
      const page = await store.range({ prefix: p, limit: 7, ...(next ? { cursor: next } : {}) });
      paged.push(...page.items);
      ({ next } = page);
      await put(store, `${p}000${String(paged.length)}`, 'later');
      await remove(store, `${p}${String(paged.length + 1).padStart(3, '0')}`);
    } while (next);

    expect(paged).toEqual(whole.items);
  });

  test('S13 there is no next page after the last item', async () => {
    const { store } = backend;
    const p = backend.prefix();
    for (const key of ['a', 'b']) await put(store, p + key, key);

    expect((await store.range({ prefix: p, limit: 2 })).next).toBeUndefined();
    expect((await store.range({ prefix: p, limit: 0 })).items).toHaveLength(2);
    expect((await store.range({ prefix: p, limit: 1 })).next).toBeDefined();
  });

  test('S14 S52 the compacted revision is still served, one below it is not', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    await put(store, `${p}a`, 3);
    const page = await store.range({ prefix: '', limit: 1, revision });

    await store.compact(revision + 1n);

    expect((await store.range({ prefix: p, revision: revision + 1n })).items[0]?.value.data).toBe(2);
    await expect(store.range({ prefix: p, revision })).rejects.toMatchObject({ code: 'Compacted', compactRevision: revision + 1n });
    if (page.next) await expect(store.range({ prefix: '', cursor: page.next })).rejects.toBeInstanceOf(Compacted);
    await expect(store.compact(revision + 1n)).rejects.toMatchObject({ code: 'Compacted', compactRevision: revision + 1n });
    expect((await store.range({ prefix: p })).items[0]).toMatchObject({ version: 3n, createRevision: revision });
  });

  test('S14 S52 a revision of the future is refused', async () => {
    const { store } = backend;
    const { revision } = await store.range({ prefix: backend.prefix() });

    await expect(store.range({ prefix: 'x', revision: revision + 1n })).rejects.toMatchObject({ code: 'FutureRevision' });
    await expect(store.compact(revision + 1n)).rejects.toMatchObject({ code: 'FutureRevision' });
    await expect(store.range({ prefix: 'x', revision: 0n })).rejects.toMatchObject({ code: 'InvalidRevision' });
  });

  test('S15 a range started after an acknowledged write sees it, through any handle', async () => {
    const other = await backend.open();
    const p = backend.prefix();
    for (let i = 0; i < 20; i++) {
      await put(backend.store, `${p}a`, i);
      expect((await other.range({ key: `${p}a` })).items[0]?.value.data).toBe(i);
    }
  });

  test('S16 a range longer than a page is whole and of one revision', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const keys = Array.from({ length: 1_300 }, (_, i) => `${p}${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 100) {
      await store.txn({ compare: [], then: keys.slice(i, i + 100).map((key) => ({ type: 'put', key, value: value(key) })) });
    }

    const all = await store.range({ prefix: p });
    expect(all.items.map(({ key }) => key)).toEqual(keys);
    expect(all).toMatchObject({ count: 1_300 });
    expect(all.next).toBeUndefined();
    const most = await store.range({ prefix: p, limit: 900 });
    expect(most.items).toHaveLength(900);
    expect((await store.range({ prefix: p, cursor: most.next as Cursor })).items.map(({ key }) => key)).toEqual(keys.slice(900));
  });
});
