import { draw } from '../runtime/random.js';
import type { BackoffOptions } from './queue.js';

/** What a key's failures have led to. Times are monotonic milliseconds. */
export interface Backoff {
  /** In a row, not counting early runs that failed within a window (Q32). */
  failures: number;
  /** When the retry is due. */
  windowEnd: number;
  /** A promise to a server: before this only `force` runs the key (Q30). */
  notBefore: number;
  lastFinish: number;
}

export interface BackoffRules extends Required<BackoffOptions> {
  readonly seed: number;
  /** Keeps the draws of one queue apart from those of others. */
  readonly stream: string;
}

export const defaultBackoff: Required<BackoffOptions> = Object.freeze({ baseDelay: 5, maxDelay: 1_000_000, factor: 2, jitter: 0, earlyInterval: 5_000 });

/** Milliseconds to wait after the `failures`-th failure in a row. Rules: Q28, Q29. */
export function delayOf(failures: number, id: unknown, rules: BackoffRules): number {
  // The power overflows to Infinity long before 10^6; the cap takes care of that, but 0 × Infinity would not be a number.
  const grown = rules.baseDelay === 0 ? 0 : rules.baseDelay * rules.factor ** (failures - 1);
  const delay = Math.min(grown, rules.maxDelay);
  return rules.jitter === 0 ? delay : delay * (1 - rules.jitter * draw(rules.seed, `${rules.stream}/${String(id)}`, failures));
}

/** The failures after one more run that failed at `now`. Rules: Q28, Q30, Q32. */
export function afterFailure(old: Backoff | undefined, after: number | undefined, id: unknown, now: number, rules: BackoffRules): Backoff {
  const promised = after === undefined ? -Infinity : now + after;
  // A run inside the window that fails says nothing new: count and end of the window stay.
  if (old !== undefined && now < old.windowEnd) {
    return { failures: old.failures, windowEnd: old.windowEnd, notBefore: Math.max(old.notBefore, promised), lastFinish: now };
  }
  const failures = (old?.failures ?? 0) + 1;
  return { failures, windowEnd: Math.max(now + delayOf(failures, id, rules), promised), notBefore: promised, lastFinish: now };
}

/** When the retry itself is due. */
export function retryAt(backoff: Backoff): number {
  return Math.max(backoff.windowEnd, backoff.notBefore);
}

/** When a key in backoff may run that was asked for at `asked`. Rules: Q30, Q31. */
export function earliest(backoff: Backoff, asked: number, earlyInterval: number): number {
  if (asked >= backoff.windowEnd) return Math.max(asked, backoff.notBefore);
  return Math.max(backoff.notBefore, Math.min(backoff.windowEnd, Math.max(asked, backoff.lastFinish + earlyInterval)));
}
