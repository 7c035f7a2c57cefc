import { qualifiedKind, type AnyKind } from '../../resource/kind.js';
import type { KubeObject } from '../../resource/object.js';

export function isLease(kind: AnyKind): boolean {
  return qualifiedKind(kind) === 'Lease.coordination.k8s.io';
}

/**
 * What a write of a Lease does to the fence record beside it: it is written whenever holder, transitions or uid change,
 * and at no other time, so that its revision is the number of the term. Rule: A121.
 */
export function fenceChange(before: KubeObject | undefined, after: KubeObject | undefined): 'write' | 'delete' | 'none' {
  if (after === undefined) return 'delete';
  if (before === undefined) return 'write';
  const [old, now] = [claim(before), claim(after)];
  const same = before.metadata.uid === after.metadata.uid && old.holderIdentity === now.holderIdentity && old.leaseTransitions === now.leaseTransitions;
  return same ? 'none' : 'write';
}

function claim(lease: KubeObject): { readonly holderIdentity?: unknown; readonly leaseTransitions?: unknown } {
  return (lease.spec ?? {}) as { readonly holderIdentity?: unknown; readonly leaseTransitions?: unknown };
}
