import { describe, expect, test } from '@jest/globals';
import { resync } from '../../../../src/core/controller/triggers/resync.js';
import type { Key } from '../../../../src/core/resource/object.js';
import { silent } from '../../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../../src/core/runtime/random.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';

async function timesOf(periodMs: number, keys: readonly Key[], periods: number) {
  const clock = virtualClock();
  const life = new AbortController();
  const times = new Map<Key, number[]>(keys.map((key) => [key, []]));
  resync({ clock, random: keyedRandom(7), log: silent }, { periodMs, keys: () => keys, add: (key) => times.get(key)?.push(clock.now()), signal: life.signal });
  await clock.advance(periods * periodMs);
  life.abort();
  return { times, clock };
}
const keys = Array.from({ length: 60 }, (_, i) => `default/site-${i}` as Key);

describe('resync', () => {
  test.each([[36_000_000], [60_000], [1_000]])('R42 every key comes once per period of %d ms, 10 %% more or less', async (periodMs) => {
    const { times, clock } = await timesOf(periodMs, keys, 4);

    const slotMs = periodMs / Math.min(600, Math.max(10, periodMs / 1_000));
    for (const at of times.values()) {
      expect(at.length).toBeGreaterThanOrEqual(3);
      for (let i = 1; i < at.length; i++) expect(Math.abs(at[i]! - at[i - 1]! - periodMs)).toBeLessThanOrEqual(0.1 * periodMs + slotMs);
    }
    expect(clock.pending).toBe(0);
  });

  test('R42 keys are spread over the period', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `default/site-${i}` as Key);
    const { times } = await timesOf(600_000, many, 2);

    const tenths = Array.from({ length: 10 }, () => 0);
    for (const at of times.values()) for (const time of at) if (time >= 600_000) tenths[Math.min(9, Math.floor((time - 600_000) / 60_000))]!++;
    expect(Math.min(...tenths)).toBeGreaterThan(25);
    expect(Math.max(...tenths)).toBeLessThan(85);
  });
});
