import { expect, test } from '@jest/globals';
import type { Compare } from '../../../src/core/store/store.js';
import { eachBackend, get, put, remove, value, valueCodec } from './backends.js';

eachBackend('txn', (backend) => {
  test('S17 every compare has to hold; an absent key has 0 for each', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    const check = async (...compare: Compare[]) => (await store.txn({ compare, then: [] })).ok;
    const key = `${p}a`;

    expect(await check({ key, modRevision: revision + 1n, op: '=' }, { key, createRevision: revision, op: '=' }, { key, version: 2n, op: '=' }, { key, lease: 0n, op: '=' })).toBe(true);
    expect(await check({ key, modRevision: revision, op: '=' }, { key, version: 2n, op: '=' })).toBe(false);
    expect(await check({ key, modRevision: revision, op: '>' }, { key, modRevision: revision + 2n, op: '<' }, { key, version: 1n, op: '!=' })).toBe(true);
    expect(await check({ key, version: 2n, op: '<' })).toBe(false);
    expect(await check({ key, version: 2n, op: '>' })).toBe(false);
    const absent = `${p}none`;
    expect(await check({ key: absent, modRevision: 0n, op: '=' }, { key: absent, createRevision: 0n, op: '=' }, { key: absent, version: 0n, op: '=' }, { key: absent, lease: 0n, op: '=' })).toBe(true);
  });

  test('S18 a failed compare answers the current items in the same step', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}a`, 'theirs');

    const result = await store.txn({
      compare: [{ key: `${p}a`, modRevision: revision - 1n, op: '=' }], then: [{ type: 'put', key: `${p}a`, value: value('ours') }],
      else: [{ type: 'get', key: `${p}a` }, { type: 'get', key: `${p}none` }],
    });

    expect(result.ok).toBe(false);
    expect(result.results).toMatchObject([{ type: 'get', item: { key: `${p}a`, modRevision: revision, value: { data: 'theirs' } } }, { type: 'get' }]);
    expect(result.results[1]).toEqual({ type: 'get' });
  });

  test('S19 a token that is moved is always in exactly one place', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const moves = backend.name === 'etcd' ? 150 : 1_000;
    await put(store, `${p}0`, 1);
    let moving = true;
    const reads = (async () => {
      let bad = 0;
      while (moving) {
        if ((await store.range({ prefix: p })).count !== 1) bad++;
        await backend.pass(0);
      }
      return bad;
    })();
    for (let i = 0; i < moves; i++) {
      await store.txn({ compare: [{ key: `${p}${String(i % 2)}`, version: 0n, op: '>' }], then: [{ type: 'delete', key: `${p}${String(i % 2)}` }, { type: 'put', key: `${p}${String((i + 1) % 2)}`, value: value(1) }] });
    }
    moving = false;

    expect(await reads).toBe(0);
    expect((await store.range({ prefix: p })).count).toBe(1);
  });

  if (backend.name !== 'etcd') {
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
  }

  test('S20 of many writers at one revision one wins, the others see its item', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const { revision } = await put(store, key, 'start');

    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.txn({
      compare: [{ key, modRevision: revision, op: '=' }], then: [{ type: 'put', key, value: value(i) }], else: [{ type: 'get', key }],
    })));

    const winner = (await get(store, key))?.value;
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    for (const { ok, results: [result] } of results) if (!ok) expect(result).toMatchObject({ item: { value: winner } });
  });

  test('S21 a key is written once per txn', async () => {
    const { store } = backend;
    const p = backend.prefix();
    await put(store, `${p}a`, 1);
    const { revision } = await store.range({ prefix: p });
    const a = { type: 'put', key: `${p}a`, value: value(2) } as const;

    for (const other of [a, { type: 'delete', key: `${p}a` }, { type: 'delete', prefix: p }, { type: 'delete', start: p, end: `${p}b` }] as const) {
      await expect(store.txn({ compare: [], then: [a, other] })).rejects.toMatchObject({ code: 'DuplicateKey', applied: 'no' });
    }
    await expect(store.txn({ compare: [], then: [{ type: 'delete', prefix: p }, { type: 'delete', prefix: `${p}x` }] })).rejects.toMatchObject({ code: 'DuplicateKey' });
    expect((await store.range({ prefix: p })).revision).toBe(revision);
    expect((await store.txn({ compare: [{ key: `${p}a`, version: 1n, op: '=' }, { key: `${p}a`, version: 0n, op: '!=' }], then: [a, { type: 'delete', start: `${p}b`, end: `${p}c` }] })).ok).toBe(true);
  });

  test('S22 more than 128 operations are refused, 128 are done', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const puts = (n: number) => Array.from({ length: n }, (_, i) => ({ type: 'put', key: p + String(i), value: value(i) }) as const);

    expect((await store.txn({ compare: [], then: puts(128) })).results).toHaveLength(128);
    await expect(store.txn({ compare: [], then: puts(129) })).rejects.toMatchObject({ code: 'TooManyOps', applied: 'no' });
    const compare = puts(128).map(({ key }) => ({ key, version: 0n, op: '>' }) as const);
    expect((await store.txn({ compare, then: [] })).ok).toBe(true);
    await expect(store.txn({ compare, guards: [{ key: `${p}0`, modRevision: 1n }], then: [] })).rejects.toMatchObject({ code: 'TooManyOps' });
  });

  test('S22 a request larger than 1.5 MiB is refused, one just below is done', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;

    await expect(put(store, key, 'x'.repeat(1_572_864))).rejects.toMatchObject({ code: 'TooLarge', applied: 'no' });
    expect((await put(store, key, 'x'.repeat(1_572_000))).ok).toBe(true);
    await remove(store, key);
  });

  test('S23 S24 a failed guard is Fenced, and wins over a failed compare', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const fence = `${p}fence`;
    const { revision } = await put(store, fence, 'mine');
    const write = (guard: { modRevision: bigint } | { createRevision: bigint }, compare: readonly Compare[] = []) =>
      store.txn({ guards: [{ key: fence, ...guard }], compare, then: [{ type: 'put', key: `${p}a`, value: value(1) }], else: [{ type: 'get', key: `${p}a` }] });

    expect((await write({ modRevision: revision })).ok).toBe(true);
    expect((await write({ createRevision: revision })).ok).toBe(true);
    expect(await write({ modRevision: revision }, [{ key: `${p}a`, version: 0n, op: '=' }])).toMatchObject({ ok: false, results: [{ item: { version: 2n } }] });
    const rival = await put(store, fence, 'theirs');
    await expect(write({ modRevision: revision })).rejects.toMatchObject({ code: 'Fenced', key: fence, expected: revision, actual: rival.revision, applied: 'no' });
    await expect(write({ modRevision: revision }, [{ key: `${p}a`, version: 0n, op: '=' }])).rejects.toMatchObject({ code: 'Fenced' });
    expect((await write({ createRevision: revision })).ok).toBe(true);

    await remove(store, fence);
    await expect(write({ createRevision: revision })).rejects.toMatchObject({ code: 'Fenced', actual: 0n });
    await put(store, fence, 'again');
    await expect(write({ createRevision: revision })).rejects.toMatchObject({ code: 'Fenced' });
    expect((await get(store, `${p}a`))?.version).toBe(3n);
  });

  test('S23 guards and reads together may be more than one branch can hold', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { revision } = await put(store, `${p}fence`, 1);
    const reads = Array.from({ length: 128 }, (_, i) => ({ type: 'get', key: p + String(i) }) as const);

    await expect(store.txn({ guards: [{ key: `${p}fence`, modRevision: revision - 1n }], compare: [], then: [], else: reads })).rejects.toMatchObject({ code: 'Fenced', actual: revision });
    expect(await store.txn({ guards: [{ key: `${p}fence`, modRevision: revision }], compare: [{ key: `${p}0`, version: 1n, op: '=' }], then: [], else: reads })).toMatchObject({ ok: false });
  });

  test('S25 results come in order; previous items when asked', async () => {
    const { store } = backend;
    const p = backend.prefix();
    for (const key of ['a', 'b', 'c', 'd']) await put(store, p + key, key);

    const { revision, results } = await store.txn({ compare: [], then: [
      { type: 'delete', start: `${p}b`, end: `${p}d`, prev: true },
      { type: 'put', key: `${p}a`, value: value('A'), prev: true },
      { type: 'put', key: `${p}e`, value: value('E'), prev: true },
      { type: 'delete', key: `${p}d` },
      { type: 'delete', key: `${p}none`, prev: true },
    ] });

    expect(results).toMatchObject([
      { type: 'delete', deleted: 2, prev: [{ key: `${p}b`, value: { data: 'b' } }, { key: `${p}c`, value: { data: 'c' } }] },
      { type: 'put', prev: { key: `${p}a`, value: { data: 'a' }, version: 1n }, stored: { data: 'A', revision: revision.toString() } },
      { type: 'put', stored: { data: 'E' } },
      { type: 'delete', deleted: 1 },
      { type: 'delete', deleted: 0, prev: [] },
    ]);
    expect(Object.hasOwn(results[2] as object, 'prev')).toBe(false);
    expect(Object.hasOwn(results[3] as object, 'prev')).toBe(false);
  });

  test('S59 a call whose signal has aborted sends nothing', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;
    const signal = AbortSignal.abort();

    await expect(store.txn({ compare: [], then: [{ type: 'put', key, value: value(1) }], signal })).rejects.toMatchObject({ code: 'Aborted', applied: 'no' });
    await expect(store.range({ key, signal })).rejects.toMatchObject({ code: 'Aborted' });
    await expect(store.lease.grant(5, signal)).rejects.toMatchObject({ code: 'Aborted' });
    expect(await get(store, key)).toBeUndefined();
  });

  test('S55 messages never hold keys or values', async () => {
    const { store } = backend;
    const p = `${backend.prefix()}secret-key`;
    const messages = await Promise.all([
      store.txn({ guards: [{ key: p, modRevision: 9n }], compare: [], then: [{ type: 'put', key: `${p}a`, value: value('secret-value') }] }),
      put(store, p, 'secret-value'.repeat(200_000)),
      store.txn({ compare: [], then: [{ type: 'put', key: p, value: { data: 'secret-value' } }] }),
      store.txn({ compare: [], then: [{ type: 'put', key: p, value: value('secret-value'), lease: 987n }] }),
    ].map((call) => call.then(() => 'done', (error: unknown) => (error as Error).message)));

    for (const message of messages) expect(message).not.toMatch(/done|secret/);
  });
});
