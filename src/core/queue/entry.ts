import type { Backoff } from './backoff.js';
import type { Line, Standing } from './line.js';
import type { Reason } from './queue.js';

/** Reasons beyond these are only counted (Q12). */
const maxReasons = 16;
const none: readonly Reason[] = Object.freeze([]);

/** Keys that share their turns (Q16). */
export interface Flow<K> extends Standing {
  readonly id: string;
  readonly ready: Line<Entry<K>>;
  inFlight: number;
  /** Number of its last start; flows served longest ago come first. */
  served: number;
  /** Entries that belong to it; at 0 it is forgotten (Q17). */
  members: number;
}

/**
 * All that the queue knows of one key. `wants` is what is asked for beside a run that may be in flight:
 * - `nothing`: only the run is there;
 * - `ready`: in its flow's line;
 * - `delayed`: in the line of delays, due at `at`;
 * - `again`: asked for during the run, to be ready at its end, or at `at` when that is later (Q19, Q20).
 */
export interface Entry<K> extends Standing {
  readonly key: K;
  readonly id: unknown;
  readonly flow: Flow<K>;
  wants: 'nothing' | 'ready' | 'delayed' | 'again';
  priority: number;
  /** ready: since when; delayed: due; again: earliest time asked for by an add that is not forced. */
  at: number;
  /** again: earliest time asked for by a forced add. */
  forcedAt: number;
  /** Number of becoming ready, which breaks ties (Q13). */
  sequence: number;
  since: number;
  reasons: Reason[] | undefined;
  reasonsDropped: number;
  backoff: Backoff | undefined;
  /** 0: not in flight. */
  runId: number;
  runPriority: number;
  runReadyAt: number;
  startedAt: number;
  /** `forget` came during the run (Q35). */
  forgotten: boolean;
  /** `clear` came during the run: its outcome counts for nothing (R48). */
  disowned: boolean;
}

export function createEntry<K>(key: K, id: unknown, flow: Flow<K>): Entry<K> {
  return {
    slot: 0, first: 0, second: 0, key, id, flow, wants: 'nothing', priority: 0, at: 0, forcedAt: Infinity, sequence: 0, since: 0, reasons: undefined, reasonsDropped: 0,
    backoff: undefined, runId: 0, runPriority: 0, runReadyAt: 0, startedAt: 0, forgotten: false, disowned: false,
  };
}

/** The union with what is there, each (source, detail) once, at most 16 (Q12). */
export function addReasons<K>(entry: Entry<K>, reasons: readonly Reason[] | undefined): void {
  if (reasons === undefined) return;
  for (const reason of reasons) {
    entry.reasons ??= [];
    if (entry.reasons.some((known) => known.source === reason.source && known.detail === reason.detail)) continue;
    if (entry.reasons.length < maxReasons) entry.reasons.push(reason);
    else entry.reasonsDropped++;
  }
}

export function reasonsOf<K>(entry: Entry<K>): readonly Reason[] {
  return entry.reasons ?? none;
}

/** Nothing is asked for any more. */
export function wantNothing<K>(entry: Entry<K>): void {
  entry.wants = 'nothing';
  entry.forcedAt = Infinity;
  entry.reasons = undefined;
  entry.reasonsDropped = 0;
}
