import { describe, expect, test } from '@jest/globals';
import { timestamp } from '../../../src/core/index.js';
import { earlier, stayOf, tolerates } from '../../../src/controllers/taint-eviction/plan.js';
import type { Taint, Toleration } from '../../../src/kinds/index.js';
import { pod } from '../objects.js';

const taint = (key: string, atMs = 10_000): Taint => ({ key, effect: 'NoExecute', timeAdded: timestamp(atMs) });

describe('how long a pod stays', () => {
  test.each<[string, readonly Taint[], readonly Toleration[], number | undefined]>([
    ['no taint', [], [], undefined],
    ['a taint of another effect', [{ key: 'a', effect: 'NoSchedule' }], [], undefined],
    ['untolerated: now', [taint('a')], [], Number.NEGATIVE_INFINITY],
    ['one of two untolerated: now', [taint('a'), taint('b')], [{ key: 'a', operator: 'Exists' }], Number.NEGATIVE_INFINITY],
    ['tolerated for ever', [taint('a')], [{ key: 'a', operator: 'Exists' }], undefined],
    ['for the seconds from when the taint was put', [taint('a')], [{ key: 'a', operator: 'Exists', tolerationSeconds: 300 }], 310_000],
    ['the first matching toleration counts', [taint('a')], [{ operator: 'Exists' }, { key: 'a', operator: 'Exists', tolerationSeconds: 1 }], undefined],
    ['the smallest of several', [taint('a'), taint('b')], [{ key: 'a', operator: 'Exists', tolerationSeconds: 300 }, { key: 'b', operator: 'Exists', tolerationSeconds: 20 }], 30_000],
    ['zero seconds: now', [taint('a')], [{ key: 'a', operator: 'Exists', tolerationSeconds: 0 }], Number.NEGATIVE_INFINITY],
  ])('C28 %s', (_what, taints, tolerations, atMs) => {
    expect(stayOf(pod({ tolerations }), taints)).toEqual(atMs === undefined ? { type: 'forever' } : { type: 'until', atMs });
  });

  test('C29 a pod that came after the taint counts from its own beginning', () => {
    expect(stayOf(pod({ createdMs: 60_000, tolerations: [{ operator: 'Exists', tolerationSeconds: 5 }] }), [taint('a')])).toEqual({ type: 'until', atMs: 65_000 });
  });

  test('C29 a running deadline is only made earlier', () => {
    expect([earlier(undefined, 5), earlier(5, 9), earlier(9, 5)]).toEqual([5, 5, 5]);
  });

  test.each<[Toleration, boolean]>([
    [{ operator: 'Exists' }, true], [{ key: 'k', operator: 'Exists' }, true], [{ key: 'other', operator: 'Exists' }, false],
    [{ key: 'k', value: 'v' }, true], [{ key: 'k', operator: 'Equal', value: 'w' }, false],
    [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }, false], [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }, true],
  ])('C28 %j', (toleration, expected) => {
    expect(tolerates(toleration, { key: 'k', value: 'v', effect: 'NoExecute' })).toBe(expected);
  });
});
