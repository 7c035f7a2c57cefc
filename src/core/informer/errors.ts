import type { Key, ResourceVersion } from '../resource/object.js';
import { SetpointError, type ErrorOptions } from '../runtime/errors.js';

/** An informer did not become complete in time; `cause` is its last fault. The informer itself goes on trying. Rule: I43. */
export class CacheSyncTimeout extends SetpointError {
  constructor(what: string, waitedMs: number, options: ErrorOptions = {}) {
    super('CacheSyncTimeout', `the cache of ${what} was not complete after ${String(waitedMs / 1_000)} s`, {
      hint: 'see the cause: the kind may not be served, reading it may be refused, or the API may not answer', ...options,
    });
  }
}

/** A cache has not seen a version in time. Trying again later is right; stale data is never given instead. Rule: I40. */
export class CacheBehind extends SetpointError {
  readonly retryable = true;

  constructor(readonly kind: string, readonly key: Key | undefined, readonly want: ResourceVersion | undefined, readonly seen: ResourceVersion, waitedMs: number) {
    const what = key === undefined ? kind : `${kind} ${key}`;
    const wanted = want === undefined ? 'the outcome of a write' : `version ${want}`;
    super('CacheBehind', `the cache of ${what} has not seen ${wanted} after ${String(waitedMs / 1_000)} s, it is at ${seen}`, {
      hint: 'try again later; when it lasts, look at the status of the informer',
    });
  }
}

/** An index was asked for that nobody has defined. Rule: I24. */
export class UnknownIndex extends SetpointError {
  constructor(kind: string, name: string, known: readonly string[]) {
    super('UnknownIndex', `the cache of ${kind} has no index ${JSON.stringify(name)}, only ${known.join(', ')}`, { hint: 'define it in `indexers` or with addIndex()' });
  }
}

/** An answer shows a past older than what was seen; it is thrown away and asked for again. Rule: I15. */
export class TimeTravel extends SetpointError {
  constructor(what: string, readonly answered: ResourceVersion, readonly seen: ResourceVersion) {
    super('TimeTravel', `${what} answered version ${answered}, but ${seen} was seen before`, { hint: 'a replica behind, or a store restored from a backup' });
  }
}

/** The store went back for good: all that was known is forgotten and read anew. Rule: I15. */
export class StoreRolledBack extends SetpointError {
  constructor(what: string, seen: ResourceVersion, options: ErrorOptions = {}) {
    super('StoreRolledBack', `${what}: the store went back behind version ${seen}; everything is read anew`, options);
  }
}

/** A read outside the namespaces that the reader declared. Rule: R5. */
export class OutOfScope extends SetpointError {
  constructor(who: string, what: string, namespaces: readonly string[], missing: string) {
    super('OutOfScope', `${who} read ${what}, its scope is ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')}`, { hint: `add ${missing} to its namespaces` });
  }
}

/** A list or watch failed; `message` names verb and resource, `cause` is what was thrown. Rules: I12, I13. */
export class WatchFault extends SetpointError {}

/** A function of the user's (transform, index, subscriber) threw; `code` tells which. Rules: I24, I26, I34. */
export class CallbackFault extends SetpointError {
  constructor(code: 'TransformFailed' | 'IndexFailed' | 'SubscriberFailed', message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}
