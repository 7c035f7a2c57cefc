import { describe, expect, test } from '@jest/globals';
import { childName } from '../../../../src/core/controller/run/child-name.js';

describe('childName', () => {
  const primary = { name: 'web', uid: 'a3f2' };

  test('R30 is the same in each run, and another for other parts or another uid', () => {
    expect(childName(primary, ['db'])).toBe(childName(primary, ['db']));
    const names = [childName(primary, []), childName(primary, ['db']), childName(primary, ['d', 'b']), childName({ ...primary, uid: 'other' }, ['db'])];
    expect(new Set(names).size).toBe(4);
  });

  test('R30 the text is fixed: processes and releases agree on it', () => {
    expect(childName(primary, ['db'])).toBe('web-69m9kt599p');
  });

  test('R30 is a DNS label of at most 63 characters for any name', () => {
    for (const name of ['a', 'a.b.c', 'x'.repeat(253), `${'y'.repeat(51)}-z`]) {
      const made = childName({ name, uid: 'u' }, ['part']);
      expect(made).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      expect(made.length).toBeLessThanOrEqual(63);
    }
  });
});
