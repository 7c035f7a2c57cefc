import { describe, expect, test } from '@jest/globals';
import { contentOrder, namespaceConditions, recheckAfterMs } from '../../../src/controllers/namespace/plan.js';
import { ConfigMap, Node, Pod, Secret } from '../../../src/kinds/index.js';
import { pod } from '../objects.js';

const ending = (graceSeconds: number, finalizers: readonly string[] = []) => {
  const made = pod({ deleting: true });
  return { ...made, metadata: { ...made.metadata, deletionGracePeriodSeconds: graceSeconds, finalizers } };
};

describe('emptying a namespace', () => {
  test('C79 pods go first, cluster-scoped kinds are none of its business', () => {
    expect(contentOrder([ConfigMap, Pod, Node, Secret])).toEqual({ first: [Pod], rest: [ConfigMap, Secret] });
  });

  test('C80 what remains is told with counts and finalizers', () => {
    const conditions = namespaceConditions([{ kind: Pod, objects: [ending(30, ['a/b']), ending(0)] }, { kind: Secret, objects: [] }], []);
    expect(conditions.NamespaceContentRemaining).toEqual({ status: true, reason: 'SomeResourcesRemain', message: 'Some resources are remaining: pods. has 2 resource instances' });
    expect(conditions.NamespaceFinalizersRemaining).toEqual({ status: true, reason: 'SomeFinalizersRemain', message: 'Some content in the namespace has finalizers remaining: a/b in 1 resource instances' });
    expect(conditions.NamespaceDeletionContentFailure).toMatchObject({ status: false });
  });

  test('C80 each is False once satisfied', () => {
    expect(Object.values(namespaceConditions([], [])).map((condition) => condition?.status)).toEqual([false, false, false, false, false]);
    expect(namespaceConditions([], ['pods: no']).NamespaceDeletionContentFailure).toMatchObject({ status: true, reason: 'ContentDeletionFailed' });
  });

  test.each([[[30, 10], 16_000], [[2], 5_000], [[], 5_000]])('C81 with graces of %j s the next look is after %i ms', (graces, afterMs) => {
    expect(recheckAfterMs([{ kind: Pod, objects: graces.map((seconds) => ending(seconds)) }])).toBe(afterMs);
  });
});
