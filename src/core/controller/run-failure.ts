import { ApiError, isReason } from '../api/api-error.js';
import type { EventRecorder } from '../client/event-recorder.js';
import type { Finish, Run } from '../queue/queue.js';
import type { Key, KubeObject } from '../resource/object.js';
import { SetpointError, toError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { RetryError, TerminalError } from './errors.js';
import type { CoreContext } from './runnable.js';
import type { ControllerSpec } from './spec.js';

/** Conflicts are ordinary; so many in a row are worth an event (R21). */
const conflictsUntilEvent = 3;

/** What a controller remembers of failed runs. */
export interface Failures {
  succeeded(key: Key): void;
  /** How many conflicts in a row this key had, this one included; 0 for another error. */
  conflict(key: Key, isConflict: boolean): number;
  count(result: 'error' | 'terminal' | 'timeout' | 'panic'): void;
}

export interface FailedRun {
  readonly run: Run<Key>;
  readonly object: KubeObject | undefined;
  readonly thrown: unknown;
  readonly signal: AbortSignal;
  /** The queue's signal: stop, or the end of leadership. */
  readonly parent: AbortSignal;
  readonly log: Logger;
}

interface Ports {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly failures: Failures;
  readonly recorder: EventRecorder;
}

/** What a failed run means for its key: an event, a log line, a value on `events$`, and the queue's answer. Rules: R19, R21, R23, R38. */
export function failed(ports: Ports, f: FailedRun): Finish {
  const error = f.signal.aborted ? toError(f.signal.reason) : toError(f.thrown);
  // A stop or the end of a term is no failure of the run; its outcome counts for nothing.
  if (f.parent.aborted) return { type: 'retry', error };
  const terminal = error instanceof TerminalError;
  const conflicts = ports.failures.conflict(f.run.key, isReason(error, 'Conflict'));
  count(ports.failures, f, error, terminal);
  ports.context.emit({ type: 'reconcileFailed', controller: ports.spec.name, key: f.run.key, error: asSetpointError(error), attempt: f.run.attempt });
  const quiet = conflicts > 0 && conflicts < conflictsUntilEvent;
  f.log[quiet ? 'debug' : 'warn']('reconcile failed', { error: error.message, terminal });
  if (f.object && !quiet) ports.recorder.record(f.object, 'Warning', terminal ? 'ReconcileTerminal' : 'ReconcileError', error.message);
  if (terminal) return { type: 'terminal', error };
  const after = retryAfterMs(error);
  return after === undefined ? { type: 'retry', error } : { type: 'retry', error, after };
}

function count(failures: Failures, f: FailedRun, error: Error, terminal: boolean): void {
  failures.count(terminal ? 'terminal' : 'error');
  if (f.signal.aborted) failures.count('timeout');
  if (error instanceof SetpointError && error.code === 'NonErrorThrown') failures.count('panic');
}

function retryAfterMs(error: Error): number | undefined {
  if (error instanceof RetryError) return error.after;
  const seconds = error instanceof ApiError ? error.status.details?.retryAfterSeconds : undefined;
  return seconds === undefined ? undefined : seconds * 1_000;
}

function asSetpointError(error: Error): SetpointError {
  return error instanceof SetpointError ? error : new SetpointError('ReconcileFailed', error.message, { cause: error });
}
