import type { StatusObject } from '@grpc/grpc-js';
import { Aborted, UnknownOutcome } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { LeaseNotFound, Unavailable } from '../errors.js';
import { checkTtl } from '../lease-ttl.js';
import type { LeaseId, Leases } from '../store.js';
import type { LeaseResponse } from './admin-messages.js';
import { methods } from './methods.js';
import type { Session } from './session.js';

/** Rules: S45–S49. */
export function wireLeases<V>(session: Session<V>, runtime: Runtime, deadlineMs: number): Leases {
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
      session.checkOpen();
      const { clock } = runtime;
      const endsAt = clock.now() + deadlineMs;
      for (;;) {
        if (signal?.aborted) throw new Aborted('lease.keepAlive', { cause: signal.reason });
        try {
          const { ttlSeconds } = await keepAliveOnce(session, runtime, id, endsAt, signal);
          if (ttlSeconds <= 0) throw new LeaseNotFound(id);
          return { ttlSeconds };
        } catch (error) {
          // Renewing twice is renewing: what was not answered is asked again (S50).
          if (!(error instanceof Unavailable) || clock.now() >= endsAt) throw error;
        }
      }
    },
  };
}

async function keepAliveOnce<V>({ calls }: Session<V>, { clock }: Runtime, id: LeaseId, endsAt: number, signal: AbortSignal | undefined): Promise<LeaseResponse> {
  const ended = new AbortController();
  const { endpoint, stream } = await calls.stream(methods.leaseKeepAlive, signal ?? ended.signal);
  return new Promise<LeaseResponse>((resolve, reject) => {
    let late = false;
    const timer = clock.setTimer(endsAt, () => { late = true; stream.cancel(); });
    const onAbort = () => { stream.cancel(); };
    signal?.addEventListener('abort', onAbort, { once: true });
    stream.on('data', (response: LeaseResponse) => {
      resolve(response);
      stream.end();
      stream.cancel();
    });
    stream.on('error', () => {});
    stream.on('status', (status: StatusObject) => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(new UnknownOutcome('lease.keepAlive', { cause: signal.reason }));
      else if (late) reject(new Unavailable('no answer within the deadline', { endpoint: endpoint.url }));
      else reject(calls.streamFault('lease.keepAlive', status, endpoint));
    });
    stream.write({ id });
  });
}
