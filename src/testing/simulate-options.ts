import { ConfigError, type Client, type ConfigProblem, type Runnable, type RunOptions } from '../core/index.js';
import { faultProblems, faults as faultChoices, type Faults } from './faults.js';
import { validators, type Validators } from '../core/resource/validation/validators.js';
import type { ServiceModel } from './external-service.js';
import type { World } from './world.js';

/** One simulated process of the operating system, or several of a kind. */
export interface ProcessOptions {
  /** Called at each start, also after a crash, so that no state survives. An array is taken as it is: then state may survive. */
  readonly start: (() => readonly Runnable[]) | readonly Runnable[];
  /** Default 1. */
  readonly replicas?: number;
  /** As for `run()`: `services` and `election`. */
  readonly options?: Pick<RunOptions, 'services' | 'election'>;
}

export interface WorkloadContext {
  readonly client: Client;
  sleep(ms: number): Promise<void>;
  /** In [0, 1), the same for the same seed. */
  random(): number;
  /** Resolves when the world has come to rest. */
  settle(): Promise<void>;
}

export interface SimulateOptions {
  readonly name?: string;
  readonly processes: { readonly [name: string]: ProcessOptions };
  readonly services?: readonly ServiceModel[];
  /** What is there before the processes start. */
  given?(ctx: { readonly client: Client }): Promise<void>;
  /** What users do meanwhile; when it ends, the wanted state is final. */
  workload?(ctx: WorkloadContext): Promise<void>;
  /** The state that is to be reached and kept, beyond what O1 asks for anyway. */
  converged?(world: World): boolean;
  /** Judged at every committed revision; false or a throw is a violation (O3). */
  readonly invariants?: { readonly [name: string]: (world: World) => boolean };
  /** Kinds and rates, or the very faults that are to happen; default all. */
  readonly faults?: Faults | readonly string[];
  /** How many, from and to, or which; default 1,000. */
  readonly seeds?: number | readonly [number, number] | readonly number[];
  /** The token of a failure: runs that seed with those faults alone. */
  readonly replay?: string;
  /** Milliseconds from the end of the faults until the state is to be reached; default 600,000. */
  readonly within?: number;
  /** Milliseconds that it is to stay; default 600,000. */
  readonly rest?: number;
  readonly limits?: { readonly events?: number };
  /** Worker threads; 1 is all there is. */
  readonly workers?: number;
  /** `return` gives the report of a failed simulation instead of throwing it. */
  readonly report?: 'throw' | 'return';
}

/** The options, checked and completed. */
export interface SimulationPlan {
  readonly name: string;
  readonly options: SimulateOptions;
  readonly seeds: readonly number[];
  readonly faults: Faults | readonly string[];
  readonly withinMs: number;
  readonly restMs: number;
  readonly maxEvents: number;
  /** Schemas are compiled once for all seeds. */
  readonly validators: Validators;
}

const known: ReadonlySet<string> = new Set(['name', 'processes', 'services', 'given', 'workload', 'converged', 'invariants', 'faults', 'seeds', 'replay', 'within', 'rest', 'limits', 'workers', 'report']);

/** @throws ConfigError naming every bad option (M5) */
export function planOf(o: SimulateOptions): SimulationPlan {
  const problems: ConfigProblem[] = Object.keys(o).filter((field) => !known.has(field)).map((path) => ({ path, message: `is no option of simulate(); the options are ${[...known].join(', ')}` }));
  problems.push(...processProblems(o.processes), ...timeProblems(o), ...(o.faults === undefined ? [] : faultProblems(o.faults)));
  if (o.workers !== undefined && o.workers !== 1) problems.push({ path: 'workers', message: 'simulations run in one thread' });
  let seeds: readonly number[] = [];
  let faults = o.faults ?? faultChoices.all();
  try {
    const token = o.replay === undefined ? undefined : parseToken(o.replay);
    seeds = token ? [token.seed] : seedsOf(o.seeds ?? 1_000);
    if (token?.faults) {
      faults = token.faults;
      problems.push(...faultProblems(faults));
    }
  } catch (error) {
    problems.push({ path: o.replay === undefined ? 'seeds' : 'replay', message: (error as Error).message });
  }
  if (problems.length > 0) throw new ConfigError(problems, { hint: 'see SimulateOptions' });
  return { name: o.name ?? 'simulation', options: o, seeds, faults, withinMs: o.within ?? 600_000, restMs: o.rest ?? 600_000, maxEvents: o.limits?.events ?? 200_000, validators: validators() };
}

function processProblems(processes: SimulateOptions['processes'] | undefined): ConfigProblem[] {
  const entries = Object.entries(processes ?? {});
  if (entries.length === 0) return [{ path: 'processes', message: 'at least one process is needed' }];
  return entries.flatMap(([name, { start, replicas = 1, options = {} }]) => {
    const problems: ConfigProblem[] = [];
    if (typeof start !== 'function' && !Array.isArray(start)) problems.push({ path: `processes.${name}.start`, message: 'must be a function that gives the parts, or the parts' });
    if (!Number.isInteger(replicas) || replicas < 1) problems.push({ path: `processes.${name}.replicas`, message: `${String(replicas)} is not a whole number ≥ 1` });
    for (const field of Object.keys(options)) {
      if (field !== 'services' && field !== 'election') problems.push({ path: `processes.${name}.options.${field}`, message: 'a simulated process takes services and election' });
    }
    return problems;
  });
}

function timeProblems(o: SimulateOptions): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const field of ['within', 'rest'] as const) {
    const ms = o[field];
    if (ms !== undefined && !(Number.isFinite(ms) && ms >= 0)) problems.push({ path: field, message: `${String(ms)} ms is not a finite time ≥ 0` });
  }
  const events = o.limits?.events;
  if (events !== undefined && !(Number.isInteger(events) && events > 0)) problems.push({ path: 'limits.events', message: `${String(events)} is not a whole number ≥ 1` });
  return problems;
}

function seedsOf(seeds: NonNullable<SimulateOptions['seeds']>): readonly number[] {
  const isSeed = (n: number) => Number.isSafeInteger(n) && n >= 0;
  if (typeof seeds === 'number') {
    if (!Number.isSafeInteger(seeds) || seeds < 1) throw new RangeError(`${String(seeds)} is not a whole number ≥ 1`);
    return Array.from({ length: seeds }, (_, i) => i);
  }
  if (seeds.length === 0 || !seeds.every(isSeed)) throw new RangeError('give whole numbers ≥ 0');
  const [from, to] = seeds;
  if (seeds.length !== 2 || from === undefined || to === undefined) return seeds;
  if (to < from) throw new RangeError(`the range ends (${to}) before it begins (${from})`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Everything that a run was made of: `v1:<seed>:<faults>`; `*` stands for those that the seed draws. Rule: M51. */
export function tokenOf(seed: number, faults: readonly string[] | undefined): string {
  const token = `v1:${seed}:${faults === undefined ? '*' : faults.join(',')}`;
  return token.length <= 2_048 ? token : `v1:${seed}:*`;
}

function parseToken(token: string): { readonly seed: number; readonly faults: readonly string[] | undefined } {
  const match = /^v(\d+):(\d+):(.*)$/s.exec(token);
  if (!match) throw new RangeError(`${token} is no replay token: v1:<seed>:<faults>`);
  const [, version, seed = '', faults = ''] = match;
  if (version !== '1') throw new RangeError(`the token is of version ${version ?? ''}, this release replays version 1`);
  return { seed: Number(seed), faults: faults === '*' ? undefined : faults === '' ? [] : faults.split(',') };
}
