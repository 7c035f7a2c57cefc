import { sleep, type Clock } from '../runtime/clock.js';
import { toError } from '../runtime/errors.js';
import { printable } from '../runtime/printable.js';
import type { HealthReport } from './app.js';

/** How long the event loop, and a check of the user's, may take. */
const patienceMs = 5_000;
const stuckAfterMs = 600_000;

export interface HealthOptions {
  /** A run that has not ended after this many milliseconds makes the app not live; default 10 min. */
  readonly stuckAfter?: number;
  /** Further checks by name, for `ready`; one fails by throwing, or by taking more than 5 s. */
  readonly checks?: { readonly [name: string]: () => unknown };
}

export interface HealthPorts {
  readonly clock: Clock;
  readonly options: HealthOptions;
  /** Kinds whose caches are not complete. */
  readonly lagging: readonly string[];
  /** By part: the age of its oldest run. */
  readonly runs: readonly { readonly part: string; readonly ms: number }[];
  readonly election: { readonly ok: boolean; readonly message?: string } | undefined;
  readonly isStopping: boolean;
}

const ok = 'ok';

/** Each check by itself: what fails in one says nothing of the others. Rule: R51. */
export async function healthOf(ports: HealthPorts): Promise<HealthReport> {
  const { clock, options, lagging, runs, election } = ports;
  const stuckAfter = options.stuckAfter ?? stuckAfterMs;
  const stuck = runs.filter(({ ms }) => ms > stuckAfter);
  const asked = clock.now();
  await clock.yield();
  const tookMs = clock.now() - asked;
  const live = {
    'event-loop': tookMs <= patienceMs ? ok : `answered after ${Math.round(tookMs)} ms`,
    runs: stuck.length === 0 ? ok : `not ended: ${stuck.map(({ part, ms }) => `${part} for ${Math.round(ms / 1_000)} s`).join(', ')}`,
    ...(election ? { election: election.ok ? ok : election.message ?? 'failed' } : {}),
  };
  const ready = {
    caches: lagging.length === 0 ? ok : `not in step: ${lagging.join(', ')}`,
    ...(ports.isStopping ? { app: 'is stopping' } : {}),
    ...Object.fromEntries(await Promise.all(Object.entries(options.checks ?? {}).map(async ([name, check]) => [name, await answer(clock, check)] as const))),
  };
  const isLive = Object.values(live).every((state) => state === ok);
  return { live: isLive, ready: isLive && Object.values(ready).every((state) => state === ok), checks: { ...live, ...ready } };
}

async function answer(clock: Clock, check: () => unknown): Promise<string> {
  const control = new AbortController();
  const late = sleep(clock, patienceMs, control.signal).then(() => `no answer after ${patienceMs / 1_000} s`, () => ok);
  try {
    return await Promise.race([Promise.resolve(check()).then(() => ok), late]);
  } catch (error) {
    return printable(toError(error).message) || 'failed';
  } finally {
    control.abort();
  }
}
