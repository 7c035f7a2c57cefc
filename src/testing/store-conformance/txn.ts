import type { Compare } from '../../core/store/store.js';
import { same, equal, isTrue, matches, rejects } from './assertions.js';
import { rules } from './context.js';
import { get, put, remove, value } from './values.js';

export const txnRules = rules((rule) => {
  rule('S17', 'every compare has to hold; an absent key has 0 for each', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    await put(store, `${p}a`, 2);
    const check = async (...compare: Compare[]) => (await store.txn({ compare, then: [] })).ok;
    const key = `${p}a`;

    same(await check({ key, modRevision: revision + 1n, op: '=' }, { key, createRevision: revision, op: '=' }, { key, version: 2n, op: '=' }, { key, lease: 0n, op: '=' }), true);
    same(await check({ key, modRevision: revision, op: '=' }, { key, version: 2n, op: '=' }), false);
    same(await check({ key, modRevision: revision, op: '>' }, { key, modRevision: revision + 2n, op: '<' }, { key, version: 1n, op: '!=' }), true);
    same(await check({ key, version: 2n, op: '<' }), false);
    same(await check({ key, version: 2n, op: '>' }), false);
    const absent = `${p}none`;
    same(await check({ key: absent, modRevision: 0n, op: '=' }, { key: absent, createRevision: 0n, op: '=' }, { key: absent, version: 0n, op: '=' }, { key: absent, lease: 0n, op: '=' }), true);
  });

  rule('S18', 'a failed compare answers the current items in the same step', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 'theirs');

    const result = await store.txn({
      compare: [{ key: `${p}a`, modRevision: revision - 1n, op: '=' }], then: [{ type: 'put', key: `${p}a`, value: value('ours') }],
      else: [{ type: 'get', key: `${p}a` }, { type: 'get', key: `${p}none` }],
    });

    same(result.ok, false);
    matches(result.results, [{ type: 'get', item: { key: `${p}a`, modRevision: revision, value: { data: 'theirs' } } }, { type: 'get' }]);
    equal(result.results[1], { type: 'get' });
  });

  rule('S19', 'a token that is moved is always in exactly one place', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const moves = 1_000;
    await put(store, `${p}0`, 1);
    let moving = true;
    const reads = (async () => {
      let bad = 0;
      while (moving) {
        if ((await store.range({ prefix: p })).count !== 1) bad++;
        await t.pass(0);
      }
      return bad;
    })();
    for (let i = 0; i < moves; i++) {
      await store.txn({ compare: [{ key: `${p}${String(i % 2)}`, version: 0n, op: '>' }], then: [{ type: 'delete', key: `${p}${String(i % 2)}` }, { type: 'put', key: `${p}${String((i + 1) % 2)}`, value: value(1) }] });
    }
    moving = false;

    same(await reads, 0);
    same((await store.range({ prefix: p })).count, 1);
  });

  rule('S20', 'of many writers at one revision one wins, the others see its item', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;
    const { revision } = await put(store, key, 'start');

    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.txn({
      compare: [{ key, modRevision: revision, op: '=' }], then: [{ type: 'put', key, value: value(i) }], else: [{ type: 'get', key }],
    })));

    const winner = (await get(store, key))?.value;
    same(results.filter(({ ok }) => ok).length, 1);
    for (const { ok, results: [result] } of results) if (!ok) matches(result, { item: { value: winner } });
  });

  rule('S21', 'a key is written once per txn', async (t) => {
    const { store } = t;
    const p = t.prefix();
    await put(store, `${p}a`, 1);
    const { revision } = await store.range({ prefix: p });
    const a = { type: 'put', key: `${p}a`, value: value(2) } as const;

    for (const other of [a, { type: 'delete', key: `${p}a` }, { type: 'delete', prefix: p }, { type: 'delete', start: p, end: `${p}b` }] as const) {
      await rejects(store.txn({ compare: [], then: [a, other] }), { code: 'DuplicateKey', applied: 'no' });
    }
    await rejects(store.txn({ compare: [], then: [{ type: 'delete', prefix: p }, { type: 'delete', prefix: `${p}x` }] }), { code: 'DuplicateKey' });
    same((await store.range({ prefix: p })).revision, revision);
    same((await store.txn({ compare: [{ key: `${p}a`, version: 1n, op: '=' }, { key: `${p}a`, version: 0n, op: '!=' }], then: [a, { type: 'delete', start: `${p}b`, end: `${p}c` }] })).ok, true);
  });

  rule('S22', 'more than 128 operations are refused, 128 are done', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const puts = (n: number) => Array.from({ length: n }, (_, i) => ({ type: 'put', key: p + String(i), value: value(i) }) as const);

    same((await store.txn({ compare: [], then: puts(128) })).results.length, 128);
    await rejects(store.txn({ compare: [], then: puts(129) }), { code: 'TooManyOps', applied: 'no' });
    const compare = puts(128).map(({ key }) => ({ key, version: 0n, op: '>' }) as const);
    same((await store.txn({ compare, then: [] })).ok, true);
    await rejects(store.txn({ compare, guards: [{ key: `${p}0`, modRevision: 1n }], then: [] }), { code: 'TooManyOps' });
  });

  rule('S22', 'a request larger than 1.5 MiB is refused, one just below is done', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;

    await rejects(put(store, key, 'x'.repeat(1_572_864)), { code: 'TooLarge', applied: 'no' });
    same((await put(store, key, 'x'.repeat(1_572_000))).ok, true);
    await remove(store, key);
  });

  rule('S23 S24', 'a failed guard is Fenced, and wins over a failed compare', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const fence = `${p}fence`;
    const { revision } = await put(store, fence, 'mine');
    const write = (guard: { modRevision: bigint } | { createRevision: bigint }, compare: readonly Compare[] = []) =>
      store.txn({ guards: [{ key: fence, ...guard }], compare, then: [{ type: 'put', key: `${p}a`, value: value(1) }], else: [{ type: 'get', key: `${p}a` }] });

    same((await write({ modRevision: revision })).ok, true);
    same((await write({ createRevision: revision })).ok, true);
    matches(await write({ modRevision: revision }, [{ key: `${p}a`, version: 0n, op: '=' }]), { ok: false, results: [{ item: { version: 2n } }] });
    const rival = await put(store, fence, 'theirs');
    await rejects(write({ modRevision: revision }), { code: 'Fenced', key: fence, expected: revision, actual: rival.revision, applied: 'no' });
    await rejects(write({ modRevision: revision }, [{ key: `${p}a`, version: 0n, op: '=' }]), { code: 'Fenced' });
    same((await write({ createRevision: revision })).ok, true);

    await remove(store, fence);
    await rejects(write({ createRevision: revision }), { code: 'Fenced', actual: 0n });
    await put(store, fence, 'again');
    await rejects(write({ createRevision: revision }), { code: 'Fenced' });
    same((await get(store, `${p}a`))?.version, 3n);
  });

  rule('S23', 'guards and reads together may be more than one branch can hold', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}fence`, 1);
    const reads = Array.from({ length: 128 }, (_, i) => ({ type: 'get', key: p + String(i) }) as const);

    await rejects(store.txn({ guards: [{ key: `${p}fence`, modRevision: revision - 1n }], compare: [], then: [], else: reads }), { code: 'Fenced', actual: revision });
    matches(await store.txn({ guards: [{ key: `${p}fence`, modRevision: revision }], compare: [{ key: `${p}0`, version: 1n, op: '=' }], then: [], else: reads }), { ok: false });
  });

  rule('S25', 'results come in order; previous items when asked', async (t) => {
    const { store } = t;
    const p = t.prefix();
    for (const key of ['a', 'b', 'c', 'd']) await put(store, p + key, key);

    const { revision, results } = await store.txn({ compare: [], then: [
      { type: 'delete', start: `${p}b`, end: `${p}d`, prev: true },
      { type: 'put', key: `${p}a`, value: value('A'), prev: true },
      { type: 'put', key: `${p}e`, value: value('E'), prev: true },
      { type: 'delete', key: `${p}d` },
      { type: 'delete', key: `${p}none`, prev: true },
    ] });

    matches(results, [
      { type: 'delete', deleted: 2, prev: [{ key: `${p}b`, value: { data: 'b' } }, { key: `${p}c`, value: { data: 'c' } }] },
      { type: 'put', prev: { key: `${p}a`, value: { data: 'a' }, version: 1n }, stored: { data: 'A', revision: revision.toString() } },
      { type: 'put', stored: { data: 'E' } },
      { type: 'delete', deleted: 1 },
      { type: 'delete', deleted: 0, prev: [] },
    ]);
    same(Object.hasOwn(results[2] as object, 'prev'), false);
    same(Object.hasOwn(results[3] as object, 'prev'), false);
  });

  rule('S59', 'a call whose signal has aborted sends nothing', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;
    const signal = AbortSignal.abort();

    await rejects(store.txn({ compare: [], then: [{ type: 'put', key, value: value(1) }], signal }), { code: 'Aborted', applied: 'no' });
    await rejects(store.range({ key, signal }), { code: 'Aborted' });
    await rejects(store.lease.grant(5, signal), { code: 'Aborted' });
    same(await get(store, key), undefined);
  });

  rule('S55', 'messages never hold keys or values', async (t) => {
    const { store } = t;
    const p = `${t.prefix()}secret-key`;
    const messages = await Promise.all([
      store.txn({ guards: [{ key: p, modRevision: 9n }], compare: [], then: [{ type: 'put', key: `${p}a`, value: value('secret-value') }] }),
      put(store, p, 'secret-value'.repeat(200_000)),
      store.txn({ compare: [], then: [{ type: 'put', key: p, value: { data: 'secret-value' } }] }),
      store.txn({ compare: [], then: [{ type: 'put', key: p, value: value('secret-value'), lease: 987n }] }),
    ].map((call) => call.then(() => 'done', (error: unknown) => (error as Error).message)));

    for (const message of messages) isTrue(!/done|secret/.test(message), message);
  });
});
