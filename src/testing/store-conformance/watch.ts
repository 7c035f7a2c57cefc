import type { Delivery, StoreBatch } from '../../core/store/store.js';
import { same, equal, isTrue, matches, rejects, throws } from './assertions.js';
import { rules } from './context.js';
import { endOf, put, remove, takeBatches, upTo, value, type Value } from './values.js';

const keysOf = (batches: readonly StoreBatch<Value>[]) => batches.flatMap(({ events }) => events.map(({ key }) => key));

export const watchRules = rules((rule) => {
  rule('S27 S35', 'everything after the revision of a list is delivered, and nothing before', async (t) => {
    const { store } = t;
    const p = t.prefix();
    await put(store, `${p}a`, 1);
    const { revision } = await store.range({ prefix: p });
    const live = store.watch({ prefix: p, after: revision });

    await put(store, `${p}b`, 2);
    await put(store, `${p.slice(0, -1)}-other`, 0);
    const last = await put(store, `${p}c`, 3);
    const late = store.watch({ prefix: p, after: last.revision - 1n });

    equal(keysOf(await upTo(live, last.revision)), [`${p}b`, `${p}c`]);
    equal(keysOf(await upTo(late, last.revision)), [`${p}c`]);
  });

  rule('S27', 'a watch after revision 0 is refused', async (t) => {
    throws(() => t.store.watch({ prefix: 'x', after: 0n }), { code: 'InvalidRevision' });
  });

  rule('S27 S33', 'a watch from the future delivers nothing at or below its start', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 0);
    const watch = store.watch({ prefix: p, after: revision + 2n });
    const iterator = watch[Symbol.asyncIterator]();

    for (let i = 1; i <= 4; i++) await put(store, `${p}a`, i);

    for (let at = revision + 2n; at < revision + 4n;) {
      const told: IteratorResult<Delivery<Value>, undefined> = await iterator.next();
      const delivery = told.value;
      const revisions = delivery?.type === 'batches' ? delivery.batches.map((batch) => batch.revision) : [delivery?.revision ?? 0n];
      for (const next of revisions) {
        isTrue(next >= revision + (delivery?.type === 'batches' ? 3n : 2n), 'it is too low');
        at = next;
      }
    }
    await iterator.return?.();
  });

  rule('S28 S29', 'batches are whole, in order, each revision once', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });

    const many = await store.txn({ compare: [], then: Array.from({ length: 128 }, (_, i) => ({ type: 'put', key: p + String(i), value: value(i) }) as const) });
    await put(store, `${p}0`, 'x');
    const last = await store.txn({ compare: [], then: [{ type: 'delete', key: `${p}9` }, { type: 'put', key: `${p}1`, value: value(1) }, { type: 'delete', start: `${p}3`, end: `${p}32` }] });

    const batches = await upTo(watch, last.revision);
    equal(batches.map((batch) => batch.revision), [many.revision, many.revision + 1n, many.revision + 2n]);
    equal(keysOf(batches.slice(0, 1)), Array.from({ length: 128 }, (_, i) => p + String(i)));
    equal(batches[2]?.events.map(({ type, key }) => [type, key.slice(p.length)]), [['delete', '9'], ['put', '1'], ['delete', '3'], ['delete', '30'], ['delete', '31']]);
  });

  rule('S30 S31', 'events carry revisions, version and the value before', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision: r } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: r, prev: true });
    const key = `${p}a`;

    await put(store, key, 1);
    await put(store, key, 2);
    await remove(store, key);
    const last = await put(store, key, 3);

    const [created, updated, deleted, again] = (await upTo(watch, last.revision)).flatMap(({ events }) => events);
    equal(created, { type: 'put', key, value: { data: 1, revision: String(r + 1n) }, createRevision: r + 1n, modRevision: r + 1n, version: 1n, lease: 0n });
    equal(updated, { type: 'put', key, value: { data: 2, revision: String(r + 2n) }, prev: { data: 1, revision: String(r + 1n) }, createRevision: r + 1n, modRevision: r + 2n, version: 2n, lease: 0n });
    equal(deleted, { type: 'delete', key, prev: { data: 2, revision: String(r + 2n) }, createRevision: 0n, modRevision: r + 3n, version: 0n, lease: 0n });
    matches(again, { type: 'put', createRevision: r + 4n, modRevision: r + 4n, version: 1n });
    same(again && Object.hasOwn(again, 'prev'), false);
  });

  rule('S32', 'a watch from a compacted revision ends at once, one from the compacted revision is served', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await put(store, `${p}a`, 1);
    await put(store, `${p}b`, 1);
    await put(store, `${p}a`, 2);
    const last = await put(store, `${p}c`, 3);
    await store.compact(revision + 2n);

    matches(await endOf(store.watch({ prefix: p, after: revision })), { code: 'Compacted', compactRevision: revision + 2n });
    const served = await upTo(store.watch({ prefix: p, after: revision + 1n }), last.revision).then(keysOf, (error: unknown) => error);
    // A store that could lose something there says so; silence is what is wrong.
    if (served instanceof Error) matches(served, { code: 'Compacted', compactRevision: revision + 2n });
    else equal(served, [`${p}a`, `${p}c`]);
  });

  rule('S32', 'a delete made at the compacted revision is delivered, or the watch ends with Compacted', async (t) => {
    const { store } = t;
    const p = t.prefix();
    await put(store, `${p}a`, 1);
    const { revision } = await remove(store, `${p}a`);
    const last = await put(store, `${p}b`, 1);
    await store.compact(revision);

    const told = await upTo(store.watch({ prefix: p, after: revision - 1n }), last.revision).then(keysOf, (error: unknown) => error);
    if (told instanceof Error) matches(told, { code: 'Compacted', compactRevision: revision });
    else equal(told, [`${p}a`, `${p}b`]);
  });

  rule('S33 S34', 'freshTo resolves when everything up to the revision was delivered', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });
    let delivered = revision;
    const reader = (async () => {
      for await (const delivery of watch) {
        const next = delivery.type === 'batches' ? delivery.batches[delivery.batches.length - 1]?.revision : delivery.revision;
        isTrue(next !== undefined && next > delivered, 'it is too low');
        delivered = next ?? 0n;
      }
    })();

    const inside = await put(store, `${p}a`, 1);
    await watch.freshTo(inside.revision);
    isTrue(delivered >= inside.revision, 'it is too low');
    const elsewhere = await put(store, `${t.prefix()}a`, 1);
    await watch.freshTo(elsewhere.revision);
    isTrue(delivered >= elsewhere.revision, 'it is too low');

    const ac = new AbortController();
    const never = watch.freshTo(elsewhere.revision + 1_000n, ac.signal);
    ac.abort();
    await rejects(never, { code: 'Aborted' });
    await watch[Symbol.asyncIterator]().return?.();
    await reader;
  });

  rule('S38', 'a watch ends by abort or return without an error, and delivers nothing after', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const ac = new AbortController();
    const aborted = endOf(store.watch({ prefix: p, after: revision, signal: ac.signal }));
    ac.abort();
    same(await aborted, undefined);
    same(await endOf(store.watch({ prefix: p, after: revision, signal: ac.signal })), undefined);

    const returned = store.watch({ prefix: p, after: revision })[Symbol.asyncIterator]();
    const waiting = returned.next();
    await returned.return?.();
    await put(store, `${p}a`, 1);
    equal(await waiting, { done: true, value: undefined });
    equal(await returned.next(), { done: true, value: undefined });
  });

  rule('S39', 'consumers of one prefix get the same objects', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const watches = Array.from({ length: 20 }, () => store.watch({ prefix: p, after: revision }));

    const last = await put(store, `${p}a`, 1);
    const seen = await Promise.all(watches.map((watch) => upTo(watch, last.revision)));
    for (const batches of seen) same(batches[0]?.events[0], seen[0]?.[0]?.events[0]);
  });

  rule('S43', 'a consumer that starts in the past is filled in and joined without gap or duplicate', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const early = store.watch({ prefix: p, after: revision });
    for (let i = 0; i < 20; i++) await put(store, `${p}a`, i);
    await takeBatches(early, 20);

    const late = store.watch({ prefix: p, after: revision + 7n });
    const first = await takeBatches(late, 1);
    const last = await put(store, `${p}a`, 20);

    const rest = await upTo(late, last.revision);
    equal([...first, ...rest].map((batch) => batch.revision), Array.from({ length: 14 }, (_, i) => revision + 8n + BigInt(i)));
    equal((await upTo(early, last.revision)).map((batch) => batch.revision), [last.revision]);
  });

  rule('S44', 'a consumer that throws does not disturb the others', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { revision } = await store.range({ prefix: p });
    const throwing = (async () => {
      for await (const delivery of store.watch({ prefix: p, after: revision })) if (delivery.type === 'batches') throw new Error('mine');
    })();
    const other = store.watch({ prefix: p, after: revision });
    const failed = rejects(throwing, { message: 'mine' });

    await put(store, `${p}a`, 1);
    const last = await put(store, `${p}b`, 2);
    await failed;
    equal(keysOf(await upTo(other, last.revision)), [`${p}a`, `${p}b`]);
  });
});
