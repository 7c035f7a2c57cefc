import type { OwnerReference } from '../../core/index.js';

/** What an owner reference turned out to be (C70). */
export type OwnerState =
  /** The owner is there. */
  | 'solid'
  /** It is not. */
  | 'dangling'
  /** It is in deletion and waits for its dependents. */
  | 'waiting'
  /** It cannot be known: a kind that nobody serves, or a namespaced owner of a cluster-scoped object (C69, C75). */
  | 'unknown';

export interface JudgedOwner {
  readonly reference: OwnerReference;
  readonly state: OwnerState;
}

/** What to do with an object. */
export type Verdict =
  | { readonly type: 'keep' }
  /** Keep it, without the references that lead nowhere. */
  | { readonly type: 'unlink'; readonly owners: readonly OwnerReference[] }
  | { readonly type: 'delete'; readonly propagation: 'Background' | 'Foreground' | 'Orphan' }
  /** As `delete` with Foreground, after its own references no longer block: a circle would wait for ever (C72). */
  | { readonly type: 'breakCycle' };

export interface Judged {
  readonly owners: readonly JudgedOwner[];
  readonly finalizers: readonly string[];
  readonly hasDependents: boolean;
  /** A dependent of its own waits for its dependents as well. */
  readonly dependentWaits: boolean;
}

/** Rules: C70, C72, C75, C77. */
export function judge({ owners, finalizers, hasDependents, dependentWaits }: Judged): Verdict {
  const of = (state: OwnerState) => owners.filter((owner) => owner.state === state);
  if (owners.length === 0) return { type: 'keep' };
  if (of('solid').length > 0) {
    const kept = owners.filter(({ state }) => state === 'solid' || state === 'unknown');
    return kept.length === owners.length ? { type: 'keep' } : { type: 'unlink', owners: kept.map(({ reference }) => reference) };
  }
  // What cannot be known counts as there: only the certainty that all owners are absent collects an object.
  if (of('unknown').length > 0) return { type: 'keep' };
  if (of('waiting').length > 0 && hasDependents) return dependentWaits ? { type: 'breakCycle' } : { type: 'delete', propagation: 'Foreground' };
  if (finalizers.includes('orphan')) return { type: 'delete', propagation: 'Orphan' };
  return { type: 'delete', propagation: finalizers.includes('foregroundDeletion') ? 'Foreground' : 'Background' };
}
