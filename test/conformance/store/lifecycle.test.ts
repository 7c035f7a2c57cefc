import { expect, test } from '@jest/globals';
import { eachBackend, endOf, put, value } from './backends.js';

eachBackend('lifecycle', (backend) => {
  test('S92 a disposed handle ends its watches without an error and is Closed', async () => {
    const handle = await backend.open();
    const p = backend.prefix();
    const { revision } = await put(handle, `${p}a`, 1);
    const ended = endOf(handle.watch({ prefix: p, after: revision }));

    await handle[Symbol.asyncDispose]();
    await handle[Symbol.asyncDispose]();

    expect(await ended).toBeUndefined();
    await expect(handle.range({ prefix: p })).rejects.toMatchObject({ code: 'Closed' });
    await expect(put(handle, `${p}a`, 1)).rejects.toMatchObject({ code: 'Closed' });
    await expect(handle.lease.grant(5)).rejects.toMatchObject({ code: 'Closed' });
    await expect(handle.lease.keepAlive(5n)).rejects.toMatchObject({ code: 'Closed' });
    await expect(handle.compact(1n)).rejects.toMatchObject({ code: 'Closed' });
    expect(() => handle.watch({ prefix: p, after: revision })).toThrow(expect.objectContaining({ code: 'Closed' }));
  });

  test('S92 writes that were sent are finished', async () => {
    const handle = await backend.open();
    const key = `${backend.prefix()}a`;

    const writes = Array.from({ length: 5 }, (_, i) => handle.txn({ compare: [], then: [{ type: 'put', key, value: value(i) }] }));
    await Promise.resolve();
    const closed = handle[Symbol.asyncDispose]();
    const results = await Promise.allSettled(writes);
    await closed;

    const done = results.filter(({ status }) => status === 'fulfilled').length;
    expect((await backend.store.range({ key })).items[0]?.version ?? 0n).toBe(BigInt(done));
    expect(done).toBe(5);
  });

  test('S11 two handles are two doors to one store', async () => {
    const other = await backend.open();
    const p = backend.prefix();
    const { revision } = await put(backend.store, `${p}a`, 1);

    expect((await other.range({ prefix: p })).items).toHaveLength(1);
    expect(other.seen).toBeGreaterThanOrEqual(revision);
    await other[Symbol.asyncDispose]();
    expect((await backend.store.range({ prefix: p })).items).toHaveLength(1);
  });
});
