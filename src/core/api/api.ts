import type { Observable } from 'rxjs';
import type { AnyKind } from '../resource/kind.js';
import type { JsonPatchOp } from '../resource/inputs.js';
import type { Epoch, Key, KubeObject, ResourceVersion } from '../resource/object.js';
import type { Status } from '../resource/status.js';

/** Where a request goes. `name` is absent for lists, watches and creates. */
export interface Address {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** Proof of a term: the write commits only while this epoch of the lease is the current one (A121, L19). */
export interface Fence {
  readonly lease: Key;
  readonly epoch: Epoch;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface GetParams extends RequestOptions {
  readonly resourceVersion?: string | undefined;
}

/** As written, undecoded: the api parses and refuses (A21–A27, A82–A84). */
export interface ListParams extends RequestOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
}

export interface WatchParams extends RequestOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface WriteParams extends RequestOptions {
  readonly dryRun?: boolean | undefined;
  readonly fieldManager?: string | undefined;
  /** In-process default: 'Strict' (A86). */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  readonly fence?: Fence | undefined;
}

export interface DeleteParams extends WriteParams {
  readonly propagationPolicy?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
}

export type Patch =
  | { readonly type: 'json'; readonly ops: readonly JsonPatchOp[] }
  | { readonly type: 'merge'; readonly value: unknown }
  | { readonly type: 'strategic'; readonly value: unknown }
  | { readonly type: 'apply'; readonly value: unknown; readonly force?: boolean | undefined };

/** The answer to a write (A2, A122). */
export interface Written<T extends KubeObject = KubeObject> {
  /** As stored: the same frozen value that get, list and watch give. For a delete: the last state. */
  readonly object: T;
  /** The version that the write was applied to; undefined for a create. Equal to `resourceVersion` for a no-op. */
  readonly appliedTo: ResourceVersion | undefined;
  /** The version that the write made; for a delete that of the deletion. */
  readonly resourceVersion: ResourceVersion;
  /** For deletes: the object is gone, not only marked. */
  readonly gone: boolean;
  /** For applies and PUTs that may create (A33): it did. */
  readonly created: boolean;
  readonly warnings: readonly string[];
}

export interface ListResult<T extends KubeObject = KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: ResourceVersion;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/**
 * One change. `resourceVersion` is that of the event: for DELETED the deletion's, while `object` is the last state
 * (with the event's version in it, A72, A73).
 */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T; readonly resourceVersion: ResourceVersion }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: ResourceVersion; readonly initialEventsEnd?: boolean }
  | { readonly type: 'ERROR'; readonly status: Status };

/**
 * The api's verbs, untyped: the one door that clients, informers and the simulator share. The in-process api and a
 * remote one are both this; a transport that delays, loses or refuses is one around another.
 *
 * Events of a watch come as arrays: one array per store revision or read. In process with `allowWatchBookmarks` a
 * BOOKMARK is also sent whenever the store moved on without an event for this watch, so that readers can wait for
 * any revision (I41).
 */
export interface Api {
  get(kind: AnyKind, at: Address, params?: GetParams): Promise<KubeObject>;
  list(kind: AnyKind, at: Address, params?: ListParams): Promise<ListResult>;
  watch(kind: AnyKind, at: Address, params?: WatchParams): AsyncIterable<readonly WatchEvent[]>;
  /** With a subresource: `at.name` and `at.subresource` address it (binding, eviction). */
  create(kind: AnyKind, at: Address, object: unknown, params?: WriteParams): Promise<Written>;
  update(kind: AnyKind, at: Address, object: unknown, params?: WriteParams): Promise<Written>;
  patch(kind: AnyKind, at: Address, patch: Patch, params?: WriteParams): Promise<Written>;
  delete(kind: AnyKind, at: Address, params?: DeleteParams): Promise<Written>;
  deleteCollection(kind: AnyKind, at: Address, options: ListParams & DeleteParams): Promise<ListResult>;
  /** The kinds served now; a new value when one is added (C67). Replays the last value; never errors. */
  readonly kinds$: Observable<readonly AnyKind[]>;
  /** Where a fenced write is refused by the store; 'none' against an API that cannot (L24). */
  readonly fencing: 'store' | 'none';
}
