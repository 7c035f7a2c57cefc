/**
 * The store: an ordered, revisioned log of key → opaque value with five verbs. Rules: S1–S93.
 * It knows nothing of kinds, namespaces or metadata.
 */

/** 1n … 2n**63n-1n; a decimal string on the outside. Never a JavaScript number (S5). */
export type Revision = bigint;
export type LeaseId = bigint;

/** How values become bytes and back. `stamp` puts the revision of its write into a value (S8). */
export interface Codec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array, revision: Revision): V;
  stamp(value: V, revision: Revision): V;
}

export interface Item<V> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  readonly version: bigint;
  readonly lease: LeaseId;
  /** The bytes did not decode: why. `value` is then not to be read (S10). */
  readonly corrupt?: Error | undefined;
}

/** Where the next page begins, and at which revision (S13). */
export interface Cursor {
  readonly start: string;
  readonly revision: Revision;
}

/** Either one key or a half-open interval [start, end), or all keys that begin with `prefix` ('' = all keys). */
export type Interval =
  | { readonly key: string }
  | { readonly start: string; readonly end: string }
  | { readonly prefix: string };

export type RangeOptions = Interval & {
  /** The state at this revision; the newest when left out (S11, S14). */
  readonly revision?: Revision;
  /** 0 or absent: all (S13). */
  readonly limit?: number;
  readonly cursor?: Cursor;
  /** Without values; the `lease` of an item is then not to be relied on (S12). */
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly serializable?: boolean;
  readonly signal?: AbortSignal;
};

export interface RangeResult<V> {
  readonly items: readonly Item<V>[];
  /** The store's revision at which the read was served. */
  readonly revision: Revision;
  /** Keys in the whole interval, from the cursor on where there is one, whatever the limit (S12). */
  readonly count: number;
  readonly next?: Cursor;
}

/** An absent key has 0 for each (S17). */
export type Compare = { readonly key: string; readonly op: '=' | '!=' | '<' | '>' } & (
  | { readonly modRevision: Revision }
  | { readonly createRevision: Revision }
  | { readonly version: bigint }
  | { readonly lease: LeaseId });

/** A compare whose failure is `Fenced`, not `ok: false` (S23). */
export type Guard = { readonly key: string } & ({ readonly modRevision: Revision } | { readonly createRevision: Revision });

export type WriteOp<V> =
  | { readonly type: 'put'; readonly key: string; readonly value: V; readonly lease?: LeaseId; readonly prev?: boolean; readonly sizeBytes?: number }
  | ({ readonly type: 'delete'; readonly prev?: boolean } & Interval);
export type ReadOp = { readonly type: 'get'; readonly key: string };

export interface Txn<V> {
  readonly guards?: readonly Guard[];
  readonly compare: readonly Compare[];
  readonly then: readonly WriteOp<V>[];
  /** Evaluated in the same atomic step when a compare fails (S18). */
  readonly else?: readonly ReadOp[];
  readonly signal?: AbortSignal;
}

export type OpResult<V> =
  /** `stored` is the value as `stamp` made it: in `memory` the very reference that range and watch give (S8, A2). */
  | { readonly type: 'put'; readonly prev?: Item<V>; readonly stored?: V }
  | { readonly type: 'delete'; readonly deleted: number; readonly prev?: readonly Item<V>[] }
  | { readonly type: 'get'; readonly item?: Item<V> };

export interface TxnResult<V> {
  /** Whether all compares held, so that `then` was done; otherwise `else` was read. */
  readonly ok: boolean;
  /** The revision of this txn's changes, or the store's current one when it changed nothing. */
  readonly revision: Revision;
  /** In the order of the operations of the branch that ran (S25). */
  readonly results: readonly OpResult<V>[];
}

export interface StoreEvent<V> {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** Absent for deletes. */
  readonly value?: V;
  /** The last value before; with `prev: true` always there for updates and deletes (S31). */
  readonly prev?: V;
  readonly createRevision: Revision;
  /** The revision of this change, for a delete too (S30). */
  readonly modRevision: Revision;
  readonly version: bigint;
  readonly lease: LeaseId;
  readonly corrupt?: Error;
}

/** All events of one revision below the prefix (S29). */
export interface StoreBatch<V> {
  readonly revision: Revision;
  readonly events: readonly StoreEvent<V>[];
}

export type Delivery<V> =
  | { readonly type: 'batches'; readonly batches: readonly StoreBatch<V>[] }
  /** Every event with revision ≤ it was delivered on this watch (S33). */
  | { readonly type: 'progress'; readonly revision: Revision };

export interface WatchOptions {
  readonly prefix: string;
  /** Everything with revision > `after` (S27). */
  readonly after: Revision;
  readonly prev?: boolean;
  readonly signal?: AbortSignal;
}

/** Ends by `return()` or abort without an error; throws `Compacted`, `Reset`, `StoreRolledBack`, … when it cannot go on. */
export interface StoreWatch<V> extends AsyncIterable<Delivery<V>> {
  /** Resolves when this watch has progressed to ≥ `revision` (S34). */
  freshTo(revision: Revision, signal?: AbortSignal): Promise<void>;
}

export interface Leases {
  /** Whole seconds; the granted ttl may be longer. @throws InvalidLease, NoSpace. Rule: S45. */
  grant(ttlSeconds: number, signal?: AbortSignal): Promise<{ readonly id: LeaseId; readonly ttlSeconds: number }>;
  /** The lease has its whole ttl again. @throws LeaseNotFound when it has ended. Rule: S49. */
  keepAlive(id: LeaseId, signal?: AbortSignal): Promise<{ readonly ttlSeconds: number }>;
  /** Ends it now, with the keys attached to it, in one revision. @throws LeaseNotFound. Rule: S47. */
  revoke(id: LeaseId, signal?: AbortSignal): Promise<void>;
}

/** How the store is doing as far as this handle knows, without I/O. `detail` names no key or value (S36, S80). */
export interface StoreHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/** What opening a store on disk found there. */
export interface Recovery {
  /** Bytes of a write that a crash left unfinished; they were cut off (S66). */
  readonly tornBytes: number;
  /** The store's revision when it was opened. */
  readonly revision: Revision;
}

/** A backup that was made. */
export interface Backup {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of all but its last 32 bytes, which are it; hexadecimal. */
  readonly sha256: string;
  /** The store's revision that it holds, where the store says so. */
  readonly revision?: Revision;
}

/** What one member of a cluster holds, by its own count. */
export interface VerifiedMember {
  readonly endpoint: string;
  /** Of all keys and values up to the verified revision. */
  readonly hash?: number;
  readonly compactRevision?: Revision;
  /** Why it did not answer. */
  readonly error?: Error;
}

/** Whether all members hold the same. */
export interface Verification {
  /** All members answered, and their hashes are equal. */
  readonly ok: boolean;
  /** At which the hashes were taken. */
  readonly revision: Revision;
  readonly members: readonly VerifiedMember[];
}

/** One open store. */
export interface StoreHandle<V> extends AsyncDisposable {
  /**
   * The items of an interval in the order of their keys' UTF-8 bytes, now or at a revision of the past. Linearizable unless
   * `serializable` is set: it sees every write that was acknowledged before.
   * @throws InvalidKey, InvalidRevision, FutureRevision, Compacted, Unavailable, Aborted, Closed. Rules: S6, S7, S11–S16.
   */
  range(options: RangeOptions): Promise<RangeResult<V>>;
  /**
   * Compares and writes in one step: all of `then`, or nothing and the reads of `else`. Raises the revision by one if it
   * changes something. Never repeated by the store once it was sent.
   * @throws Fenced when a guard does not hold; InvalidKey, NotFrozen, DuplicateKey, TooManyOps, TooLarge, LeaseNotFound, NoSpace
   * with nothing written; UnknownOutcome when it may have been. Rules: S2, S17–S26, S56, S57.
   */
  txn(txn: Txn<V>): Promise<TxnResult<V>>;
  /**
   * Everything below a prefix after a revision: whole revisions, in order, each once. Repairs broken connections by itself; the
   * iteration throws when there would be a gap.
   * @throws InvalidRevision, InvalidKey, Closed at once; Compacted, Reset, StoreRolledBack from the iteration. Rules: S27–S44.
   */
  watch(options: WatchOptions): StoreWatch<V>;
  readonly lease: Leases;
  /** Drops what only revisions below this one need. @throws InvalidRevision, FutureRevision, Compacted. Rule: S52. */
  compact(revision: Revision, signal?: AbortSignal): Promise<void>;
  /** The newest revision this handle knows of, without I/O. */
  readonly seen: Revision;
  readonly health: StoreHealth;
  /** Of a store that this process keeps on disk. */
  readonly recovery?: Recovery;
  /** Writes the whole store at one revision to a file, beside its other work. Absent where nothing is kept. Rules: S88, S91. */
  backup?(path: string, signal?: AbortSignal): Promise<Backup>;
  /** Compares what the members of its cluster hold. Absent where there is one copy. Rule: S87. */
  verify?(signal?: AbortSignal): Promise<Verification>;
}
