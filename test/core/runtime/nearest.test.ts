import { describe, expect, test } from '@jest/globals';
import { didYouMean } from '../../../src/core/runtime/nearest.js';

describe('didYouMean', () => {
  const known = ['concurrency', 'timeout', 'resync', 'http'];

  test.each([['concurency', 'concurrency'], ['timeOut', 'timeout'], ['htp', 'http']])('B89 %s is near %s', (name, meant) => {
    expect(didYouMean(name, known)).toBe(`; did you mean ${meant}?`);
  });

  test.each([['x'], ['constructor'], ['__proto__'], ['']])('B89 nothing is near %p', (name) => {
    expect(didYouMean(name, known)).toBe('');
  });
});
