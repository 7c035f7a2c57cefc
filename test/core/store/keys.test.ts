import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkKey, compareKeys, overlap } from '../../../src/core/store/keys.js';
import type { Interval } from '../../../src/core/store/store.js';

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\u{7f}', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'), minLength: 1, maxLength: 4 });

describe('keys', () => {
  test('S6 order is that of the UTF-8 bytes', () => {
    fc.assert(fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }));
    expect(compareKeys('a\u{FFFF}', 'a\u{10000}')).toBeLessThan(0);
  });

  test('S6 well-formed keys pass, whatever plane they are of', () => {
    fc.assert(fc.property(key, (a) => { checkKey(a); }));
    expect(() => { checkKey('\u{10000}'.slice(0, 1)); }).toThrow('lone surrogate');
  });

  test('S21 two intervals overlap when some key is in both', () => {
    const small = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 2 });
    const interval: fc.Arbitrary<Interval> = fc.oneof(
      small.map((k) => ({ key: k })), fc.constantFrom('', 'a', 'b', 'ab').map((prefix) => ({ prefix })), fc.tuple(small, small).map(([start, end]) => ({ start, end })),
    );
    // Every key of up to three letters: long enough to find a witness for bounds of two.
    const letters = ['', 'a', 'b', 'c'];
    const all = letters.flatMap((x) => letters.flatMap((y) => letters.map((z) => x + y + z))).filter((k) => k !== '');
    const has = (i: Interval, k: string) => ('key' in i ? k === i.key : 'prefix' in i ? k.startsWith(i.prefix) : k >= i.start && k < i.end);
    fc.assert(fc.property(interval, interval, (a, b) => {
      const empty = (i: Interval) => 'start' in i && i.start >= i.end;
      fc.pre(!empty(a) && !empty(b));
      expect(overlap(a, b)).toBe(all.some((k) => has(a, k) && has(b, k)));
    }));
  });
});
