import { SetpointError, type ErrorOptions } from '../runtime/errors.js';
import type { LeaseId, Revision } from './store.js';

/** What a failed write may have done: `no` is certain, `unknown` is settled by a read at best (S55, S57). */
export type Applied = 'no' | 'unknown';

export interface StoreErrorOptions extends ErrorOptions {
  readonly endpoint?: string | undefined;
}

/**
 * Base of the store's errors. `retryable`: the same call may succeed later without a change. Messages never hold keys,
 * values or credentials. Rule: S55.
 */
export class StoreError extends SetpointError {
  readonly retryable: boolean = false;
  readonly applied: Applied = 'no';
  readonly endpoint?: string;

  constructor(code: string, message: string, options: StoreErrorOptions = {}) {
    super(code, message, options);
    if (options.endpoint !== undefined) this.endpoint = options.endpoint;
  }
}

/** The revision asked for was forgotten; list again. Rules: S14, S32, S52. */
export class Compacted extends StoreError {
  constructor(readonly compactRevision: Revision, options?: StoreErrorOptions) {
    super('Compacted', `the revision asked for was compacted; the oldest kept is ${compactRevision.toString()}`, { hint: 'list again', ...options });
  }
}

/** The revision asked for is not reached yet. Rules: S14, S52. */
export class FutureRevision extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('FutureRevision', 'the revision asked for is beyond the current one of the store', options);
  }
}

/** A revision below 1, or `after: 0`. Rule: S27. */
export class InvalidRevision extends StoreError {
  constructor(what: string) {
    super('InvalidRevision', `${what} has to be a revision between 1 and 2^63-1`, { hint: 'list first; use the revision it answers' });
  }
}

/** 2^63-1 revisions were used. Rule: S5. */
export class RevisionExhausted extends StoreError {
  constructor() {
    super('RevisionExhausted', 'the store has used its last revision, 2^63-1');
  }
}

/** A put of a value that somebody could still change. Rule: S9. */
export class NotFrozen extends StoreError {
  constructor(path: string) {
    super('NotFrozen', `the value to put is not frozen${path === '' ? '' : ` at ${path}`}`, { hint: 'freeze it with Object.freeze before storing it' });
  }
}

/** An empty key, or one with a lone surrogate. Rule: S6. */
export class InvalidKey extends StoreError {
  constructor(reason: string, options?: StoreErrorOptions) {
    super('InvalidKey', `a key ${reason}`, options);
  }
}

/** A key named twice among the writes of a txn. Rule: S21. */
export class DuplicateKey extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('DuplicateKey', 'a key is named twice among the writes of a txn', options);
  }
}

/** Rule: S22. */
export class TooManyOps extends StoreError {
  constructor(limit: number | undefined, options?: StoreErrorOptions) {
    super('TooManyOps', `the txn has more operations than the limit${limit === undefined ? '' : ` of ${String(limit)}`}`, { hint: 'split it', ...options });
  }
}

/** Rule: S22. */
export class TooLarge extends StoreError {
  constructor(limitBytes: number | undefined, options?: StoreErrorOptions) {
    super('TooLarge', `the request is larger than the limit${limitBytes === undefined ? '' : ` of ${String(limitBytes)} bytes`}`, options);
  }
}

/** A guard did not hold: the writer's term is over. `actual` is 0 for an absent key. Rules: S23, S24. */
export class Fenced extends StoreError {
  constructor(readonly key: string, readonly expected: Revision, readonly actual: Revision) {
    super('Fenced', `a guard expected revision ${expected.toString()} and found ${actual.toString()}`, { hint: 'another has taken over; stop writing' });
  }
}

/** Rules: S46, S49. */
export class LeaseNotFound extends StoreError {
  constructor(readonly id: LeaseId, options?: StoreErrorOptions) {
    super('LeaseNotFound', `lease ${id.toString()} does not exist or has ended`, options);
  }
}

/** Rule: S45. */
export class InvalidLease extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('InvalidLease', 'the ttl of a lease has to be whole seconds between 1 and 9000000000', options);
  }
}

/** A call on a handle that was disposed. Rule: S92. */
export class Closed extends StoreError {
  constructor() {
    super('Closed', 'the store was closed');
  }
}

/** The store has less history than was already seen: another cluster, or a restored backup. Rule: S37. */
export class StoreRolledBack extends StoreError {
  constructor(readonly seen: Revision, readonly current: Revision, options?: StoreErrorOptions) {
    super('StoreRolledBack', `the store is at revision ${current.toString()}, revision ${seen.toString()} was seen before`, { hint: 'forget what was read and list again', ...options });
  }
}

const resetReasons = {
  'slow': 'the watcher fell too far behind',
  'prev-lost': 'the store no longer has the previous value of a change',
  'older-server': 'a member of the store that can do less has joined',
} as const;

/** The watch cannot go on without a gap; list again. `lastRevision` was delivered. Rules: S31, S41, S84. */
export class Reset extends StoreError {
  constructor(readonly reason: keyof typeof resetReasons, readonly lastRevision: Revision) {
    super('Reset', resetReasons[reason], { hint: 'list again' });
  }
}

/** Wrong user or password, or a token that could not be renewed. Rule: S76. */
export class Unauthenticated extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('Unauthenticated', 'the store refused the user or password', options);
  }
}

/** Rule: S76. */
export class PermissionDenied extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('PermissionDenied', 'the user of the store may not do this', options);
  }
}

/** Rules: S70, S80. */
export class NoSpace extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('NoSpace', 'the store is full; reads, watches and deletes go on', options);
  }
}

/** Rule: S80. */
export class Corrupt extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('Corrupt', 'the store reports that its data are corrupt', { hint: 'restore the member from the others or from a backup', ...options });
  }
}

/** Could not be reached, or not served now; nothing was written. Rules: S57, S59. */
export class Unavailable extends StoreError {
  override readonly retryable = true;
  constructor(detail: string, options?: StoreErrorOptions) {
    super('Unavailable', `the store is not available: ${detail}`, options);
  }
}

/** The server asked to slow down; nothing was written. Rule: S57. */
export class TooManyRequests extends StoreError {
  override readonly retryable = true;
  constructor(options?: StoreErrorOptions) {
    super('TooManyRequests', 'the store has too many requests waiting', options);
  }
}

/** Refused by the server for a reason without a class of its own; nothing was written. Rule: S57. */
export class Refused extends StoreError {
  constructor(detail: string, options?: StoreErrorOptions) {
    super('Refused', `the store refused the request: ${detail}`, options);
  }
}

/** A server version that loses data. Rule: S83. */
export class UnsafeServer extends StoreError {
  constructor(version: string, hint: string) {
    super('UnsafeServer', `the store's server has version ${version}, which is not safe to use`, { hint });
  }
}

/** There is one copy of the store: no members to compare. Rule: S87. */
export class NoMembers extends StoreError {
  constructor(store: string) {
    super('NoMembers', `the store ${store} has no members to compare`);
  }
}

/** Whether a lost write was applied cannot be made certain. Rule: S58. */
export class CannotSettle extends StoreError {
  constructor(why: string, options?: StoreErrorOptions) {
    super('CannotSettle', `whether the txn was applied cannot be made certain: ${why}`, { hint: 'read what it was to write', ...options });
  }
}
