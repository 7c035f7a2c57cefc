import { SetpointError, type ErrorOptions } from '../runtime/errors.js';

/** Throw it from a reconcile: not tried again until something changes (R19). */
export class TerminalError extends SetpointError {
  constructor(message: string, options: ErrorOptions & { readonly code?: string } = {}) {
    super(options.code ?? 'Terminal', message, options);
  }
}

/** Throw it from a reconcile: tried again, not before `after` milliseconds (R19). */
export class RetryError extends SetpointError {
  readonly after?: number;
  constructor(message: string, options: ErrorOptions & { readonly after?: number } = {}) {
    super('Retry', message, options);
    if (options.after !== undefined) this.after = options.after;
  }
}

/** A reconcile answered something that is no outcome: a failure, with back-off (R18, B83). */
export class InvalidOutcome extends SetpointError {
  constructor(message: string, options: ErrorOptions = {}) {
    super('InvalidOutcome', message, { hint: 'return nothing, or { status?, conditions?, requeueAfter?, requeueAt? }', ...options });
  }
}

/** Why a run's signal aborted at its deadline (R23). */
export class DeadlineExceeded extends SetpointError {
  constructor(what: string, ms: number) {
    super('DeadlineExceeded', `${what} did not end within ${ms} ms`, { hint: 'pass `signal` on to what you await, or raise the timeout option of the controller' });
  }
}

/** A child that this primary cannot own, found before any request (R28). */
export class InvalidOwner extends TerminalError {
  constructor(message: string) {
    super(message, { code: 'InvalidOwner', hint: 'pass { owner: false } to write the object without an owner reference' });
  }
}

/** A child that another object controls: never stolen (R29). */
export class AlreadyOwned extends TerminalError {
  constructor(child: string, owner: string) {
    super(`${child} is controlled by ${owner}`, { code: 'AlreadyOwned', hint: 'choose another name for the child' });
  }
}
