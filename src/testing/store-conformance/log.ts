import { same, equal, isTrue, matches, rejects } from './assertions.js';
import { rules } from './context.js';
import { get, put, remove, upTo, value, valueCodec } from './values.js';

export const logRules = rules((rule) => {
  rule('S1', 'a new store is at revision 1, its first write is 2', async (t) => {
    const store = t.store;

    same((await store.range({ prefix: '' })).revision, 1n);
    same((await put(store, 'a', 1)).revision, 2n);
  });

  rule('S2', 'a txn that changes something raises the revision by one, any other by none', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const before = (await put(store, `${p}0`, 0)).revision;

    const many = await store.txn({ compare: [], then: [
      { type: 'put', key: `${p}a`, value: value(1) }, { type: 'put', key: `${p}b`, value: value(2) }, { type: 'delete', key: `${p}0` },
    ] });
    same(many.revision, before + 1n);
    equal((await store.range({ prefix: p })).items.map(({ modRevision }) => modRevision), [many.revision, many.revision]);

    same((await remove(store, `${p}absent`)).revision, many.revision);
    same((await store.txn({ compare: [{ key: `${p}a`, version: 9n, op: '=' }], then: [{ type: 'put', key: `${p}a`, value: value(3) }] })).revision, many.revision);
    same((await store.txn({ compare: [], then: [] })).revision, many.revision);
  });

  rule('S3', 'a put of an equal value raises revision and version all the same', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;
    const first = await put(store, key, 1);

    same((await put(store, key, 1)).revision, first.revision + 1n);
    matches(await get(store, key), { version: 2n, modRevision: first.revision + 1n, createRevision: first.revision });
  });

  rule('S4', 'create revision and version begin anew after a delete', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;

    const { revision } = await put(store, key, 1);
    matches(await get(store, key), { createRevision: revision, modRevision: revision, version: 1n, lease: 0n });
    await remove(store, key);
    same(await get(store, key), undefined);
    await put(store, key, 2);
    matches(await get(store, key), { createRevision: revision + 2n, modRevision: revision + 2n, version: 1n });
  });

  rule('S6', 'keys are ordered by UTF-8 bytes', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const keys = ['a\u{10000}', 'a', 'a\u{FFFF}', 'b', 'a\u{E000}', 'é', 'a\u{10FFFF}b', 'A'];
    for (const key of keys) await put(store, p + key, key);

    const { items } = await store.range({ prefix: p });
    equal(items.map(({ key }) => key.slice(p.length)), ['A', 'a', 'a\u{E000}', 'a\u{FFFF}', 'a\u{10000}', 'a\u{10FFFF}b', 'b', 'é']);
    const some = await store.range({ start: `${p}a\u{FFFF}`, end: `${p}b` });
    equal(some.items.map(({ key }) => key.slice(p.length)), ['a\u{FFFF}', 'a\u{10000}', 'a\u{10FFFF}b']);
  });

  for (const key of ['', 'a\ud800', '\udc00b']) rule('S6', `the key ${JSON.stringify(key)} is refused, nothing is written`, async (t) => {
    const { store } = t;
    const before = (await store.range({ prefix: t.prefix() })).revision;

    await rejects(put(store, key, 1), { code: 'InvalidKey', applied: 'no' });
    await rejects(store.range({ key }), { code: 'InvalidKey' });
    await rejects(store.txn({ compare: [{ key, version: 0n, op: '=' }], then: [] }), { code: 'InvalidKey' });
    same((await store.range({ prefix: t.prefix() })).revision, before);
  });

  rule('S7', 'a prefix matches what begins with it and nothing else', async (t) => {
    const { store } = t;
    const p = t.prefix();
    for (const key of ['a', 'a/b', 'ab', 'b', '`']) await put(store, p + key, 1);

    equal((await store.range({ prefix: `${p}a` })).items.map(({ key }) => key.slice(p.length)), ['a', 'a/b', 'ab']);
    isTrue((await store.range({ prefix: '' })).count >= 5, 'it is too low');
  });

  rule('S9', 'only frozen values are stored, to the bottom where that is checked', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;

    await rejects(store.txn({ compare: [], then: [{ type: 'put', key, value: { data: 1 } }] }), { code: 'NotFrozen' });
    await rejects(store.txn({ compare: [], then: [{ type: 'put', key, value: Object.freeze({ data: { deep: 1 } }) }] }), { code: 'NotFrozen' });
    same(await get(store, key), undefined);
  });

  rule('S9', 'an own __proto__ key and the order of properties survive', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;
    const data: unknown = JSON.parse('{"z":1,"__proto__":{"x":2},"a":3}');

    await put(store, key, data);
    same(JSON.stringify((await get(store, key))?.value.data), '{"z":1,"__proto__":{"x":2},"a":3}');
  });

  rule('S10', 'what was read carries its own revision', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;
    const { revision, results } = await store.txn({ compare: [], then: [{ type: 'put', key, value: Object.freeze({ data: 1, revision: '77' }) }] });

    equal((await get(store, key))?.value, { data: 1, revision: revision.toString() });
    matches(results[0], { type: 'put', stored: { data: 1, revision: revision.toString() } });
  });
});

/** For stores that keep bytes. */
export const decodeRules = rules((rule) => {
  rule('S10', 'a value that does not decode spoils its own item only', async (t) => {
    const p = t.prefix();
    const codec = valueCodec;
    const writer = await t.open({ ...codec, encode: (v) => (v.data === 'bad' ? new TextEncoder().encode('{') : codec.encode(v)) });
    const { store } = t;
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });

    await put(writer, `${p}a`, 1);
    await put(writer, `${p}b`, 'bad');
    const last = await put(writer, `${p}c`, 3);

    const { items } = await store.range({ prefix: p });
    equal(items.map(({ corrupt }) => corrupt instanceof Error), [false, true, false]);
    const events = (await upTo(watch, last.revision)).flatMap((batch) => batch.events);
    equal(events.map(({ corrupt }) => corrupt instanceof Error), [false, true, false]);
    await remove(store, `${p}b`);
    same(await get(store, `${p}b`), undefined);
  });
});
