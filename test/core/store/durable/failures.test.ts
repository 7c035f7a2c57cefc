import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../../src/core/store/memory/memory.js';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { endOf, takeBatches } from '../../../conformance/store/backends.js';
import { fakeDisk, systemError } from './fake-disk.js';
import { contentOf, get, openOn, put, remove, value, valueCodec } from './setting.js';

const log1 = 'log-000000000001';

describe('full disk', () => {
  test('S70 a full disk is NoSpace and nothing is applied; reads, watches, deletes and keepalives go on', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    const { id } = await store.lease.grant(60);
    await put(store, 'a', 1);
    await put(store, 'b', 1);
    const watch = store.watch({ prefix: '', after: 3n });
    disk.capacity = disk.names().reduce((sum, name) => sum + disk.content(name).length, 0) + 10;
    disk.shortWrite = 7;
    const log = disk.content(log1);

    await expect(put(store, 'c', 1)).rejects.toMatchObject({ code: 'NoSpace', applied: 'no' });
    expect(disk.content(log1)).toEqual(log);
    expect(store.health.ok).toBe(false);
    await expect(put(store, 'c', 1)).rejects.toMatchObject({ code: 'NoSpace' });
    await expect(store.lease.grant(5)).rejects.toMatchObject({ code: 'NoSpace' });
    expect((await contentOf(store)).items.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(await store.lease.keepAlive(id)).toEqual({ ttlSeconds: 60 });
    expect((await remove(store, 'a')).revision).toBe(4n);
    expect(await takeBatches(watch, 1)).toMatchObject([{ revision: 4n, events: [{ type: 'delete', key: 'a' }] }]);
    await store.compact(4n);
    await store.lease.revoke(id);

    const again = await openOn(disk.after('kill', Math.random));
    expect(await contentOf(again)).toMatchObject({ revision: 4n, items: [{ key: 'b' }] });
  });

  test('S70 when there is room again, writes go on', async () => {
    const disk = fakeDisk();
    const clock = virtualClock();
    const store = await openOn(disk, {}, clock);
    await put(store, 'a', 1);
    disk.capacity = 0;
    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'NoSpace' });
    disk.capacity = Infinity;

    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'NoSpace' });
    await clock.advance(1_000);
    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'NoSpace' });
    await clock.quiet();
    expect((await put(store, 'b', 1)).revision).toBe(3n);
    expect(store.health.ok).toBe(true);
  });

  test('S48 S70 a lease whose end cannot be written lives on until it can', async () => {
    const disk = fakeDisk();
    const clock = virtualClock();
    const store = await openOn(disk, {}, clock);
    const { id } = await store.lease.grant(2);
    await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), lease: id }] });
    disk.capacity = 0;
    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'NoSpace' });

    await clock.advance(5_000);
    expect(await get(store, 'a')).toBeDefined();
    disk.capacity = Infinity;
    await clock.advance(1_000);
    expect(await get(store, 'a')).toBeUndefined();
  });

  test('S67 S70 without room for a snapshot the log goes on', async () => {
    const disk = fakeDisk();
    disk.onOperation = ({ type, name }) => { if (type === 'append' && name.endsWith('.tmp')) throw systemError('ENOSPC'); };
    const store = await openOn(disk, { snapshotBytes: 1_000 });
    for (let i = 0; i < 100; i++) await put(store, `k${String(i)}`, i);
    const before = await contentOf(store);
    await store[Symbol.asyncDispose]();
    expect(disk.names().some((name) => name.startsWith('snapshot'))).toBe(false);

    expect(await contentOf(await openOn(disk))).toEqual(before);
  });

  test.each([['memory', undefined], ['memory, folder', '/store']])('S70 B104 maxBytes reached is NoSpace, what does not grow goes on (%s)', async (_name, dir) => {
    const runtime = systemRuntime({ clock: virtualClock() });
    const store = dir === undefined ? await memory({ maxBytes: 1_950 }).open(valueCodec(), runtime) : await openOn(fakeDisk(), { maxBytes: 1_950 });
    for (let i = 0; i < 18; i++) await put(store, `k${String(i).padStart(2, '0')}`, 'x'.repeat(90));

    await expect(put(store, 'more', 'x'.repeat(90))).rejects.toMatchObject({ code: 'NoSpace', applied: 'no' });
    await expect(put(store, 'k00', 'x'.repeat(900))).rejects.toMatchObject({ code: 'NoSpace' });
    expect((await contentOf(store)).items).toHaveLength(18);
    await put(store, 'k00', 'y'.repeat(90));
    await put(store, 'k00', 'y'.repeat(100));
    await store.txn({ compare: [], then: [{ type: 'delete', prefix: 'k0' }, { type: 'put', key: 'more', value: value('x'.repeat(500)) }] });
    await put(store, 'again', 'x'.repeat(90));
    await store[Symbol.asyncDispose]();
  });
});

describe('failing disk', () => {
  test('S70 a failed sync is UnknownOutcome, every later write StoreFailed; what was safe can be read', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    await put(store, 'a', 1);
    const watch = store.watch({ prefix: '', after: 1n });
    disk.onOperation = ({ type }) => { if (type === 'sync') throw systemError('EIO'); };

    const write = put(store, 'a', 2);
    const read = get(store, 'a');
    const lost = store.txn({ compare: [{ key: 'a', version: 1n, op: '=' }], then: [], else: [{ type: 'get', key: 'a' }] });
    await expect(write).rejects.toMatchObject({ code: 'UnknownOutcome', applied: 'unknown' });
    await expect(lost).rejects.toMatchObject({ code: 'StoreFailed', applied: 'no' });
    expect((await read)?.value.data).toBe(1);

    disk.onOperation = undefined;
    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'StoreFailed', applied: 'no', retryable: false });
    await expect(remove(store, 'a')).rejects.toMatchObject({ code: 'StoreFailed' });
    await expect(store.lease.grant(5)).rejects.toMatchObject({ code: 'StoreFailed' });
    expect(await contentOf(store)).toMatchObject({ revision: 2n, items: [{ key: 'a', modRevision: 2n }] });
    expect(store.seen).toBe(2n);
    expect(store.health.ok).toBe(false);
    expect(await takeBatches(watch, 1)).toMatchObject([{ revision: 2n }]);
    const ended = endOf(watch);
    await store[Symbol.asyncDispose]();
    expect(await ended).toBeUndefined();

    const again = await openOn(disk);
    expect([2n, 3n]).toContain((await contentOf(again)).revision);
    expect((await put(again, 'b', 1)).ok).toBe(true);
  });

  test('S70 a write that the disk refuses for another reason fails the store; nothing was applied', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    await put(store, 'a', 1);
    disk.onOperation = ({ type }) => { if (type === 'append') throw systemError('EIO'); };

    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'StoreFailed', applied: 'no' });
    disk.onOperation = undefined;
    await expect(put(store, 'b', 1)).rejects.toMatchObject({ code: 'StoreFailed' });
    expect(await get(store, 'a')).toBeDefined();
  });
});

describe('what is not on disk yet', () => {
  /** A store whose syncs wait until they are let go. */
  async function slow() {
    const disk = fakeDisk();
    const waiting: (() => void)[] = [];
    let held = false;
    const { files } = disk;
    const open: typeof files.open = async (path, mode) => {
      const file = await files.open(path, mode);
      const sync = async () => {
        if (held) await new Promise<void>((resolve) => { waiting.push(resolve); });
        await file.sync();
      };
      return { ...file, sync };
    };
    const store = await openOn({ ...disk, files: { ...files, open } });
    await put(store, 'a', 1);
    return { store, hold: () => { held = true; }, letGo: () => { held = false; for (const go of waiting.splice(0)) go(); } };
  }

  test('S15 S64 no read, failed compare, error or watch tells of it', async () => {
    const { store, hold, letGo } = await slow();
    const watch = store.watch({ prefix: '', after: 2n });
    hold();
    const told: string[] = [];
    const note = <T>(name: string, promise: Promise<T>) => promise.then(() => told.push(name), () => told.push(`${name} failed`));

    const all = [
      note('write', put(store, 'a', 2)),
      note('read', get(store, 'a')),
      note('compare', store.txn({ compare: [{ key: 'a', version: 1n, op: '=' }], then: [], else: [{ type: 'get', key: 'a' }] })),
      note('guard', store.txn({ guards: [{ key: 'a', modRevision: 2n }], compare: [], then: [] })),
      note('watch', takeBatches(watch, 1)),
    ];
    await virtualClock().quiet();
    await virtualClock().quiet();
    expect(told).toEqual([]);
    expect(store.seen).toBe(2n);

    letGo();
    await Promise.all(all);
    expect(told).toEqual(expect.arrayContaining(['write', 'read', 'compare', 'guard failed', 'watch']));
    expect(store.seen).toBe(3n);
  });

  test('S92 closing waits for writes that were sent', async () => {
    const { store, hold, letGo } = await slow();
    hold();
    const write = put(store, 'a', 2);
    const closed = store[Symbol.asyncDispose]();
    letGo();

    expect((await write).revision).toBe(3n);
    await closed;
    await expect(put(store, 'a', 3)).rejects.toMatchObject({ code: 'Closed' });
  });
});
