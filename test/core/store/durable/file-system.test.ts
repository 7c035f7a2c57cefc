import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem } from '../../../../src/core/store/durable/file-system.js';
import { nodeDisk } from '../../../../src/core/store/durable/node-disk.js';
import { fakeDisk } from './fake-disk.js';

const folder = mkdtempSync(join(tmpdir(), 'setpoint-disk-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const bytes = (text: string) => new TextEncoder().encode(text);

async function contentOf(files: FileSystem, path: string): Promise<string> {
  const file = await files.open(path, 'read');
  const into = new Uint8Array(1_000);
  const length = await file.read(into, 0);
  await file.close();
  return new TextDecoder().decode(into.subarray(0, length));
}

/** What the store builds on, of the real disk and of the one that the crash tests use. */
describe.each<[string, () => { files: FileSystem; dir: string }]>([
  ['the machine', () => ({ files: nodeDisk().files, dir: folder })],
  ['the fake', () => ({ files: fakeDisk().files, dir: '/store' })],
])('a disk: %s', (_name, make) => {
  test.each(['create', 'append'] as const)('S66 S70 what is written after a truncation follows what is left (%s)', async (mode) => {
    const { files, dir } = make();
    await files.makeDir(dir);
    const path = files.join(dir, mode);
    const made = await files.open(path, 'create');
    made.appendNow(bytes('one '));
    if (mode === 'append') await made.close();
    const file = mode === 'append' ? await files.open(path, 'append') : made;
    file.appendNow(bytes('half a rec'));
    file.truncateNow(4);
    file.appendNow(bytes('two '));
    await file.append(bytes('three'));
    await file.sync();
    await file.close();

    expect(await contentOf(files, path)).toBe('one two three');
    expect(await files.sizeOf(path)).toBe(13);
  });

  test('S67 create begins anew, append goes on', async () => {
    const { files, dir } = make();
    await files.makeDir(dir);
    const path = files.join(dir, 'again');
    for (const [mode, content] of [['create', 'a'], ['append', 'ab'], ['create', 'b']] as const) {
      const file = await files.open(path, mode);
      file.appendNow(bytes(content.at(-1) ?? ''));
      await file.sync();
      await file.close();
      expect(await contentOf(files, path)).toBe(content);
    }
  });

  test('S69 text is created once', async () => {
    const { files, dir } = make();
    await files.makeDir(dir);
    const path = files.join(dir, 'text');
    expect(await files.createText(path, 'first')).toBe(true);
    expect(await files.createText(path, 'second')).toBe(false);
    expect(await files.readText(path)).toBe('first');
    await files.remove(path);
    expect(await files.readText(path)).toBeUndefined();
  });
});
