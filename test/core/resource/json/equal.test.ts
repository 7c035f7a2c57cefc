import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../../../src/core/resource/json/canonical.js';
import { deepFreeze } from '../../../../src/core/resource/json/deep-freeze.js';
import { equal } from '../../../../src/core/resource/json/equal.js';

describe('equal and canonical', () => {
  test.each([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true], [{ a: 1 }, { a: 1, b: undefined }, true], [{ a: undefined }, { b: 1 }, false], [[1, 2], [2, 1], false],
    [[], {}, false], [null, {}, false], ['1', 1, false], [{ toString: 1 }, {}, false], [{}, { toString: 1 }, false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(equal(a, b)).toBe(same);
    expect(equal(b, a)).toBe(same);
  });

  test('agree on any JSON', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
      expect(equal(a, b)).toBe(canonical(a) === canonical(b));
      expect(equal(a, structuredClone(a))).toBe(true);
    }));
  });

  test('deepFreeze freezes to the bottom and stops at what is frozen', () => {
    const inner = Object.freeze({ a: 1 });
    const value = deepFreeze({ list: [{ b: 1 }], inner });

    expect(Object.isFrozen(value.list[0])).toBe(true);
    expect(value.inner).toBe(inner);
  });
});
