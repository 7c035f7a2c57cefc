import type { Reason } from '../../queue/queue.js';
import type { Key } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';

const windowMs = 10_000;
const runsInWindow = 100;
const quietMs = 600_000;

interface Seen {
  since: number;
  runs: number;
  warnedAt: number;
}

/**
 * Notices a key that runs more than 100 times in 10 s; tells once per 10 minutes and throttles nothing. Remembers keys
 * that ran in the last window. Rule: R26.
 */
export function hotLoops(clock: Clock, onHot: (key: Key, reasons: readonly Reason[]) => void): (key: Key, reasons: readonly Reason[]) => void {
  const keys = new Map<Key, Seen>();
  let sweepAt = clock.now() + windowMs;
  return (key, reasons) => {
    const now = clock.now();
    if (now >= sweepAt) {
      for (const [k, s] of keys) if (now - s.since > windowMs && now - s.warnedAt > quietMs) keys.delete(k);
      sweepAt = now + windowMs;
    }
    const seen = keys.get(key) ?? { since: now, runs: 0, warnedAt: -Infinity };
    keys.set(key, seen);
    if (now - seen.since > windowMs) { seen.since = now; seen.runs = 0; }
    seen.runs++;
    if (seen.runs > runsInWindow && now - seen.warnedAt > quietMs) {
      seen.warnedAt = now;
      onHot(key, reasons);
    }
  };
}
