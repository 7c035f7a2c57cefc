import type { ConfigProblem } from '../../core/index.js';
import type { ExtensionPoint } from '../status.js';
import type { LoadedPlugin } from './loaded-plugin.js';
import { maxScore } from './normalize.js';

/** One configuration of the framework, for the pods of one scheduler name. */
export interface Profile {
  /** `spec.schedulerName` of the pods it places (K25). */
  readonly name: string;
  readonly plugins: readonly LoadedPlugin[];
  /** Undefined: all (K28). */
  readonly percentageOfNodesToScore: number;
  /** Asynchronous calls under way at a time, for one pod (K113). */
  readonly parallelism: number;
  readonly seed: number;
  /** The plugins of a point, in order (K21). */
  at(point: ExtensionPoint): readonly LoadedPlugin[];
  /** Score plugins: those with `score` or `scoreAll`. */
  readonly scorers: readonly LoadedPlugin[];
}

export function profile(o: Pick<Profile, 'name' | 'plugins' | 'percentageOfNodesToScore' | 'parallelism' | 'seed'>): Profile {
  const byPoint = new Map<ExtensionPoint, readonly LoadedPlugin[]>();
  return {
    ...o,
    scorers: o.plugins.filter(({ points }) => points.score !== undefined || points.scoreAll !== undefined),
    at(point) {
      let plugins = byPoint.get(point);
      if (!plugins) byPoint.set(point, (plugins = o.plugins.filter(({ points }) => points[point] !== undefined)));
      return plugins;
    },
  };
}

/** Totals must stay exact: Σ weight · 100 ≤ 2^53 − 1. Rule: K11. */
export function checkWeights(scorers: readonly LoadedPlugin[], problems: ConfigProblem[]): void {
  const most = scorers.reduce((sum, { weight }) => sum + weight, 0) * maxScore;
  if (!Number.isSafeInteger(most)) problems.push({ path: 'weights', message: 'the sum of the weights of all score plugins is too large for exact totals' });
}
