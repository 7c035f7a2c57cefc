import { parseTimestamp } from '../../core/index.js';
import type { Pod, Taint, Toleration } from '../../kinds/index.js';

/** When a pod has to leave its node. */
export type Stay =
  | { readonly type: 'forever' }
  /** Wall time in milliseconds; in the past: now. */
  | { readonly type: 'until'; readonly atMs: number };

/** Whether a toleration accepts a taint. */
export function tolerates({ key = '', operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (operator) {
    case 'Exists': return true;
    case 'Equal': return value === (taint.value ?? '');
    // Numeric comparison is behind a gate upstream that is off.
    case 'Lt':
    case 'Gt': return false;
  }
}

/**
 * How long the pod may stay with these taints. Time counts from when the taint was put, or the pod made if that was
 * later, so that a restart of ours does not grant it anew. Rules: C28, C29.
 */
export function stayOf(pod: Pod, taints: readonly Taint[]): Stay {
  let until = Number.POSITIVE_INFINITY;
  for (const taint of taints.filter(({ effect }) => effect === 'NoExecute')) {
    const toleration = (pod.spec.tolerations ?? []).find((one) => tolerates(one, taint));
    if (!toleration) return { type: 'until', atMs: Number.NEGATIVE_INFINITY };
    const seconds = toleration.tolerationSeconds;
    if (seconds === undefined) continue;
    const made = parseTimestamp(pod.metadata.creationTimestamp);
    const since = taint.timeAdded === undefined ? made : Math.max(parseTimestamp(taint.timeAdded), made);
    until = Math.min(until, seconds <= 0 ? Number.NEGATIVE_INFINITY : since + seconds * 1_000);
  }
  return until === Number.POSITIVE_INFINITY ? { type: 'forever' } : { type: 'until', atMs: until };
}

/** A deadline that runs already is only ever made earlier. Rule: C29. */
export function earlier(running: number | undefined, next: number): number {
  return running === undefined ? next : Math.min(running, next);
}
