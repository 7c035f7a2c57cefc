import { draw } from '../../core/index.js';

/** The part of the nodes that is looked at in big clusters: at least 100, then 5 to 50 percent. Rule: K27. */
export function numFeasibleNodesToFind(nodes: number, percentage: number): number {
  const least = 100;
  if (nodes < least) return nodes;
  const share = percentage === 0 ? Math.max(5, 50 - Math.trunc(nodes / 125)) : percentage;
  return Math.min(nodes, Math.max(least, Math.trunc((nodes * share) / 100)));
}

/** Which of the nodes with the highest total wins. */
export interface Choice {
  /** Index of the winner. */
  readonly winner: number;
  readonly total: number;
  /** How many nodes had that total. */
  readonly ties: number;
  /** The draw that decided, in [0, 1). */
  readonly draw: number;
  /** Index of the best of the others; undefined when there is none. */
  readonly runnerUp: number | undefined;
}

/** Highest total; ties by a keyed draw, so that the same seed gives the same placements. Rule: K32. */
export function choose(totals: readonly number[], seed: number, uid: string, attempt: number): Choice {
  let total = -Infinity;
  let best: number[] = [];
  totals.forEach((one, i) => {
    if (one > total) {
      total = one;
      best = [i];
    } else if (one === total) best.push(i);
  });
  const u = draw(seed, `tie/${uid}`, attempt);
  // At least one node is at the maximum.
  const winner = best[Math.floor(u * best.length)] as number;
  return { winner, total, ties: best.length, draw: u, runnerUp: runnerUpOf(totals, winner) };
}

function runnerUpOf(totals: readonly number[], winner: number): number | undefined {
  let found: number | undefined;
  totals.forEach((total, i) => {
    if (i !== winner && (found === undefined || total > (totals[found] as number))) found = i;
  });
  return found;
}
