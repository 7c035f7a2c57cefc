import { sleep } from '../../runtime/clock.js';
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
      const ended = new AbortController();
      const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
      // Renewing twice is renewing, so giving up on one that was sent leaves nothing unknown.
      const aborted = sleep(clock, deadlineMs, stop).then(() => { throw new Unavailable('no answer within the deadline'); }, () => { throw new Aborted('lease.keepAlive', { cause: signal?.reason }); });
      aborted.catch(() => { /* whoever races it is told */ });
      try {
        for (;;) {
          session.checkOpen();
          try {
            const { ttlSeconds } = await Promise.race([keepAlives.renew(id), aborted]);
            if (ttlSeconds <= 0) throw new LeaseNotFound(id);
            return { ttlSeconds };
          } catch (error) {
            session.checkOpen();
            // What was not answered is asked again, of another member (S50).
            if (!(error instanceof Unavailable) || clock.now() + retryMs >= endsAt) throw error;
            await Promise.race([sleep(clock, retryMs), aborted]);
          }
        }
      } finally {
        ended.abort();
      }
    },
  };
}
