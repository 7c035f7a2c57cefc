import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { run } from 'setpoint';
import { ConfigMap } from 'setpoint/kinds';
import { storeConformance } from 'setpoint/testing';
import { sqliteStore } from './sqlite-store.js';

describe('every store (SQLite)', () => {
  for (const { id, title, run: check } of storeConformance(() => {
    const dir = folder();
    return { store: sqliteStore(join(dir, 'store.db')), remove: () => Promise.resolve(removeFolder(dir)) };
  })) test(`${id} ${title}`, check);
});

test('objects outlive the process', async () => {
  const dir = folder();
  const file = join(dir, 'store.db');
  {
    await using app = await run({ store: sqliteStore(file) });
    await app.client.create(ConfigMap, { metadata: { name: 'motd' }, data: { text: 'hello' } });
  }
  await using app = await run({ store: sqliteStore(file) });
  expect((await app.client.get(ConfigMap, 'motd'))?.data).toEqual({ text: 'hello' });
  removeFolder(dir);
});

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'setpoint-sqlite-'));
}

function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true });
}
