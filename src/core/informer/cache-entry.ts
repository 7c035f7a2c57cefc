import type { Key } from '../resource/object.js';

/** What the cache holds of one key. */
export interface Entry<T> {
  readonly key: Key;
  object: T;
  /** By the slot of each index: where the object is filed. */
  readonly buckets: (readonly Bucket<T>[] | undefined)[];
  /** The last list that had it, to find what is gone. */
  stamp: number;
}

/** The objects that have one value of an index. */
export interface Bucket<T> {
  readonly value: string;
  readonly entries: Set<Entry<T>>;
  /** Made when it is asked for, dropped by the next change (I25). */
  list: readonly T[] | undefined;
}
