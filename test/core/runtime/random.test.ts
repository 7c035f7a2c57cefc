import { describe, expect, test } from '@jest/globals';
import { draw, keyedRandom } from '../../../src/core/runtime/random.js';

describe('keyed randomness', () => {
  test('M9 a draw is a pure function of seed, stream and counter', () => {
    expect(draw(7, 'latency', 3)).toBe(draw(7, 'latency', 3));
    expect(new Set([draw(7, 'a', 0), draw(7, 'a', 1), draw(7, 'b', 0), draw(8, 'a', 0)]).size).toBe(4);
  });

  test('M9 one more consumer shifts no other stream', () => {
    const alone = keyedRandom(1);
    const shared = keyedRandom(1);

    const expected = [alone.next('x'), alone.next('x')];
    shared.next('y');
    const first = shared.next('x');
    shared.next('y');

    expect([first, shared.next('x')]).toEqual(expected);
  });

  test('M9 draws are uniform: mean, spread and no repeated values in 20,000', () => {
    const values = Array.from({ length: 20_000 }, (_, i) => draw(42, 'uniform', i));
    const buckets = Array.from({ length: 16 }, () => 0);
    for (const value of values) { const b = Math.floor(value * 16); buckets[b] = (buckets[b] ?? 0) + 1; }

    // 1,250 are expected a bucket; six standard deviations are 205.
    expect(Math.max(...buckets) - 1_250).toBeLessThan(205);
    expect(1_250 - Math.min(...buckets)).toBeLessThan(205);
    expect(new Set(values).size).toBe(20_000);
  });

  test('M9 consecutive seeds and neighbouring streams give unrelated values', () => {
    const series = (value: (i: number) => number) => Array.from({ length: 2_000 }, (_, i) => value(i));
    for (const value of [(i: number) => draw(i, 's', 0), (i: number) => draw(1, `s${i}`, 0)]) {
      const values = series(value);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
    }
  });

  test('M11 uuids are version 4 and differ', () => {
    const random = keyedRandom(5);
    const ids = Array.from({ length: 1_000 }, () => random.uuid('uid'));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(1_000);
  });

  test('M9 a fork has streams of its own', () => {
    const random = keyedRandom(5);
    expect(random.fork('a').next('x')).not.toBe(random.fork('b').next('x'));
    expect(random.fork('a').next('x')).toBe(keyedRandom(5).fork('a').next('x'));
  });
});
