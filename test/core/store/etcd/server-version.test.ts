import { describe, expect, test } from '@jest/globals';
import { assess, assessAll } from '../../../../src/core/store/etcd/server-version.js';

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

  test('S81 S84 every member has to have a fix', () => {
    expect(assessAll(['3.6.0', '3.5.9', '3.5.19'], false)).toMatchObject({ progress: false, losesDeletes: true });
    // 3.4.36 has the fix that 3.5.9, a higher version, lacks.
    expect(assessAll(['3.4.36', '3.5.9'], false).progress).toBe(false);
    expect(assessAll(['3.5.19', '3.6.0'], false)).toEqual({ progress: true, losesDeletes: false, warnings: [] });
  });

  test('S82 each fault is named once', () => {
    const { warnings } = assessAll(['3.5.17', '3.5.16'], false);
    expect(warnings).toHaveLength(1);
  });
});
