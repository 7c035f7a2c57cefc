import { sleep, type Clock } from '../../runtime/clock.js';
import { Aborted } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { LeaseNotFound, Unavailable } from '../errors.js';
import { checkTtl } from '../lease-ttl.js';
import type { LeaseId, Leases } from '../store.js';
import type { KeepAlives } from './keep-alives.js';
import { methods } from './methods.js';
import type { Session } from './session.js';

const retryMs = 50;

/** Rules: S45–S50. */
export function wireLeases<V>(session: Session<V>, keepAlives: KeepAlives, { clock }: Runtime, deadlineMs: number): Leases {
  const named = (id: LeaseId) => (error: unknown): never => {
    throw error instanceof LeaseNotFound ? new LeaseNotFound(id, { cause: error }) : error;
  };
  return {
    async grant(ttlSeconds, signal) {
      checkTtl(ttlSeconds);
      const granted = await session.call('lease.grant', methods.leaseGrant, { ttlSeconds }, { kind: 'write', signal, ordered: false });
      return { id: granted.id, ttlSeconds: granted.ttlSeconds };
    },
    async revoke(id, signal) {
      await session.call('lease.revoke', methods.leaseRevoke, { id }, { kind: 'write', signal, ordered: false }).catch(named(id));
    },
    async keepAlive(id, signal) {
      const endsAt = clock.now() + deadlineMs;
      const limit = limited(clock, endsAt, signal);
      try {
        for (;;) {
          session.checkOpen();
          try {
            const { ttlSeconds } = await Promise.race([keepAlives.renew(id), limit.passed]);
            if (ttlSeconds <= 0) throw new LeaseNotFound(id);
            return { ttlSeconds };
          } catch (error) {
            session.checkOpen();
            // What was not answered is asked again, of another member (S50).
            if (!(error instanceof Unavailable) || clock.now() + retryMs >= endsAt) throw error;
            await Promise.race([sleep(clock, retryMs), limit.passed]);
          }
        }
      } finally {
        limit.end();
      }
    },
  };
}

/**
 * Rejects when the time is over or the caller does not want it any more. Renewing twice is renewing, so giving up on one
 * that was sent leaves nothing unknown.
 */
function limited(clock: Clock, endsAt: number, signal: AbortSignal | undefined): { readonly passed: Promise<never>; end(): void } {
  let end = () => {};
  const passed = new Promise<never>((_, reject) => {
    const onAbort = () => { reject(new Aborted('lease.keepAlive', { cause: signal?.reason })); };
    const timer = clock.setTimer(endsAt, () => { reject(new Unavailable('no answer within the deadline')); });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    end = () => { timer.cancel(); signal?.removeEventListener('abort', onAbort); };
  });
  passed.catch(() => { /* whoever races it is told */ });
  return { passed, end: () => { end(); } };
}
