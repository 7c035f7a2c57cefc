import { SetpointError, type ErrorOptions } from '../runtime/errors.js';
import type { Status, StatusDetails } from '../resource/status.js';

/** A request that the API refused. `status` is the whole answer; its text is the message to the letter (A5). */
export class ApiError extends SetpointError {
  readonly status: Status;

  constructor(status: Status, options: ErrorOptions = {}) {
    super(status.reason, status.message, options);
    this.status = status;
  }
}

/** A failure answer. */
export function failure(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return Object.freeze({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...(details ? { details } : {}) });
}

/** True for an ApiError with this reason. */
export function isReason(error: unknown, reason: string): error is ApiError {
  return error instanceof ApiError && error.status.reason === reason;
}
