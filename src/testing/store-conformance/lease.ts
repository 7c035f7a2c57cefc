import type { StoreHandle, TxnResult } from '../../core/store/store.js';
import { same, equal, isTrue, matches, rejects } from './assertions.js';
import { rules } from './context.js';
import { get, put, takeBatches, value, type Value } from './values.js';

export const leaseRules = rules((rule) => {
  rule('S45', 'the least ttl is 2 s; what is no number of seconds is refused', async (t) => {
    const { store } = t;

    matches(await store.lease.grant(1), { ttlSeconds: 2 });
    const long = await store.lease.grant(9_000_000_000);
    matches(long, { ttlSeconds: 9_000_000_000 });
    isTrue(!Object.is(long.id, 0n), 'it is 0n');
    await store.lease.revoke(long.id);
    for (const ttl of [0, -1, 1.5, 9_000_000_001, Number.NaN]) await rejects(store.lease.grant(ttl), { code: 'InvalidLease' });
  });

  rule('S46', 'a lease that is not there is LeaseNotFound, nothing is written', async (t) => {
    const { store } = t;
    const key = `${t.prefix()}a`;

    await rejects(attach(store, key, 123_456n), { code: 'LeaseNotFound', id: 123_456n, applied: 'no' });
    await rejects(store.lease.revoke(123_456n), { code: 'LeaseNotFound', id: 123_456n });
    same(await get(store, key), undefined);
  });

  rule('S46 S47', 'revoking deletes the attached keys in one revision, in key order', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const [lease, other] = [await store.lease.grant(60), await store.lease.grant(60)];
    for (const key of ['c', 'a', 'b', 'd', 'e']) await attach(store, p + key, lease.id);
    await put(store, `${p}d`, 'detached');
    await attach(store, `${p}e`, other.id);
    matches(await get(store, `${p}a`), { lease: lease.id });
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });

    await store.lease.revoke(lease.id);

    const [batch] = await takeBatches(watch, 1);
    matches(batch, { revision: revision + 1n, events: [{ type: 'delete', key: `${p}a` }, { type: 'delete', key: `${p}b` }, { type: 'delete', key: `${p}c` }] });
    equal((await store.range({ prefix: p })).items.map(({ key }) => key), [`${p}d`, `${p}e`]);
    await store.lease.revoke(other.id);
    await watch[Symbol.asyncIterator]().return?.();
  });

  rule('S47', 'revoking a lease without keys raises the revision by none', async (t) => {
    const { store } = t;
    const { revision } = await put(store, `${t.prefix()}a`, 1);

    await store.lease.revoke((await store.lease.grant(60)).id);
    same((await store.range({ key: 'x' })).revision, revision);
  });

  rule('S48 S49', 'a lease ends after its ttl, not before, and not while it is kept alive', async (t) => {
    const { store } = t;
    const p = t.prefix();
    const { id, ttlSeconds } = await store.lease.grant(2);
    const { revision } = await attach(store, `${p}a`, id);
    const watch = store.watch({ prefix: p, after: revision });

    await t.pass(1_200);
    equal(await store.lease.keepAlive(id), { ttlSeconds });
    await t.pass(1_200);
    isTrue(await get(store, `${p}a`) !== undefined, 'it is undefined');

    const ended = takeBatches(watch, 1);
    await t.pass(2_200);
    matches(await ended, [{ events: [{ type: 'delete', key: `${p}a` }] }]);
    await rejects(store.lease.keepAlive(id), { code: 'LeaseNotFound', id });
    await watch[Symbol.asyncIterator]().return?.();
  });
});

function attach(store: StoreHandle<Value>, key: string, lease: bigint): Promise<TxnResult<Value>> {
  return store.txn({ compare: [], then: [{ type: 'put', key, value: value(1), lease }] });
}
