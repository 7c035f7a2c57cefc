import type { LeaseId, Revision, WriteOp } from '../store.js';

/**
 * Writes each change down before it is made. What it throws goes to the caller of the write, and the store stays as it
 * was. Rules: S64, S70.
 */
export interface Journal<V> {
  /** This revision is going to consist of these operations, which do change something. */
  txn(revision: Revision, ops: readonly WriteOp<V>[]): void;
  granted(id: LeaseId, ttlSeconds: number): void;
  /** The lease ends; with keys attached their deletion is this revision, without any it is the current one. */
  ended(id: LeaseId, revision: Revision): void;
  compacted(revision: Revision): void;
}
