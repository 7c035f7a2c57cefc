import { describe, expect, test } from '@jest/globals';
import { printable } from '../../../src/core/runtime/printable.js';

describe('printable', () => {
  test('B90 no text forges a line or drives a terminal', () => {
    expect(printable('a\nERROR b\r\u001b[31m\u2028\u202ec\u0000')).toBe('a\\nERROR b\\r\\u001b[31m\\u2028\\u202ec\\u0000');
    expect(printable('Größe 漢字 👍')).toBe('Größe 漢字 👍');
  });

  test('B84 B90 a long text is cut, and says so', () => {
    const cut = printable('x'.repeat(1_048_576));
    expect(cut).toBe(`${'x'.repeat(1_024)}… (1048576 characters)`);
  });
});
