import type { Delivery, Revision, StoreBatch } from '../store.js';

/** A link of the shared ring. Consumers hold links, so what nobody needs any more is freed by itself. */
export interface Link<V> {
  readonly revision: Revision;
  /** Absent for the first link only. */
  readonly batch: StoreBatch<V> | undefined;
  /** Some update or delete in it came without its previous value (S31). */
  readonly prevLost: boolean;
  /** Of all batches up to and including this one. */
  readonly events: number;
  readonly sizeBytes: number;
  next: Link<V> | undefined;
}

/** A stretch of the ring that was handed out. */
export interface Run<V> {
  readonly from: Link<V>;
  readonly to: Link<V>;
  /** The end of the ring at that time. */
  readonly tail: Link<V>;
  readonly delivery: Delivery<V>;
}

/** What a consumer needs of the channel that it reads: its place in the ring, and to be woken. */
export interface Ring<V, C> {
  /** Every change at or below it is in the ring, or was. */
  readonly progressed: Revision;
  readonly tail: Link<V>;
  /** What follows `from`, which has a next one, as one delivery. */
  runFrom(from: Link<V>): Run<V>;
  /** Woken once, when there is something new. */
  wait(consumer: C): void;
  /** Wants the ring to be as new as `revision` (S34). */
  ask(revision: Revision): void;
  leave(consumer: C): void;
}
