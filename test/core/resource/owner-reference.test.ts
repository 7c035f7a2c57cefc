import { describe, expect, test } from '@jest/globals';
import { Namespace } from '../../../src/core/resource/namespace.js';
import type { KubeObject, OwnerReference } from '../../../src/core/resource/object.js';
import { controllerOf, controllerReference, groupOf, isControlledBy, refersTo, withOwner, withoutOwner } from '../../../src/core/resource/owner-reference.js';

const object = (name: string, uid: string, ownerReferences?: readonly OwnerReference[]) =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, uid, ...(ownerReferences ? { ownerReferences } : {}) } }) as unknown as KubeObject;

describe('owner references', () => {
  const owner = object('a', '1');
  const reference = controllerReference(owner, Namespace);

  test('name the controller', () => {
    const child = object('b', '2', [{ ...reference, controller: false }, reference]);

    expect(reference).toEqual({ apiVersion: 'v1', kind: 'Namespace', name: 'a', uid: '1', controller: true, blockOwnerDeletion: true });
    expect(controllerOf(child)).toBe(reference);
    expect([isControlledBy(child, owner), isControlledBy(child, object('a', '9')), refersTo(reference, Namespace)]).toEqual([true, false, true]);
  });

  test('are added, replaced and taken away by uid', () => {
    const other = { ...reference, uid: '3' as OwnerReference['uid'] };

    expect(withOwner(undefined, reference)).toEqual([reference]);
    expect(withOwner([{ ...reference, controller: false }, other], reference)).toEqual([reference, other]);
    expect(withoutOwner([reference, other], '1')).toEqual([other]);
    expect([groupOf('apps/v1'), groupOf('v1')]).toEqual(['apps', '']);
  });
});
