import { same, isTrue, rejects, throws } from './assertions.js';
import { rules } from './context.js';
import { endOf, put, value } from './values.js';

export const lifecycleRules = rules((rule) => {
  rule('S92', 'a disposed handle ends its watches without an error and is Closed', async (t) => {
    const handle = await t.open();
    const p = t.prefix();
    const { revision } = await put(handle, `${p}a`, 1);
    const ended = endOf(handle.watch({ prefix: p, after: revision }));

    await handle[Symbol.asyncDispose]();
    await handle[Symbol.asyncDispose]();

    same(await ended, undefined);
    await rejects(handle.range({ prefix: p }), { code: 'Closed' });
    await rejects(put(handle, `${p}a`, 1), { code: 'Closed' });
    await rejects(handle.lease.grant(5), { code: 'Closed' });
    await rejects(handle.lease.keepAlive(5n), { code: 'Closed' });
    await rejects(handle.compact(1n), { code: 'Closed' });
    throws(() => handle.watch({ prefix: p, after: revision }), { code: 'Closed' });
  });

  rule('S92', 'writes that were sent are finished', async (t) => {
    const handle = await t.open();
    const key = `${t.prefix()}a`;

    const writes = Array.from({ length: 5 }, (_, i) => handle.txn({ compare: [], then: [{ type: 'put', key, value: value(i) }] }));
    await Promise.resolve();
    const closed = handle[Symbol.asyncDispose]();
    const results = await Promise.allSettled(writes);
    await closed;

    const done = results.filter(({ status }) => status === 'fulfilled').length;
    same((await t.store.range({ key })).items[0]?.version ?? 0n, BigInt(done));
    same(done, 5);
  });

  rule('S11', 'two handles are two doors to one store', async (t) => {
    const other = await t.open();
    const p = t.prefix();
    const { revision } = await put(t.store, `${p}a`, 1);

    same((await other.range({ prefix: p })).items.length, 1);
    isTrue(other.seen >= revision, 'it is too low');
    await other[Symbol.asyncDispose]();
    same((await t.store.range({ prefix: p })).items.length, 1);
  });
});
