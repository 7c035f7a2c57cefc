import { unreachable } from '../../core/index.js';
import { percent } from '../state/amount.js';

export type Normalization = 'default' | 'defaultReverse' | 'minMax' | 'none';

/** The best a node can get of one plugin. */
export const maxScore = 100;

/**
 * Brings raw scores into 0..100; integer division truncates as in Go. Rule: K13.
 *
 * @example
 * normalize('default', [10, 30, 20]); // [33, 100, 66]
 */
export function normalize(how: Normalization, raw: readonly number[]): readonly number[] {
  switch (how) {
    case 'none': return raw;
    case 'default': return proportional(raw, (share) => share, undefined);
    case 'defaultReverse': return proportional(raw, (share) => maxScore - share, maxScore);
    case 'minMax': return minMax(raw);
    default: return unreachable(how);
  }
}

function proportional(raw: readonly number[], map: (share: number) => number, ifMaxIsZero: number | undefined): readonly number[] {
  const max = raw.reduce((a, b) => Math.max(a, b), 0);
  if (max === 0) return ifMaxIsZero === undefined ? raw : raw.map(() => ifMaxIsZero);
  return raw.map((score) => map(share(score, max)));
}

function minMax(raw: readonly number[]): readonly number[] {
  const min = raw.reduce((a, b) => Math.min(a, b), Infinity);
  const max = raw.reduce((a, b) => Math.max(a, b), -Infinity);
  if (max <= min) return raw.map(() => 0);
  return raw.map((score) => share(score - min, max - min));
}

/** Exact up to int64: beyond 2^46 a hundredfold is no longer exact in a double. */
function share(part: number, whole: number): number {
  if (Math.abs(part) <= 2 ** 46) return Math.trunc((part * maxScore) / whole);
  return percent(BigInt(part), BigInt(whole));
}
