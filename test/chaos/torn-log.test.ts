import { beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { tornLog } from './torn-log.js';

const programs = join('.build', 'chaos-test');

/** The killed process runs our sources without the help of jest. */
beforeAll(() => {
  execFileSync(process.execPath, [
    'node_modules/tsup/dist/cli-default.js', 'test/chaos/torn-log-writer.ts', '--no-config', '--format', 'esm', '--target', 'node20.19', '--out-dir', programs, '--silent',
  ]);
}, 60_000);

test('S65 G49 a writer killed at random instants loses no acknowledged write, and no half of one is seen', async () => {
  const result = await tornLog({
    cuts: 0, kills: 36, seed: 7, writer: join(programs, 'torn-log-writer.js'), report: () => undefined, signal: new AbortController().signal,
  });

  expect(result).toMatchObject({ lost: 0, duplicated: 0, violations: [], pass: true });
  expect(result.figures.acknowledged).toBeGreaterThan(1_000);
  expect(result.figures.snapshots).toBeGreaterThan(0);
}, 60_000);

test('S66 G49 a log cut at any byte gives what was before it, a changed bit is never believed', async () => {
  const result = await tornLog({ cuts: 150, kills: 0, seed: 8, writer: '', report: () => undefined, signal: new AbortController().signal });

  expect(result).toMatchObject({ lost: 0, violations: [], pass: true });
  expect(result.figures.refused).toBeGreaterThan(100);
}, 60_000);
