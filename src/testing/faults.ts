import type { ConfigProblem } from '../core/runtime/errors.js';
import { draw } from '../core/runtime/random.js';

/** Every kind of fault that `simulate()` is to know; those of `faults.all()` are there. */
export type FaultKind =
  | 'crash' | 'pause' | 'partition' | 'lost.applied' | 'lost.notApplied' | 'event.delay' | 'event.coalesce' | 'api.slow' | 'api.500'
  | 'store.compact' | 'service.*' | 'user.deleteChild' | 'user.recreate';

export interface FaultRow {
  /** Chance at each site where it can happen; for faults of users: chance that it happens at all. */
  readonly rate: number;
  /** In one run. */
  readonly most: number;
  /** Milliseconds, drawn so that short and long ones are equally likely. */
  readonly durationMs?: readonly [number, number];
  readonly effect: string;
}

/** What each kind does, how often, and for how long. Rules: M23, M25. */
export const faultTable: { readonly [K in FaultKind]?: FaultRow } = Object.freeze({
  'crash': { rate: 0.03, most: 5, durationMs: [10, 30_000], effect: 'the process dies before or after a write, or when an answer or an event comes in, and starts again with an empty memory' },
  'lost.applied': { rate: 0.08, most: 8, durationMs: [1, 5_000], effect: 'a write is committed, its answer is lost' },
  'lost.notApplied': { rate: 0.08, most: 8, durationMs: [1, 5_000], effect: 'a write is not committed, and nobody is told' },
  'event.delay': { rate: 0.06, most: 10, durationMs: [10, 60_000], effect: 'one watch lags, other watches do not' },
  'api.slow': { rate: 0.05, most: 10, durationMs: [100, 20_000], effect: 'an answer takes long' },
  'api.500': { rate: 0.05, most: 10, effect: 'a request fails with 500; a write was applied or not' },
  'service.*': { rate: 0.1, most: 10, durationMs: [1, 5_000], effect: 'a call of a service is slow, fails, or its answer is lost after or before it took effect' },
  'user.deleteChild': { rate: 0.5, most: 2, effect: 'somebody deletes an owned object' },
  'user.recreate': { rate: 0.3, most: 1, effect: 'somebody deletes an object of the user and makes it again under the same name' },
});

/** Kinds that are there, in the order of the table. */
export const simulatedKinds = Object.freeze(Object.keys(faultTable)) as readonly FaultKind[]; // its keys are fault kinds

/** Which faults may happen, and how often. */
export interface Faults {
  readonly kinds: readonly FaultKind[];
  /** Rates that differ from the table's. */
  readonly changed: { readonly [K in FaultKind]?: number };
  without(...kinds: readonly FaultKind[]): Faults;
  /** Chances from 0 to 1. */
  rates(r: { readonly [K in FaultKind]?: number }): Faults;
}

function make(kinds: readonly FaultKind[], changed: Faults['changed']): Faults {
  return Object.freeze<Faults>({
    kinds, changed,
    without: (...less) => make(kinds.filter((kind) => !less.includes(kind)), changed),
    rates: (r) => make(kinds, { ...changed, ...r }),
  });
}

export const faults: { all(): Faults; none(): Faults; only(...kinds: readonly FaultKind[]): Faults } = Object.freeze({
  all: () => make(simulatedKinds, {}),
  none: () => make([], {}),
  only: (...kinds: readonly FaultKind[]) => make(kinds, {}),
});

/** What is wrong with a choice of faults. */
export function faultProblems(given: Faults | readonly string[]): readonly ConfigProblem[] {
  if (isList(given)) return given.flatMap((id) => idProblems(id));
  const named = [...given.kinds, ...Object.keys(given.changed)];
  const unknown = [...new Set(named)].filter((kind) => !simulatedKinds.includes(kind as FaultKind)).map((kind) => unknownKind(kind));
  const rates = Object.entries(given.changed).filter(([, rate]) => !(rate >= 0 && rate <= 1))
    .map(([kind, rate]) => ({ path: `faults.rates.${kind}`, message: `${String(rate)} is not from 0 to 1` }));
  return [...unknown, ...rates];
}

function idProblems(id: string): readonly ConfigProblem[] {
  const match = /^([^@]+)@[^#]+#[1-9]\d*$/.exec(id);
  if (!match?.[1]) return [{ path: 'faults', message: `${id} is no fault: write kind@site#n` }];
  return simulatedKinds.includes(match[1] as FaultKind) ? [] : [unknownKind(match[1])];
}

function unknownKind(kind: string): ConfigProblem {
  return { path: 'faults', message: `${kind} is not simulated; there are ${simulatedKinds.join(', ')}` };
}

export function isList(given: Faults | readonly string[]): given is readonly string[] {
  return Array.isArray(given);
}

/**
 * Which faults happen in one run. Each is decided by a pure draw of its own site, so leaving one out changes no other;
 * a list decides by itself, without draws. Rules: M9, M26, M28.
 */
export class FaultPlan {
  /** Ids of the faults that happened, in order. */
  readonly injected: string[] = [];
  /** How many of each kind changed what somebody saw (M29). */
  readonly observed = new Map<FaultKind, number>();
  active = false;
  private readonly seen = new Map<string, number>();
  private readonly counts = new Map<FaultKind, number>();
  private readonly listed: ReadonlySet<string> | undefined;
  private readonly rates: ReadonlyMap<FaultKind, number>;
  private readonly most: number;

  constructor(private readonly seed: number, given: Faults | readonly string[]) {
    this.listed = isList(given) ? new Set(given) : undefined;
    const swarm = isList(given) ? { rates: new Map<FaultKind, number>(), most: Infinity } : drawSwarm(seed, given);
    this.rates = swarm.rates;
    this.most = swarm.most;
  }

  /** Whether this kind of fault happens at this place now. Each call counts as one more time at the site. */
  hit(kind: FaultKind, site: string): boolean {
    if (!this.active) return false;
    const place = `${kind}@${site}`;
    const n = (this.seen.get(place) ?? 0) + 1;
    this.seen.set(place, n);
    const id = `${place}#${n}`;
    if (!(this.listed ? this.listed.has(id) : this.isDrawn(kind, place, n))) return false;
    this.counts.set(kind, this.count(kind) + 1);
    this.injected.push(id);
    return true;
  }

  /** The fault has changed what somebody saw. */
  noteObserved(kind: FaultKind): void {
    this.observed.set(kind, (this.observed.get(kind) ?? 0) + 1);
  }

  /** How long it lasts, for the fault that `hit` has just said yes to. */
  durationMs(kind: FaultKind): number {
    const [shortest, longest] = faultTable[kind]?.durationMs ?? [1, 1];
    return shortest * (longest / shortest) ** draw(this.seed, `duration/${this.last}`, 0);
  }

  /** A further draw about that fault. */
  chance(what: string): number {
    return draw(this.seed, `${what}/${this.last}`, 0);
  }

  private get last(): string {
    return this.injected.at(-1) ?? '';
  }

  private count(kind: FaultKind): number {
    return this.counts.get(kind) ?? 0;
  }

  private isDrawn(kind: FaultKind, place: string, n: number): boolean {
    const rate = this.rates.get(kind) ?? 0;
    if (rate === 0 || this.injected.length >= this.most || this.count(kind) >= (faultTable[kind]?.most ?? 0)) return false;
    return draw(this.seed, `fault/${place}`, n) < rate;
  }
}

/** Who asks for so few kinds wants them all. */
const fewKinds = 3;

/** Each seed takes a subset of kinds and rates of its own; some take one fault, some none (M26). */
function drawSwarm(seed: number, given: Faults): { readonly rates: ReadonlyMap<FaultKind, number>; readonly most: number } {
  const kinds = given.kinds.filter((kind) => (given.changed[kind] ?? 1) > 0);
  const size = draw(seed, 'swarm/size', 0);
  if (kinds.length === 0 || size < 0.05) return { rates: new Map(), most: 0 };
  const rateOf = (kind: FaultKind) => given.changed[kind] ?? Math.min(1, (faultTable[kind]?.rate ?? 0) * 0.3 * 10 ** draw(seed, `swarm/rate/${kind}`, 0));
  if (size < 0.15) {
    const one = kinds[Math.floor(draw(seed, 'swarm/one', 0) * kinds.length)] as FaultKind; // the index is below the length
    return { rates: new Map([[one, Math.max(0.2, rateOf(one))]]), most: 1 };
  }
  const some = kinds.length <= fewKinds ? kinds : kinds.filter((kind) => draw(seed, `swarm/kind/${kind}`, 0) < 0.6);
  return { rates: new Map((some.length > 0 ? some : kinds).map((kind) => [kind, rateOf(kind)])), most: Infinity };
}
