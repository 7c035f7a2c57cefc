import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, run } from 'setpoint';
import { ConfigMap } from 'setpoint/kinds';
import { backupCommands } from '../../src/cli/backup/backup.js';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'setpoint-backup-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

/** What the command prints. */
async function command(...args: readonly string[]): Promise<string> {
  let text = '';
  const program = new Command('setpoint').exitOverride().configureOutput({ writeErr: () => undefined });
  backupCommands(program, { signal: new AbortController().signal, write: (more) => { text += more; } });
  await program.parseAsync([...args], { from: 'user' });
  return text;
}

describe('setpoint backup and restore', () => {
  test('S88 S91 a store in a folder goes into a file and comes back in another folder, at a higher revision', async () => {
    const dir = join(folder, 'store');
    const first = await run({ store: memory({ dir }) });
    const made = await first.client.create(ConfigMap, { metadata: { name: 'a' }, data: { x: '1' } });
    await first.stop();

    expect(await command('backup', join(folder, 'file'), '--dir', dir)).toMatch(/file: \d+ bytes\n$/);
    expect(await command('restore', join(folder, 'file'), '--dir', join(folder, 'new'))).toMatch(/new: \d+ items, from revision \d+ on to \d+\n$/);

    const second = await run({ store: memory({ dir: join(folder, 'new') }) });
    const found = await second.client.get(ConfigMap, 'a');
    const later = await second.client.create(ConfigMap, { metadata: { name: 'b' } });
    await second.stop();
    expect([found?.data, found?.metadata.uid]).toEqual([{ x: '1' }, made.metadata.uid]);
    expect(BigInt(later.metadata.resourceVersion)).toBeGreaterThan(BigInt(made.metadata.resourceVersion) + 999_999_999n);
  });

  test('a folder that is not there, and no or two sources, are wrong use; nothing is written', async () => {
    const file = join(folder, 'file');
    await expect(command('backup', file, '--dir', join(folder, 'nowhere'))).rejects.toThrow('there is no folder');
    await expect(command('backup', file)).rejects.toThrow('--dir FOLDER or --endpoints URL');
    await expect(command('backup', file, '--dir', folder, '--endpoints', 'http://127.0.0.1:1')).rejects.toThrow('--dir FOLDER or --endpoints URL');
    expect(await readdir(folder)).toEqual([]);
  });
});
