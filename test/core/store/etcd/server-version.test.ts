import { describe, expect, test } from '@jest/globals';
import { assess, lowest } from '../../../../src/core/store/etcd/server-version.js';

describe('the version of a server', () => {
  test.each([
    ['3.4.23', false, 3], ['3.4.31', true, 2], ['3.4.36', true, 1], ['3.5.5', false, 3], ['3.5.12', false, 2], ['3.5.13', true, 1], ['3.5.18', true, 0], ['3.6.0-rc.1', true, 0], ['3.7.0', true, 0], ['4.0.0', true, 0],
  ])('S81 S82 %s: progress %s, %i warnings', (version, progress, warnings) => {
    const assessment = assess(version, false);
    expect(assessment.progress).toBe(progress);
    expect(assessment.warnings).toHaveLength(warnings);
  });

  test.each([['3.3.27', true], ['3.5.0', false], ['3.5.2', false], ['2.3.8', true]])('S83 %s is refused', (version, allowUnsafe) => {
    expect(() => assess(version, allowUnsafe)).toThrow(expect.objectContaining({ code: 'UnsafeServer' }));
  });

  test('S83 3.5.2 is used when that is asked for', () => {
    expect(assess('3.5.2', true).progress).toBe(false);
  });

  test('S81 the lowest version decides', () => {
    expect(lowest(['3.5.10', '3.5.9', '3.6.0'])).toBe('3.5.9');
    expect(lowest([])).toBeUndefined();
  });
});
