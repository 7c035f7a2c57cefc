import { ApiError, isReason } from '../../api/api-error.js';
import type { EventRecorder } from '../../client/event-recorder.js';
import type { Finish, Run } from '../../queue/queue.js';
import type { Key, KubeObject } from '../../resource/object.js';
import { SetpointError, toError } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { printable } from '../../runtime/printable.js';
import type { ControllerMetrics } from '../controller-metrics.js';
import { RetryError, TerminalError } from '../errors.js';
import type { CoreContext } from '../runnable.js';
import type { ControllerSpec } from '../spec.js';
import type { RunInFlight } from './runs-in-flight.js';

/** Conflicts are ordinary; so many in a row are worth an event (R21). */
const conflictsUntilEvent = 3;

/** Keys whose last run failed and that are to be tried again. */
export class FailingKeys {
  /** Conflicts in a row; 0 when the last failure was another. */
  private readonly conflicts = new Map<Key, number>();

  /** How many conflicts in a row this key had, this one included; 0 for another error. */
  failed(key: Key, isConflict: boolean): number {
    const count = isConflict ? (this.conflicts.get(key) ?? 0) + 1 : 0;
    this.conflicts.set(key, count);
    return count;
  }

  /** It succeeded, or is not tried again. */
  ended(key: Key): void { this.conflicts.delete(key); }
  has(key: Key): boolean { return this.conflicts.has(key); }
  clear(): void { this.conflicts.clear(); }
  get size(): number { return this.conflicts.size; }
}

export interface FailedRun {
  readonly run: Run<Key>;
  readonly object: KubeObject | undefined;
  readonly thrown: unknown;
  readonly life: RunInFlight;
  /** The queue's signal: stop, or the end of leadership. */
  readonly parent: AbortSignal;
  readonly log: Logger;
}

interface Ports {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly failing: FailingKeys;
  readonly metrics: ControllerMetrics;
  readonly recorder: EventRecorder;
}

/** What a failed run means for its key: an event, a log line, a value on `events$`, and the queue's answer. Rules: R19, R21, R23, R38. */
export function failed(ports: Ports, f: FailedRun): Finish {
  const error = toError(f.life.isAborted ? f.life.reason : f.thrown);
  // A stop or the end of a term is no failure of the run; its outcome counts for nothing.
  if (f.parent.aborted) return { type: 'retry', error };
  const { key, attempt } = f.run;
  const terminal = error instanceof TerminalError;
  const conflicts = ports.failing.failed(key, isReason(error, 'Conflict'));
  if (terminal) ports.failing.ended(key);
  if (f.life.isAborted) ports.metrics.timedOut();
  if (error instanceof SetpointError && error.code === 'NonErrorThrown') ports.metrics.panicked();
  const told = asSetpointError(error);
  ports.context.emit({ type: 'reconcileFailed', controller: ports.spec.name, key, error: told, attempt });
  const quiet = conflicts > 0 && conflicts < conflictsUntilEvent;
  const message = printable(error.message);
  f.log[quiet ? 'debug' : 'warn']('reconcile failed', { error: message, terminal });
  if (f.object && !quiet) ports.recorder.record(f.object, 'Warning', terminal ? 'ReconcileTerminal' : 'ReconcileError', message);
  if (terminal) return { type: 'terminal', error };
  const after = retryAfterMs(error);
  return after === undefined ? { type: 'retry', error } : { type: 'retry', error, after };
}

/** Only a time that the queue can keep; the backoff does for any other. */
function retryAfterMs(error: Error): number | undefined {
  const seconds = error instanceof ApiError ? error.status.details?.retryAfterSeconds : undefined;
  const ms = error instanceof RetryError ? error.after : seconds === undefined ? undefined : seconds * 1_000;
  return ms !== undefined && Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function asSetpointError(error: Error): SetpointError {
  return error instanceof SetpointError ? error : new SetpointError('ReconcileFailed', printable(error.message), { cause: error });
}
