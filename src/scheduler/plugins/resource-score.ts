import { unreachable } from '../../core/index.js';
import { minus, percent, type Amount } from '../state/amount.js';

/** A resource that counts in a score, and how much. */
export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}
/** How a node scores at a utilization: 0..100 percent to 0..10. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}
export type ScoringStrategy =
  | { readonly type: 'LeastAllocated' | 'MostAllocated'; readonly resources: readonly WeightedResource[] }
  | { readonly type: 'RequestedToCapacityRatio'; readonly resources: readonly WeightedResource[]; readonly shape: readonly ShapePoint[] };

/** One resource of a node with the pod on it. */
export interface Usage {
  readonly weight: number;
  readonly requested: Amount;
  readonly allocatable: Amount;
}

/** What a shape's score, 0..10, is multiplied by to give 0..100. */
const shapeScale = 10;

/** The score of a node, 0..100, from its resources; those without any allocatable are left out before. Rule: K81. */
export function resourceScore(strategy: ScoringStrategy, usages: readonly Usage[]): number {
  switch (strategy.type) {
    case 'LeastAllocated': return Math.trunc(mean(usages, ({ requested, allocatable }) => (requested > allocatable ? 0 : percent(minus(allocatable, requested), allocatable))));
    case 'MostAllocated': return Math.trunc(mean(usages, ({ requested, allocatable }) => percent(requested > allocatable ? allocatable : requested, allocatable)));
    case 'RequestedToCapacityRatio': {
      const curve = strategy.shape.map(({ utilization, score }) => ({ utilization, score: score * shapeScale }));
      const scored = usages.map((usage) => ({ usage, score: onCurve(curve, usage.requested > usage.allocatable ? 100 : percent(usage.requested, usage.allocatable)) }));
      // A resource that scores 0 leaves the mean altogether, weight included.
      const counted = scored.filter(({ score }) => score > 0);
      const scores = new Map(counted.map(({ usage, score }) => [usage, score]));
      return Math.floor(mean([...scores.keys()], (usage) => scores.get(usage) ?? 0) + 0.5);
    }
    default: return unreachable(strategy);
  }
}

/** Σ score · weight / Σ weight; 0 when nothing counts. */
function mean(usages: readonly Usage[], score: (usage: Usage) => number): number {
  let sum = 0;
  let weights = 0;
  for (const usage of usages) {
    sum += score(usage) * usage.weight;
    weights += usage.weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** Piecewise linear, in whole numbers, truncating towards zero. */
function onCurve(curve: readonly ShapePoint[], utilization: number): number {
  let before: ShapePoint | undefined;
  for (const point of curve) {
    if (utilization <= point.utilization) {
      if (!before) return point.score;
      return before.score + Math.trunc(((point.score - before.score) * (utilization - before.utilization)) / (point.utilization - before.utilization));
    }
    before = point;
  }
  return before?.score ?? 0;
}
