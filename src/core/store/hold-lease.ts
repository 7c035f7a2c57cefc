import { alarm, sleep, type Clock } from '../runtime/clock.js';
import { LeaseNotFound } from './errors.js';
import type { LeaseId, Leases } from './store.js';

/** A lease that is kept alive as long as it is held. */
export interface HeldLease {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /**
   * Aborts when the lease is gone, or may be: its ttl has passed since the last answer. What rests on the lease has to
   * stop then; that nothing of it is written later is what guards are for (S23, S48).
   */
  readonly lost: AbortSignal;
  /** Gives it up: its keys are deleted. Nothing happens when it is lost. */
  release(): Promise<void>;
}

const longestRetryMs = 500;

/**
 * Grants a lease and renews it at a third of its ttl, until it is released, lost, or `signal` aborts (which leaves it to
 * expire). Works over the leases of every store.
 * @throws what `grant` throws. Rule: S50.
 */
export async function holdLease(leases: Leases, clock: Clock, ttlSeconds: number, signal?: AbortSignal): Promise<HeldLease> {
  const granted = await leases.grant(ttlSeconds, signal);
  const { id } = granted;
  const ttlMs = granted.ttlSeconds * 1_000;
  const lost = new AbortController();
  const stopped = new AbortController();
  const stop = AbortSignal.any([stopped.signal, lost.signal, ...(signal ? [signal] : [])]);
  let endsAtMs = clock.now() + ttlMs;
  const isOver = () => clock.now() >= endsAtMs;
  const end = alarm(clock, stop, () => {
    if (isOver()) lost.abort(new LeaseNotFound(id));
    else end.set(endsAtMs);
  });
  end.set(endsAtMs);

  const keep = async () => {
    let pauseMs = ttlMs / 3;
    while (!stop.aborted) {
      await sleep(clock, pauseMs, stop).catch(() => { /* the loop ends */ });
      if (stop.aborted) return;
      pauseMs = await renew();
    }
  };
  /** Answers how long to wait for the next one. */
  const renew = async (): Promise<number> => {
    try {
      await leases.keepAlive(id, stop);
      // An answer that comes after the ttl, as when this process stood still, proves nothing of the time between.
      if (isOver()) { lost.abort(new LeaseNotFound(id)); return 0; }
      endsAtMs = clock.now() + ttlMs;
      end.set(endsAtMs);
      return ttlMs / 3;
    } catch (error) {
      if (error instanceof LeaseNotFound) lost.abort(error);
      return Math.min(longestRetryMs, ttlMs / 10);
    }
  };
  void keep();

  return {
    id, ttlSeconds: granted.ttlSeconds, lost: lost.signal,
    async release() {
      stopped.abort();
      if (lost.signal.aborted) return;
      await leases.revoke(id).catch((error: unknown) => { if (!(error instanceof LeaseNotFound)) throw error; });
    },
  };
}
