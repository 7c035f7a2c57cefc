import { describe, expect, test } from '@jest/globals';
import { BackupCorrupt } from '../../../../src/core/store/backup.js';
import { restoreFolder } from '../../../../src/core/store/durable/restore.js';
import { endOf } from '../../../conformance/store/backends.js';
import { fakeDisk, systemError, type FakeDisk } from './fake-disk.js';
import { contentOf, openOn, put, remove, value } from './setting.js';

async function storeWithBackup(): Promise<{ readonly disk: FakeDisk; readonly content: Awaited<ReturnType<typeof contentOf>>; readonly lease: bigint }> {
  const disk = fakeDisk();
  const store = await openOn(disk);
  const { id } = await store.lease.grant(60);
  for (let i = 0; i < 200; i++) await put(store, `k${String(i)}`, 'x'.repeat(i * 10));
  await remove(store, 'k7');
  await put(store, 'k8', 'again');
  await store.txn({ compare: [], then: [{ type: 'put', key: 'leased', value: value(1), lease: id }] });
  const content = await contentOf(store);
  const backup = await store.backup?.('/elsewhere/backup');
  expect(backup).toMatchObject({ path: '/elsewhere/backup', revision: content.revision, sizeBytes: disk.content('backup').length });
  await put(store, 'after', 1);
  await store[Symbol.asyncDispose]();
  return { disk, content, lease: id };
}

/** A new disk with nothing but the backup. */
function only(backup: Uint8Array): FakeDisk {
  const disk = fakeDisk();
  disk.put('backup', backup);
  return disk;
}

const order = { from: '/elsewhere/backup', dir: '/store' };

describe('backup of a folder', () => {
  test('S90 S91 a restored store has every item as it was, at a revision beyond all that were seen', async () => {
    const { disk, content, lease } = await storeWithBackup();
    const other = only(disk.content('backup'));

    const restored = await restoreFolder(other, order);
    expect(restored).toEqual({ dir: '/store', items: 200 + 1 - 1, backupRevision: content.revision, revision: content.revision + 1_000_000_000n });

    const store = await openOn(other);
    expect((await contentOf(store)).items).toEqual(content.items);
    expect((await contentOf(store)).revision).toBe(restored.revision);
    expect(await endOf(store.watch({ prefix: '', after: content.revision }))).toMatchObject({ code: 'Compacted', compactRevision: restored.revision });
    await expect(store.range({ prefix: '', revision: content.revision })).rejects.toMatchObject({ code: 'Compacted' });
    expect((await put(store, 'new', 1)).revision).toBe(restored.revision + 1n);
    expect(await store.lease.keepAlive(lease)).toEqual({ ttlSeconds: 60 });
    expect((await store.lease.grant(5)).id).toBeGreaterThan(lease);
    await store[Symbol.asyncDispose]();
    expect(await (async () => (await contentOf(await openOn(other.after('power', Math.random)))).revision)()).toBe(restored.revision + 1n);
  });

  test('S91 a cut or changed backup is BackupCorrupt, and no store is made', async () => {
    const { disk } = await storeWithBackup();
    const backup = disk.content('backup');
    const changed = (at: number) => {
      const copy = Buffer.from(backup);
      copy.writeUInt8(copy.readUInt8(at) ^ 4, at);
      return copy;
    };

    for (const bad of [Buffer.alloc(0), backup.subarray(0, 20), backup.subarray(0, backup.length - 1), changed(3), changed(1_000), changed(backup.length - 1), Buffer.concat([backup, backup])]) {
      const other = only(bad);
      await expect(restoreFolder(other, order)).rejects.toBeInstanceOf(BackupCorrupt);
      expect(other.names()).toEqual(['backup']);
    }
  });

  test('S91 a folder with a store is not overwritten', async () => {
    const { disk } = await storeWithBackup();
    const before = disk.names();

    await expect(restoreFolder(disk, order)).rejects.toMatchObject({ code: 'FolderInUse' });
    expect(disk.names()).toEqual(before);
  });

  test('S91 a backup that could not be written leaves no file', async () => {
    const disk = fakeDisk();
    const store = await openOn(disk);
    await put(store, 'a', 1);
    const names = disk.names();
    disk.onOperation = ({ type, name }) => { if (type === 'append' && name === 'backup.tmp') throw systemError('ENOSPC'); };

    await expect(store.backup?.('/elsewhere/backup')).rejects.toThrow('ENOSPC');
    expect(disk.names()).toEqual(names);
    expect((await put(store, 'b', 1)).ok).toBe(true);
  });

  test('S91 an aborted backup leaves no file', async () => {
    const { disk } = await storeWithBackup();
    const store = await openOn(disk);
    const ac = new AbortController();
    disk.onOperation = ({ name }) => { if (name === 'second.tmp') ac.abort(); };

    await expect(store.backup?.('/elsewhere/second', ac.signal)).rejects.toThrow();
    expect(disk.names()).not.toContain('second.tmp');
    expect(disk.names()).not.toContain('second');
  });
});
