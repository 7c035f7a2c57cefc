import { expect, test } from '@jest/globals';
import { eachBackend, get, put, takeBatches, value } from './backends.js';

eachBackend('lease', (backend) => {
  const attach = (key: string, lease: bigint) => backend.store.txn({ compare: [], then: [{ type: 'put', key, value: value(1), lease }] });

  test('S45 the least ttl is 2 s; what is no number of seconds is refused', async () => {
    const { store } = backend;

    expect(await store.lease.grant(1)).toMatchObject({ ttlSeconds: 2 });
    const long = await store.lease.grant(9_000_000_000);
    expect(long).toMatchObject({ ttlSeconds: 9_000_000_000 });
    expect(long.id).not.toBe(0n);
    await store.lease.revoke(long.id);
    for (const ttl of [0, -1, 1.5, 9_000_000_001, Number.NaN]) await expect(store.lease.grant(ttl)).rejects.toMatchObject({ code: 'InvalidLease' });
  });

  test('S46 a lease that is not there is LeaseNotFound, nothing is written', async () => {
    const { store } = backend;
    const key = `${backend.prefix()}a`;

    await expect(attach(key, 123_456n)).rejects.toMatchObject({ code: 'LeaseNotFound', id: 123_456n, applied: 'no' });
    await expect(store.lease.revoke(123_456n)).rejects.toMatchObject({ code: 'LeaseNotFound', id: 123_456n });
    expect(await get(store, key)).toBeUndefined();
  });

  test('S46 S47 revoking deletes the attached keys in one revision, in key order', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const [lease, other] = [await store.lease.grant(60), await store.lease.grant(60)];
    for (const key of ['c', 'a', 'b', 'd', 'e']) await attach(p + key, lease.id);
    await put(store, `${p}d`, 'detached');
    await attach(`${p}e`, other.id);
    expect(await get(store, `${p}a`)).toMatchObject({ lease: lease.id });
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });

    await store.lease.revoke(lease.id);

    const [batch] = await takeBatches(watch, 1);
    expect(batch).toMatchObject({ revision: revision + 1n, events: [{ type: 'delete', key: `${p}a` }, { type: 'delete', key: `${p}b` }, { type: 'delete', key: `${p}c` }] });
    expect((await store.range({ prefix: p })).items.map(({ key }) => key)).toEqual([`${p}d`, `${p}e`]);
    await store.lease.revoke(other.id);
    await watch[Symbol.asyncIterator]().return?.();
  });

  test('S47 revoking a lease without keys raises the revision by none', async () => {
    const { store } = backend;
    const { revision } = await put(store, `${backend.prefix()}a`, 1);

    await store.lease.revoke((await store.lease.grant(60)).id);
    expect((await store.range({ key: 'x' })).revision).toBe(revision);
  });

  test('S48 S49 a lease ends after its ttl, not before, and not while it is kept alive', async () => {
    const { store } = backend;
    const p = backend.prefix();
    const { id, ttlSeconds } = await store.lease.grant(2);
    const { revision } = await attach(`${p}a`, id);
    const watch = store.watch({ prefix: p, after: revision });

    await backend.pass(1_200);
    expect(await store.lease.keepAlive(id)).toEqual({ ttlSeconds });
    await backend.pass(1_200);
    expect(await get(store, `${p}a`)).toBeDefined();

    const ended = takeBatches(watch, 1);
    await backend.pass(2_200);
    expect(await ended).toMatchObject([{ events: [{ type: 'delete', key: `${p}a` }] }]);
    await expect(store.lease.keepAlive(id)).rejects.toMatchObject({ code: 'LeaseNotFound', id });
    await watch[Symbol.asyncIterator]().return?.();
  });
});
