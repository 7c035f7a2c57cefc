import type { Taint, Toleration } from '../../kinds/index.js';

/**
 * Whether the toleration accepts the taint: an empty key with Exists accepts every key, an empty effect every effect,
 * the default operator is Equal. Lt and Gt belong to a gate that is off, so they accept nothing. Rule: K57.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case 'Exists': return true;
    case 'Equal': return (toleration.key ?? '') !== '' && (toleration.value ?? '') === (taint.value ?? '');
    default: return false;
  }
}

/** The first of the taints that no toleration accepts. */
export function untolerated(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined, effects: readonly Taint['effect'][]): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)));
}
