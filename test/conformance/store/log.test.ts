import { expect, test } from '@jest/globals';
import { eachBackend, get, put, remove, upTo, value, valueCodec } from './backends.js';

eachBackend('the log', (backend) => {
  test('S1 a new store is at revision 1, its first write is 2', async () => {
    const store = await backend.fresh();

    expect((await store.range({ prefix: '' })).revision).toBe(1n);
    expect((await put(store, 'a', 1)).revision).toBe(2n);
  });

  test('S2 a txn that changes something raises the revision by one, any other by none', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const before = (await put(store, `${p}0`, 0)).revision;

    const many = await store.txn({ compare: [], then: [
      { type: 'put', key: `${p}a`, value: value(1) }, { type: 'put', key: `${p}b`, value: value(2) }, { type: 'delete', key: `${p}0` },
    ] });
    expect(many.revision).toBe(before + 1n);
    expect((await store.range({ prefix: p })).items.map(({ modRevision }) => modRevision)).toEqual([many.revision, many.revision]);

    expect((await remove(store, `${p}absent`)).revision).toBe(many.revision);
    expect((await store.txn({ compare: [{ key: `${p}a`, version: 9n, op: '=' }], then: [{ type: 'put', key: `${p}a`, value: value(3) }] })).revision).toBe(many.revision);
    expect((await store.txn({ compare: [], then: [] })).revision).toBe(many.revision);
  });

  test('S3 a put of an equal value raises revision and version all the same', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const first = await put(store, key, 1);

    expect((await put(store, key, 1)).revision).toBe(first.revision + 1n);
    expect(await get(store, key)).toMatchObject({ version: 2n, modRevision: first.revision + 1n, createRevision: first.revision });
  });

  test('S4 create revision and version begin anew after a delete', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;

    const { revision } = await put(store, key, 1);
    expect(await get(store, key)).toMatchObject({ createRevision: revision, modRevision: revision, version: 1n, lease: 0n });
    await remove(store, key);
    expect(await get(store, key)).toBeUndefined();
    await put(store, key, 2);
    expect(await get(store, key)).toMatchObject({ createRevision: revision + 2n, modRevision: revision + 2n, version: 1n });
  });

  test('S6 keys are ordered by UTF-8 bytes', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const keys = ['a\u{10000}', 'a', 'a\u{FFFF}', 'b', 'a\u{E000}', 'é', 'a\u{10FFFF}b', 'A'];
    for (const key of keys) await put(store, p + key, key);

    const { items } = await store.range({ prefix: p });
    expect(items.map(({ key }) => key.slice(p.length))).toEqual(['A', 'a', 'a\u{E000}', 'a\u{FFFF}', 'a\u{10000}', 'a\u{10FFFF}b', 'b', 'é']);
    const some = await store.range({ start: `${p}a\u{FFFF}`, end: `${p}b` });
    expect(some.items.map(({ key }) => key.slice(p.length))).toEqual(['a\u{FFFF}', 'a\u{10000}', 'a\u{10FFFF}b']);
  });

  test.each(['', 'a\ud800', '\udc00b'])('S6 the key %j is refused, nothing is written', async (key) => {
    const { store } = backend;
    const before = (await store.range({ prefix: backend.prefix() })).revision;

    await expect(put(store, key, 1)).rejects.toMatchObject({ code: 'InvalidKey', applied: 'no' });
    await expect(store.range({ key })).rejects.toMatchObject({ code: 'InvalidKey' });
    await expect(store.txn({ compare: [{ key, version: 0n, op: '=' }], then: [] })).rejects.toMatchObject({ code: 'InvalidKey' });
    expect((await store.range({ prefix: backend.prefix() })).revision).toBe(before);
  });

  test('S7 a prefix matches what begins with it and nothing else', async () => {
    const { store } = backend;
    const p = backend.prefix();
    for (const key of ['a', 'a/b', 'ab', 'b', '`']) await put(store, p + key, 1);

    expect((await store.range({ prefix: `${p}a` })).items.map(({ key }) => key.slice(p.length))).toEqual(['a', 'a/b', 'ab']);
    expect((await store.range({ prefix: '' })).count).toBeGreaterThanOrEqual(5);
  });

  test('S9 only frozen values are stored, to the bottom where that is checked', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;

    await expect(store.txn({ compare: [], then: [{ type: 'put', key, value: { data: 1 } }] })).rejects.toMatchObject({ code: 'NotFrozen' });
    await expect(store.txn({ compare: [], then: [{ type: 'put', key, value: Object.freeze({ data: { deep: 1 } }) }] })).rejects.toMatchObject({ code: 'NotFrozen' });
    expect(await get(store, key)).toBeUndefined();
  });

  test('S9 an own __proto__ key and the order of properties survive', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const data: unknown = JSON.parse('{"z":1,"__proto__":{"x":2},"a":3}');

    await put(store, key, data);
    expect(JSON.stringify((await get(store, key))?.value.data)).toBe('{"z":1,"__proto__":{"x":2},"a":3}');
  });

  test('S10 what was read carries its own revision', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const { revision, results } = await store.txn({ compare: [], then: [{ type: 'put', key, value: Object.freeze({ data: 1, revision: '77' }) }] });

    expect((await get(store, key))?.value).toEqual({ data: 1, revision: revision.toString() });
    expect(results[0]).toMatchObject({ type: 'put', stored: { data: 1, revision: revision.toString() } });
  });

  if (backend.name === 'etcd') {
    test('S10 a value that does not decode spoils its own item only', async () => {
      const p = backend.prefix();
      const codec = valueCodec();
      const writer = await backend.open({ ...codec, encode: (v) => (v.data === 'bad' ? new TextEncoder().encode('{') : codec.encode(v)) });
      const { store } = backend;
      const { revision } = await store.range({ prefix: p });
      const watch = store.watch({ prefix: p, after: revision });

      await put(writer, `${p}a`, 1);
      await put(writer, `${p}b`, 'bad');
      const last = await put(writer, `${p}c`, 3);

      const { items } = await store.range({ prefix: p });
      expect(items.map(({ corrupt }) => corrupt instanceof Error)).toEqual([false, true, false]);
      const events = (await upTo(watch, last.revision)).flatMap((batch) => batch.events);
      expect(events.map(({ corrupt }) => corrupt instanceof Error)).toEqual([false, true, false]);
      await remove(store, `${p}b`);
      expect(await get(store, `${p}b`)).toBeUndefined();
    });
  }
});
