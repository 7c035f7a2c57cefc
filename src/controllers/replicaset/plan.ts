import { labelMatcher, type LabelMatcher } from '../../core/index.js';
import type { Pod, ReplicaSet } from '../../kinds/index.js';
import { isActive, isTerminating } from '../pod-facts.js';
import { deletionOrder } from './deletion-order.js';

/** Creates or deletes of one pass at most (upstream's BurstReplicas). */
export const burstReplicas = 500;

/** Whose pods are whose. */
export interface Claims {
  /** Ours, and fitting: what is counted. */
  readonly kept: readonly Pod[];
  /** Ours by owner reference, but their labels no longer match. */
  readonly released: readonly Pod[];
  /** Nobody's, and fitting. */
  readonly adopted: readonly Pod[];
}

/**
 * Sorts pods by ownership: `owned` are controlled by the set, `orphans` by nobody. A set in deletion takes and gives
 * nothing. Rules: C40–C43.
 */
export function claimPods(set: ReplicaSet, owned: readonly Pod[], orphans: readonly Pod[]): Claims {
  const selector = selectorOf(set);
  const fits = (pod: Pod) => selector.matches(pod.metadata.labels);
  const deleting = set.metadata.deletionTimestamp !== undefined;
  return {
    kept: owned.filter(fits),
    released: deleting ? [] : owned.filter((pod) => !fits(pod) && !isTerminating(pod)),
    adopted: deleting ? [] : orphans.filter((pod) => fits(pod) && isActive(pod)),
  };
}

/** What the set's selector fits; an empty one selects nothing (C43). */
export function selectorOf(set: ReplicaSet): LabelMatcher {
  const { matchLabels = {}, matchExpressions = [] } = set.spec.selector;
  return labelMatcher(Object.keys(matchLabels).length === 0 && matchExpressions.length === 0 ? undefined : set.spec.selector);
}

/** What one pass does about the number of pods. */
export type Scaling =
  | { readonly type: 'create'; readonly count: number }
  | { readonly type: 'delete'; readonly pods: readonly Pod[] }
  | { readonly type: 'none' };

/** How far the set is from its number of pods: negative when pods are missing. */
export function surplus(set: ReplicaSet, kept: readonly Pod[]): number {
  return kept.filter(isActive).length - (set.spec.replicas ?? 1);
}

/** `related` are the active pods of the set's family, itself included (C36). Rules: C32–C36. */
export function planScaling(set: ReplicaSet, kept: readonly Pod[], related: readonly Pod[], nowMs: number): Scaling {
  if (set.metadata.deletionTimestamp !== undefined) return { type: 'none' };
  const over = surplus(set, kept);
  if (over === 0) return { type: 'none' };
  if (over < 0) return { type: 'create', count: Math.min(-over, burstReplicas) };
  return { type: 'delete', pods: deletionOrder(kept.filter(isActive), related, nowMs).slice(0, Math.min(over, burstReplicas)) };
}

/** Sizes of the batches in which `count` pods are created: 1, 2, 4 … so that a quota refuses one, not all. Rule: C33. */
export function slowStart(count: number): readonly number[] {
  const batches: number[] = [];
  for (let left = count, size = 1; left > 0; left -= size, size = Math.min(size * 2, left)) batches.push(size);
  return batches;
}
