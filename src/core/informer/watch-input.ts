import type { WatchEvent } from '../api/api.js';
import { ApiError } from '../api/api-error.js';
import type { KubeObject, ResourceVersion } from '../resource/object.js';
import type { Status } from '../resource/status.js';
import { toError, type SetpointError } from '../runtime/errors.js';
import { WatchFault } from './errors.js';

/** A request that failed, as a value. `code` is the HTTP code, 0 when there was no answer at all. */
export interface Failure {
  readonly code: number;
  readonly error: SetpointError;
  readonly retryAfterMs?: number;
  /** The store went backwards (A74, S37). */
  readonly rolledBack: boolean;
}

/** What can happen to a watch. Answers bear the id of the request they belong to; an old id changes nothing (I2). */
export type WatchInput =
  | { readonly type: 'start' }
  | { readonly type: 'tick' }
  | { readonly type: 'stop' }
  | { readonly type: 'listed'; readonly id: number; readonly items: readonly KubeObject[]; readonly rv: ResourceVersion; readonly continue: string | undefined }
  | { readonly type: 'events'; readonly id: number; readonly events: readonly WatchEvent[] }
  | { readonly type: 'ended'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure };

export type ObjectEvent = Exclude<WatchEvent, { readonly type: 'BOOKMARK' | 'ERROR' }>;

export interface ListRequest {
  readonly type: 'list';
  readonly id: number;
  readonly rv: string | undefined;
  readonly match: 'NotOlderThan' | undefined;
  readonly limit: number | undefined;
  readonly continue: string | undefined;
}
export interface WatchRequest {
  readonly type: 'watch';
  readonly id: number;
  readonly rv: string | undefined;
  readonly timeoutSeconds: number;
  /** A streaming list comes first (I5); it bears NotOlderThan. */
  readonly initialEvents: boolean;
}

/** What the shell is asked to do, in order. */
export type WatchEffect =
  | ListRequest
  | WatchRequest
  | { readonly type: 'cancel'; readonly id: number }
  /** One timer; a later one replaces it, undefined clears it. */
  | { readonly type: 'wakeAt'; readonly at: number | undefined }
  | { readonly type: 'replace'; readonly items: readonly KubeObject[]; readonly rv: ResourceVersion }
  /** `events` is empty when only the version moved on (I14). */
  | { readonly type: 'apply'; readonly events: readonly ObjectEvent[]; readonly rv: ResourceVersion }
  | { readonly type: 'synced' }
  | { readonly type: 'rolledBack' }
  | { readonly type: 'fault'; readonly error: SetpointError };

/** A failure answer of the API as a failure of this request. */
export function failureOfStatus(status: Status, what: string, cause: unknown = new ApiError(status)): Failure {
  const retryAfter = status.details?.retryAfterSeconds;
  return {
    code: status.code,
    error: new WatchFault(status.reason === '' ? 'WatchFault' : status.reason, `${what}: ${status.message}`, { cause }),
    rolledBack: status.code === 410 && (status.details?.causes ?? []).some((c) => c.reason === 'StoreRolledBack'),
    ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter * 1_000 }),
  };
}

/** Anything thrown by a list or watch as a failure. */
export function failureOf(thrown: unknown, what: string): Failure {
  if (thrown instanceof ApiError) return failureOfStatus(thrown.status, what, thrown);
  const error = toError(thrown);
  return { code: 0, error: new WatchFault('WatchFault', `${what}: ${error.message}`, { cause: thrown }), rolledBack: false };
}
