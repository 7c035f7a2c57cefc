import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk } from '../../../../src/core/store/durable/node-disk.js';
import { lockFolder } from '../../../../src/core/store/durable/lock.js';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { memory } from '../../../../src/core/store/memory/memory.js';
import { fakeDisk } from './fake-disk.js';
import { contentOf, openOn, put, valueCodec } from './setting.js';

function processOn(disk: ReturnType<typeof fakeDisk>, self: { pid: number; host?: string; startedAt?: string }, alive: readonly number[]) {
  return { files: disk.files, processes: fakeDisk(new Map(), { self: { host: 'here', ...self }, alive }).processes };
}

describe('lock', () => {
  test('S69 a second process is StoreLocked, with the pid of the first', async () => {
    const disk = fakeDisk();
    const lock = await lockFolder(processOn(disk, { pid: 7 }, [7]), '/store');

    await expect(lockFolder(processOn(disk, { pid: 8 }, [7, 8]), '/store')).rejects.toMatchObject({ code: 'StoreLocked', pid: 7, applied: 'no' });
    await lock.release();
    await (await lockFolder(processOn(disk, { pid: 8 }, [7, 8]), '/store')).release();
    expect(disk.names()).toEqual([]);
  });

  test('S69 the lock of a dead process is taken over', async () => {
    const disk = fakeDisk();
    await lockFolder(processOn(disk, { pid: 7 }, [7]), '/store');

    const lock = await lockFolder(processOn(disk, { pid: 8 }, [8]), '/store');
    await expect(lockFolder(processOn(disk, { pid: 9 }, [8, 9]), '/store')).rejects.toMatchObject({ pid: 8 });
    await lock.release();
    expect(disk.names()).toEqual([]);
  });

  test.each(['', '{', '{"pid":"x"}'])('S69 a lock that holds %j was left by a dead process', async (text) => {
    const disk = fakeDisk();
    disk.put('lock', Buffer.from(text));

    await lockFolder(processOn(disk, { pid: 8 }, [8]), '/store');
    expect(disk.content('lock').toString()).toContain('"pid":8');
  });

  test('S69 a process on another machine may be alive: the message says what to do', async () => {
    const disk = fakeDisk();
    await lockFolder(processOn(disk, { pid: 7, host: 'there' }, [7]), '/store');

    await expect(lockFolder(processOn(disk, { pid: 8 }, [8]), '/store')).rejects.toMatchObject({ code: 'StoreLocked', pid: 7, host: 'there', hint: expect.stringContaining('remove the file "lock"') });
  });

  test('S69 of many who find a dead lock one gets the folder', async () => {
    const disk = fakeDisk();
    await lockFolder(processOn(disk, { pid: 7 }, [7]), '/store');
    const pids = Array.from({ length: 10 }, (_, i) => 100 + i);

    const results = await Promise.allSettled(pids.map((pid) => lockFolder(processOn(disk, { pid }, pids), '/store')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(disk.names()).toEqual(['lock']);
  });

  test('S69 on a real disk: locked for this process too, files for the owner only, gone at the end', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'setpoint-lock-'));
    try {
      const runtime = systemRuntime();
      const store = await memory({ dir }).open(valueCodec(), runtime);
      await put(store, 'a', 1);
      await expect(memory({ dir }).open(valueCodec(), runtime)).rejects.toMatchObject({ code: 'StoreLocked', pid: process.pid });
      for (const name of readdirSync(dir)) expect([name, statSync(join(dir, name)).mode & 0o077]).toEqual([name, 0]);
      await store[Symbol.asyncDispose]();
      expect(readdirSync(dir).sort()).toEqual(['log-000000000001', 'reserve']);

      const lock = { ...nodeDisk().processes.self, startedAt: 'another boot 1' };
      writeFileSync(join(dir, 'lock'), JSON.stringify(lock));
      const again = await memory({ dir }).open(valueCodec(), runtime);
      expect(readFileSync(join(dir, 'lock'), 'utf8')).not.toContain('another boot');
      expect((await contentOf(again)).items).toHaveLength(1);
      await again[Symbol.asyncDispose]();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('S63 S92 one value opened by two apps is one store; the last to close it closes the folder', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'setpoint-lock-'));
    try {
      const runtime = systemRuntime();
      const value = memory({ dir });
      const [one, two] = await Promise.all([value.open(valueCodec(), runtime), value.open(valueCodec(), runtime)]);
      await put(one, 'a', 1);
      await one[Symbol.asyncDispose]();
      await put(two, 'b', 1);
      const closed = two[Symbol.asyncDispose]();
      const three = await value.open(valueCodec(), runtime);
      await closed;
      expect((await contentOf(three)).items.map(({ key }) => key)).toEqual(['a', 'b']);
      await three[Symbol.asyncDispose]();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('S66 a folder that cannot be opened is unlocked again', async () => {
    const disk = fakeDisk();
    disk.put('snapshot-000000000002', Buffer.from('x'));

    await expect(openOn(disk)).rejects.toMatchObject({ code: 'WalCorrupt' });
    expect(disk.names()).toEqual(['snapshot-000000000002']);
  });
});
