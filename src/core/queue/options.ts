import { ConfigError, type ConfigProblem } from '../runtime/errors.js';
import { defaultBackoff, type BackoffRules } from './backoff.js';
import type { QueueOptions } from './queue.js';

export interface QueueSettings {
  readonly concurrency: number;
  readonly ageing: number;
  readonly graceMs: number;
  readonly backoff: BackoffRules;
}

/** The options with their defaults. @throws ConfigError naming every bad one. */
export function settingsOf<K>(o: QueueOptions<K>): QueueSettings {
  const problems: ConfigProblem[] = [];
  const check = (path: string, value: number, what: string, ok: boolean) => {
    if (!ok) problems.push({ path, message: `${String(value)} is not ${what}` });
  };
  const given = { ...defaultBackoff, ...o.backoff };
  const { concurrency = 8, ageing = 100, grace = 5_000, seed = 0 } = o;
  if (typeof o.name !== 'string' || o.name === '') problems.push({ path: 'name', message: 'a queue needs a name' });
  check('concurrency', concurrency, 'a whole number ≥ 0 or Infinity', isConcurrency(concurrency));
  check('ageing', ageing, 'a number ≥ 0', ageing >= 0);
  check('grace', grace, 'a finite number ≥ 0', isDelay(grace));
  check('backoff.baseDelay', given.baseDelay, 'a finite number ≥ 0', isDelay(given.baseDelay));
  check('backoff.maxDelay', given.maxDelay, 'a finite number ≥ 0', isDelay(given.maxDelay));
  check('backoff.factor', given.factor, 'a finite number ≥ 1', Number.isFinite(given.factor) && given.factor >= 1);
  check('backoff.jitter', given.jitter, 'from 0 to 1', given.jitter >= 0 && given.jitter <= 1);
  check('backoff.earlyInterval', given.earlyInterval, 'a number ≥ 0', given.earlyInterval >= 0);
  if ('retryLimit' in o) problems.push({ path: 'retryLimit', message: 'a limit over all retries is not there yet (Q36); leave it out' });
  if (problems.length > 0) throw new ConfigError(problems, { hint: 'see QueueOptions for ranges and defaults' });
  return { concurrency, ageing, graceMs: grace, backoff: { ...given, seed, stream: `backoff/${o.name}` } };
}

export function isConcurrency(value: number): boolean {
  return value === Infinity || (Number.isInteger(value) && value >= 0);
}

export function isDelay(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
