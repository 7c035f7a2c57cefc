import { systemClock } from '../core/runtime/clock.js';
import type { FaultKind, Faults } from './faults.js';
import { SimulationFailed, type FaultCount, type SimulationFailure, type SimulationReport } from './report.js';
import { runSeed, type SeedResult } from './run-seed.js';
import { shrink } from './shrink.js';
import { planOf, tokenOf, type SimulateOptions, type SimulationPlan } from './simulate-options.js';
import { combineHashes } from './trace.js';

/** Passing seeds of which one is run twice, to see that it gives the same run (M14). */
const recheckEvery = 100;
/** More idle seeds than this share prove too little (M42). */
const idleShare = 0.05;

type Counted = { -readonly [K in keyof FaultCount]: FaultCount[K] };

export interface SimulationProgress {
  readonly done: number;
  readonly seeds: number;
  readonly failures: number;
}

/**
 * Runs the controllers as they are against a real api on a memory store, under one virtual clock, once for each seed,
 * with the faults that the seed draws; judges each run, and makes a failure small and repeatable.
 *
 * Rules: M1–M11, M17–M20, M24–M28, M34, M39–M42, M46, M51; oracles O1, O3, O4, O6, O7.
 * @throws ConfigError for bad options, before anything runs (M5)
 * @throws SimulationFailed when a seed violates an oracle, or too many were idle
 */
export async function simulate(o: SimulateOptions): Promise<SimulationReport> {
  const report = await runSimulation(planOf(o));
  if (isFailed(report) && o.report !== 'return') throw new SimulationFailed(report);
  return report;
}

export function isFailed(report: SimulationReport): boolean {
  return report.failures.length > 0 || report.idle > report.seeds * idleShare;
}

/** Every seed of the plan. `onSeed` is told after each; an aborted signal ends with what there is. */
export async function runSimulation(plan: SimulationPlan, onSeed?: (progress: SimulationProgress) => void, signal?: AbortSignal): Promise<SimulationReport> {
  const clock = systemClock();
  const startedAt = clock.now();
  const failures: SimulationFailure[] = [];
  const hashes: string[] = [];
  const counts = new Map<FaultKind, Counted>();
  let idle = 0;
  let virtualTime = 0;
  for (const [i, seed] of plan.seeds.entries()) {
    if (signal?.aborted) break;
    const result = await runSeed(plan, seed, plan.faults, { trace: false });
    hashes.push(result.hash);
    virtualTime += result.virtualMs;
    count(counts, result);
    const failure = await judge(plan, result, i % recheckEvery === 0);
    if (failure) failures.push(failure);
    else if (result.reconciles === 0) idle++;
    onSeed?.({ done: i + 1, seeds: plan.seeds.length, failures: failures.length });
  }
  const wall = clock.now() - startedAt;
  return {
    name: plan.name, seeds: hashes.length, passed: hashes.length - failures.length - idle, idle, failures,
    faults: Object.fromEntries(counts) as SimulationReport['faults'], // its keys are fault kinds
    virtualTime, wall, runsPerSecond: hashes.length / Math.max(0.001, wall / 1_000), traceHash: combineHashes(hashes), warnings: warningsOf(plan),
  };
}

async function judge(plan: SimulationPlan, result: SeedResult, recheck: boolean): Promise<SimulationFailure | undefined> {
  if (!result.violation && !recheck) return undefined;
  const again = await runSeed(plan, result.seed, plan.faults, { trace: true });
  if (again.hash !== result.hash) return failureOf(plan, { ...again, violation: divergence(result, again) }, plan.faults);
  if (!again.violation) return undefined;
  const small = await shrink(plan, again);
  return failureOf(plan, small, small.injected);
}

/** Not a controller's bug: the run is no function of its seed (M14). */
function divergence(a: SeedResult, b: SeedResult): NonNullable<SeedResult['violation']> {
  return {
    oracle: 'NonDeterministic', name: 'hash', revision: '', time: b.virtualMs,
    cause: `two runs of seed ${a.seed} differ (${a.events} and ${b.events} events): something is read that the simulation does not control, such as Date, Math.random or state kept between starts`,
  };
}

function failureOf(plan: SimulationPlan, result: SeedResult, faults: Faults | readonly string[]): SimulationFailure {
  const { seed, violation, trace } = result;
  if (!violation) throw new TypeError('a failure has a violation'); // only called with one
  const listed = Array.isArray(faults) ? (faults as readonly string[]) : undefined;
  return { ...violation, seed, faults: listed ?? result.injected, replay: tokenOf(seed, listed), timeline: trace };
}

function count(counts: Map<FaultKind, Counted>, { injected, observed }: SeedResult): void {
  const kinds = injected.map((id) => id.slice(0, id.indexOf('@')) as FaultKind); // ids begin with their kind
  for (const kind of new Set(kinds)) {
    const row = counts.get(kind) ?? { injected: 0, observable: 0, runs: 0 };
    row.injected += kinds.filter((one) => one === kind).length;
    row.observable += observed.get(kind) ?? 0;
    row.runs++;
    counts.set(kind, row);
  }
}

function warningsOf(plan: SimulationPlan): readonly string[] {
  return Object.entries(plan.options.processes).filter(([, { start }]) => typeof start !== 'function')
    .map(([name]) => `process ${name}: state may survive crashes, since its parts were given as an array`);
}
