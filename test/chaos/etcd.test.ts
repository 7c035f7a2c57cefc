import { expect, test } from '@jest/globals';
import { killLeaders } from './etcd-kill.js';
import { restore } from './restore.js';
import { unknown } from './unknown.js';

/** The same programs as `npm run chaos`, for a short time. */
const order = { seed: 1, programs: '', report: () => undefined, signal: new AbortController().signal };

test('S85 leaders killed under load: nothing acknowledged is lost, no guard is passed by, no watch has a gap', async () => {
  const { figures, ...result } = await killLeaders({ ...order, seconds: 16, everyMs: 5_000, clients: 50 });
  expect(result).toMatchObject({ lost: 0, duplicated: 0, violations: [], pass: true });
  expect(figures['kills']).toBeGreaterThanOrEqual(1);
  expect(figures['acknowledged']).toBeGreaterThan(100);
  expect(figures['fenced']).toBeGreaterThan(0);
}, 120_000);

test('S56 S57 S58 exactly the writes whose answer was lost are unknown, and settled truly', async () => {
  const { figures, ...result } = await unknown({ ...order, name: 'unknown', rounds: 40, minutes: undefined });
  expect(result).toMatchObject({ lost: 0, duplicated: 0, violations: [], pass: true });
  expect(figures).toMatchObject({ resets: 40, unknown: 40 });
  expect(figures['applied']).toBeGreaterThan(5);
  expect(figures['notApplied']).toBeGreaterThan(5);
}, 120_000);

test('S37 S89 S90 S91 I15 R2 C68 a store that is wiped and restored under running apps: all come to what was backed up', async () => {
  const { figures, ...result } = await restore({ ...order, name: 'restore', rounds: 1, minutes: undefined });
  expect(result).toMatchObject({ lost: 0, duplicated: 0, violations: [], pass: true });
  expect(figures).toMatchObject({ restores: 2 });
}, 120_000);
