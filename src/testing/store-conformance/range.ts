import type { Cursor, Item } from '../../core/store/store.js';
import { same, equal, isTrue, matches, rejects } from './assertions.js';
import { rules } from './context.js';
import { put, remove, value, type Value } from './values.js';

export const rangeRules = rules((rule) => {
  rule('S11', 'the answer says at which revision it was served, also when it is empty', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 1);

    equal(await store.range({ prefix: `${p}none` }), { items: [], revision, count: 0 });
    same((await store.range({ prefix: p, revision: revision - 1n })).revision, revision);
  });

  rule('S11', 'a revision of the past gives the state of then', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const first = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    await put(store, `${p}b`, 1);
    const third = await remove(store, `${p}a`);

    const state = async (revision: bigint) => (await store.range({ prefix: p, revision })).items.map(({ key, value: v }) => [key.slice(p.length), v.data]);
    equal(await state(first.revision - 1n), []);
    equal(await state(first.revision), [['a', 1]]);
    equal(await state(first.revision + 1n), [['a', 2]]);
    equal(await state(first.revision + 2n), [['a', 2], ['b', 1]]);
    equal(await state(third.revision), [['b', 1]]);
  });

  rule('S12', 'count is of the whole interval; countOnly has no items, keysOnly no values', async (t) => {
    const { store } = t;
    const p = t.prefix();
    for (const key of ['c', 'a', 'b']) await put(store, p + key, key);

    matches(await store.range({ prefix: p, countOnly: true }), { items: [], count: 3 });
    const keys = await store.range({ prefix: p, keysOnly: true });
    equal(keys.items.map((item) => [item.key, item.value]), [[`${p}a`, undefined], [`${p}b`, undefined], [`${p}c`, undefined]]);
    same((await store.range({ prefix: p, limit: 2 })).count, 3);
    same((await store.range({ start: `${p}a`, end: `${p}c` })).count, 2);
  });

  rule('S13', 'pages are read at the revision of the first, without gap or duplicate', async (t) => {
    const { store } = t;
    const p = t.prefix();
    for (let i = 0; i < 25; i++) await put(store, `${p}${String(i).padStart(3, '0')}`, i);
    const whole = await store.range({ prefix: p });

    const paged: Item<Value>[] = [];
    let next: Cursor | undefined;
    let pages = 0;
    do {
      const page = await store.range({ prefix: p, limit: 7, ...(next ? { cursor: next } : {}) });
      paged.push(...page.items);
      isTrue(++pages <= 4, 'there are more pages than items');
      ({ next } = page);
      await put(store, `${p}000${String(paged.length)}`, 'later');
      await remove(store, `${p}${String(paged.length + 1).padStart(3, '0')}`);
    } while (next);

    equal(paged, whole.items);
  });

  rule('S13', 'there is no next page after the last item', async (t) => {
    const { store } = t;
    const p = t.prefix();
    for (const key of ['a', 'b']) await put(store, p + key, key);

    same((await store.range({ prefix: p, limit: 2 })).next, undefined);
    same((await store.range({ prefix: p, limit: 0 })).items.length, 2);
    isTrue((await store.range({ prefix: p, limit: 1 })).next !== undefined, 'it is undefined');
  });

  rule('S14 S52', 'the compacted revision is still served, one below it is not', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    await put(store, `${p}a`, 3);
    const page = await store.range({ prefix: '', limit: 1, revision });

    await store.compact(revision + 1n);

    same((await store.range({ prefix: p, revision: revision + 1n })).items[0]?.value.data, 2);
    await rejects(store.range({ prefix: p, revision }), { code: 'Compacted', compactRevision: revision + 1n });
    if (page.next) await rejects(store.range({ prefix: '', cursor: page.next }), { code: 'Compacted' });
    await rejects(store.compact(revision + 1n), { code: 'Compacted', compactRevision: revision + 1n });
    matches((await store.range({ prefix: p })).items[0], { version: 3n, createRevision: revision });
  });

  rule('S14 S52', 'a revision of the future is refused', async (t) => {
    const { store } = t;
    const { revision } = await store.range({ prefix: t.prefix() });

    await rejects(store.range({ prefix: 'x', revision: revision + 1n }), { code: 'FutureRevision' });
    await rejects(store.compact(revision + 1n), { code: 'FutureRevision' });
    await rejects(store.range({ prefix: 'x', revision: 0n }), { code: 'InvalidRevision' });
  });

  rule('S15', 'a range started after an acknowledged write sees it, through any handle', async (t) => {
    const other = await t.open();
    const p = t.prefix();
    for (let i = 0; i < 20; i++) {
      await put(t.store, `${p}a`, i);
      same((await other.range({ key: `${p}a` })).items[0]?.value.data, i);
    }
  });

  rule('S16', 'a range longer than a page is whole and of one revision', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const keys = Array.from({ length: 1_300 }, (_, i) => `${p}${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 100) {
      await store.txn({ compare: [], then: keys.slice(i, i + 100).map((key) => ({ type: 'put', key, value: value(key) })) });
    }

    const all = await store.range({ prefix: p });
    equal(all.items.map(({ key }) => key), keys);
    matches(all, { count: 1_300 });
    same(all.next, undefined);
    const most = await store.range({ prefix: p, limit: 900 });
    same(most.items.length, 900);
    equal((await store.range({ prefix: p, cursor: most.next as Cursor })).items.map(({ key }) => key), keys.slice(900));
  });
});
