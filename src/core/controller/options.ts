import { labelMatcher } from '../informer/selection-key.js';
import { qualifiedNameProblems } from '../resource/names.js';
import type { Key } from '../resource/object.js';
import { ConfigError, toError, type ConfigProblem } from '../runtime/errors.js';
import { didYouMean } from '../runtime/nearest.js';

/** Settings of a controller; everything else is said by the builder. Times are in milliseconds. */
export interface ControllerOptions {
  /** Default: the kind in lower case. */
  readonly name?: string;
  /** Runs at the same time; default 8 (R16). */
  readonly concurrency?: number;
  /** Of one run; default 60 s (R23). */
  readonly timeout?: number;
  /** Every key once per this time; default 10 h, `false`: never (R42). */
  readonly resync?: number | false;
  /** Default 'filter': a run's own writes do not start another (R10, R13). */
  readonly ownEvents?: 'filter' | 'enqueue';
  /** Default: all namespaces. */
  readonly namespaces?: readonly string[];
  readonly labelSelector?: string | { readonly [label: string]: string };
  /** Fairness by flow: keys of one flow never crowd out another's (Q16). */
  readonly flow?: (key: Key) => string;
  /** false: runs on every replica, without a fence (R49). */
  readonly leader?: boolean;
  /** Default `<group>/<name>`; must be given for kinds of the core group (R34). */
  readonly finalizer?: string;
  /** Reconcile terminating objects, too (R36). */
  readonly terminating?: boolean;
  readonly backoff?: { readonly baseDelay?: number; readonly maxDelay?: number; readonly factor?: number; readonly jitter?: number };
}

export const controllerDefaults = Object.freeze({
  concurrency: 8,
  timeoutMs: 60_000,
  resyncMs: 36_000_000,
});

const known: ReadonlySet<string> = new Set<keyof ControllerOptions>(['name', 'concurrency', 'timeout', 'resync', 'ownEvents', 'namespaces', 'labelSelector', 'flow', 'leader', 'finalizer', 'terminating', 'backoff']);

/** All that is wrong with the options of one controller (B89). */
export function checkOptions(name: string, o: ControllerOptions): void {
  const problems: ConfigProblem[] = [];
  const bad = (field: string, message: string) => problems.push({ path: `controller ${name}: ${field}`, message });
  const positive = (field: string, value: number | undefined) => {
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) bad(field, `must be a positive number of milliseconds, got ${value}`);
  };
  for (const field of Object.keys(o)) if (!known.has(field)) bad(field, `is no option of controller()${didYouMean(field, known)}`);
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) bad('name', `must be lower-case letters, digits, '-' and '.', got '${name}'`);
  if (o.concurrency !== undefined && !(Number.isInteger(o.concurrency) && o.concurrency >= 1)) bad('concurrency', `must be a whole number of at least 1, got ${o.concurrency}`);
  positive('timeout', o.timeout);
  if (o.resync !== false) positive('resync', o.resync);
  positive('backoff.baseDelay', o.backoff?.baseDelay);
  positive('backoff.maxDelay', o.backoff?.maxDelay);
  if (o.backoff?.factor !== undefined && !(o.backoff.factor >= 1)) bad('backoff.factor', `must be at least 1, got ${o.backoff.factor}`);
  if (o.backoff?.jitter !== undefined && !(o.backoff.jitter >= 0 && o.backoff.jitter <= 1)) bad('backoff.jitter', `must be between 0 and 1, got ${o.backoff.jitter}`);
  if (o.namespaces?.length === 0) bad('namespaces', 'must name at least one namespace; leave it out for all');
  if (o.ownEvents !== undefined && o.ownEvents !== 'filter' && o.ownEvents !== 'enqueue') bad('ownEvents', `must be 'filter' or 'enqueue', got ${String(o.ownEvents)}`);
  const selector = selectorProblem(o.labelSelector);
  if (selector !== undefined) bad('labelSelector', selector);
  if (o.finalizer !== undefined) for (const problem of finalizerProblems(o.finalizer)) bad('finalizer', problem);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What the api would refuse of a finalizer's name (R34). */
export function finalizerProblems(name: string): readonly string[] {
  return name.includes('/') ? qualifiedNameProblems(name) : [`must be a name with a domain, example.com/${name}`];
}

function selectorProblem(selector: ControllerOptions['labelSelector']): string | undefined {
  try {
    labelMatcher(selector);
    return undefined;
  } catch (error) {
    return toError(error).message;
  }
}
