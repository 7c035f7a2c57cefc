import type { Api } from '../api/api.js';
import { CacheBehind } from '../informer/errors.js';
import type { Informers } from '../informer/informers.js';
import { Namespace } from '../resource/namespace.js';
import type { Clock } from '../runtime/clock.js';
import { Disposed } from '../runtime/errors.js';
import { NotSettled } from './app-errors.js';

/** How often a busy app is looked at again. */
const lookMs = 10;

export interface SettlePorts {
  readonly api: Api;
  readonly clock: Clock;
  readonly informers: Informers;
  readonly signal: AbortSignal;
  /** Names of parts with work that is ready, in flight or in back-off. */
  busy(): readonly string[];
}

/**
 * Resolves when, at one and the same revision of the api, every cache is up to date and no part has work left.
 * @throws NotSettled after `timeoutMs`
 */
export async function settle(ports: SettlePorts, timeoutMs: number): Promise<void> {
  const { clock, signal } = ports;
  const until = clock.now() + timeoutMs;
  let calm: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const revision = await newestRevision(ports.api, signal);
    const behind = await cachesBehind(ports, revision, Math.max(1, until - clock.now()));
    // What the caches' news started is to be seen as busy before it is judged.
    await clock.yield();
    const busy = [...ports.busy(), ...behind];
    if (busy.length === 0 && calm === revision) return;
    calm = busy.length === 0 ? revision : undefined;
    if (clock.now() >= until) throw new NotSettled(timeoutMs, busy);
    if (busy.length > 0) await pause(clock);
  }
}

/** Which caches have not come as far in time. */
async function cachesBehind({ informers, signal }: SettlePorts, revision: string, timeoutMs: number): Promise<readonly string[]> {
  try {
    await informers.caughtUp(revision, { signal, timeout: timeoutMs });
    return [];
  } catch (error) {
    if (error instanceof CacheBehind) return [`the cache of ${error.kind}`];
    // Somebody released an informer while we waited for it; the others are looked at again.
    if (error instanceof Disposed && !signal.aborted && !informers.isDisposed) return ['an informer that was released'];
    throw error;
  }
}

/** A list is linearizable, so its version is the newest; Namespace is served by every api. */
async function newestRevision(api: Api, signal: AbortSignal): Promise<string> {
  return (await api.list(Namespace, {}, { limit: 1, signal })).resourceVersion;
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => { clock.setTimer(clock.now() + lookMs, resolve); });
}
