import { runSeed, type SeedResult } from './run-seed.js';
import type { SimulationPlan } from './simulate-options.js';

/** Runs, and events in them, that are spent on making one failure small. */
const maxRuns = 200;
const maxEvents = 300_000;

/**
 * The same failure with fewer faults: halves and then single faults are left out as long as the same oracle and name
 * fail. What is left is 1-minimal unless the runs ran out. Rules: M46 (faults), M48.
 */
export async function shrink(plan: SimulationPlan, failed: SeedResult): Promise<SeedResult> {
  let best = failed;
  let runs = 0;
  let events = 0;
  const tryWith = async (faults: readonly string[]): Promise<boolean> => {
    if (runs++ >= maxRuns || events >= maxEvents) return false;
    const result = await runSeed(plan, failed.seed, faults, { trace: true });
    events += result.events;
    if (result.violation?.oracle !== failed.violation?.oracle || result.violation?.name !== failed.violation?.name) return false;
    best = result;
    return true;
  };
  // A list decides without draws, so the very faults that happened must show it again.
  if (!(await tryWith(failed.injected))) return failed;
  for (let size = Math.ceil(best.injected.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.injected.length;) {
      const without = [...best.injected.slice(0, from), ...best.injected.slice(from + size)];
      if (!(await tryWith(without))) from += size;
    }
  }
  return best;
}
