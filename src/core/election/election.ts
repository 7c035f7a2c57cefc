import type { Random } from '../runtime/random.js';
import { ConfigError, SetpointError, type ConfigProblem } from '../runtime/errors.js';

export interface ElectionOptions {
  /** Name of the Lease. */
  readonly name: string;
  /** Default `kube-system`. */
  readonly namespace?: string;
  /** Who this is; default `<name>_<uuid>`, new at each start and never used again (L5). */
  readonly identity?: string;
  /** Others take over this many milliseconds after the last sign of life; default 15,000. */
  readonly leaseDuration?: number;
  /** A leader that was not renewed for this long stops; default 10,000 ms. */
  readonly renewDeadline?: number;
  /** Milliseconds between renewals; default 2,000. */
  readonly retryPeriod?: number;
  /** Milliseconds that runs need to stop after a loss; default 3,000. */
  readonly grace?: number;
  /** Whether a stop in order gives the lease back, so that others take over at once; default true. */
  readonly releaseOnStop?: boolean;
  /** Refuses to start where the api cannot refuse writes of older terms (L24); default false. */
  readonly requireFencing?: boolean;
}

/** Why authority ended. */
export type LossCause =
  /** Not renewed within the renew deadline. */
  | 'expired'
  /** The record shows somebody else, or another term. */
  | 'taken'
  /** The Lease was deleted. */
  | 'deleted'
  /** The store refused a write of this term. */
  | 'fenced'
  /** Given up in order. */
  | 'resigned'
  | 'stopped';

const sentences: { readonly [C in LossCause]: string } = Object.freeze({
  expired: 'the lease was not renewed in time', taken: 'another term holds the lease', deleted: 'the lease was deleted',
  fenced: 'the store refused a write of this term', resigned: 'leadership was given up', stopped: 'this replica does not lead',
});

/** The term is over; what a run is aborted with, and what a write under it is refused with. Rules: L11, L12. */
export class LeadershipLost extends SetpointError {
  constructor(readonly why: LossCause) {
    super('LeadershipLost', `leadership is lost: ${sentences[why]}`, { hint: 'end the work; whoever leads now does it again from the state of the objects' });
  }
}

export type ElectionSettings = Required<ElectionOptions>;

/**
 * The options with their defaults.
 * Rules: L5, L6.
 * @throws ConfigError naming every bad one.
 */
export function electionOptions(o: ElectionOptions, random: Random): ElectionSettings {
  const settings: ElectionSettings = {
    name: o.name, namespace: o.namespace ?? 'kube-system', identity: o.identity ?? `${o.name}_${random.uuid(`election/${o.name}`)}`,
    leaseDuration: o.leaseDuration ?? 15_000, renewDeadline: o.renewDeadline ?? 10_000, retryPeriod: o.retryPeriod ?? 2_000,
    grace: o.grace ?? 3_000, releaseOnStop: o.releaseOnStop ?? true, requireFencing: o.requireFencing ?? false,
  };
  const problems = [...nameProblems(settings), ...timeProblems(settings)];
  if (problems.length > 0) throw new ConfigError(problems.map((p) => ({ ...p, path: `election.${p.path}` })), { hint: 'the defaults are 15 s lease, 10 s renew deadline, 2 s retry, 3 s grace' });
  return settings;
}

function nameProblems(o: ElectionSettings): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const field of ['name', 'namespace', 'identity'] as const) {
    if (typeof o[field] !== 'string' || o[field] === '') problems.push({ path: field, message: 'must be a text that is not empty' });
  }
  return problems;
}

function timeProblems(o: ElectionSettings): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const field of ['leaseDuration', 'renewDeadline', 'retryPeriod', 'grace'] as const) {
    const ms = o[field];
    if (!Number.isFinite(ms) || ms < 0 || (ms === 0 && field !== 'grace')) problems.push({ path: field, message: `${String(ms)} ms is not a finite time above 0` });
  }
  if (problems.length > 0) return problems;
  if (o.leaseDuration <= o.renewDeadline) problems.push({ path: 'leaseDuration', message: `${o.leaseDuration} ms is not longer than renewDeadline (${o.renewDeadline} ms)` });
  if (o.renewDeadline <= 1.2 * o.retryPeriod) problems.push({ path: 'renewDeadline', message: `${o.renewDeadline} ms is not longer than 1.2 × retryPeriod (${o.retryPeriod} ms)` });
  if (o.leaseDuration - o.renewDeadline < o.grace + 1_000) problems.push({ path: 'grace', message: `runs need ${o.grace} ms + 1 s between the loss and the lease's end, there are ${o.leaseDuration - o.renewDeadline} ms` });
  return problems;
}
