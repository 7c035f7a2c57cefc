import type { Bucket, Entry } from './cache-entry.js';

/** Key sets by a computed value, kept up to date by the cache. Rule: I24. */
export interface ObjectIndex<T> {
  /** Files a new or changed object. */
  put(entry: Entry<T>): void;
  remove(entry: Entry<T>): void;
  /** Takes the index out of all entries. */
  drop(entries: Iterable<Entry<T>>): void;
  get(value: string): readonly T[];
  values(): readonly string[];
}

const none: readonly never[] = Object.freeze([]);

/** `slot` is the index's place in `entry.buckets`. `onThrow` is told of an object that `valuesOf` threw for; it is then in no bucket. */
export function createObjectIndex<T>(slot: number, valuesOf: (object: T) => readonly string[], onThrow: (entry: Entry<T>, thrown: unknown) => void): ObjectIndex<T> {
  const buckets = new Map<string, Bucket<T>>();
  let names: readonly string[] | undefined;

  const compute = (entry: Entry<T>): readonly string[] => {
    try {
      return valuesOf(entry.object);
    } catch (thrown) {
      onThrow(entry, thrown);
      return none;
    }
  };
  const enter = (entry: Entry<T>, value: string): Bucket<T> => {
    let bucket = buckets.get(value);
    if (!bucket) {
      buckets.set(value, (bucket = { value, entries: new Set(), list: undefined }));
      names = undefined;
    }
    bucket.entries.add(entry);
    bucket.list = undefined;
    return bucket;
  };
  const leave = (entry: Entry<T>, bucket: Bucket<T>) => {
    bucket.entries.delete(entry);
    bucket.list = undefined;
    if (bucket.entries.size === 0) {
      buckets.delete(bucket.value);
      names = undefined;
    }
  };
  const remove = (entry: Entry<T>) => {
    for (const bucket of entry.buckets[slot] ?? none) leave(entry, bucket);
    entry.buckets[slot] = undefined;
  };

  return {
    put(entry) {
      const values = compute(entry);
      const old = entry.buckets[slot];
      if (old && sameValues(old, values)) {
        for (const bucket of old) bucket.list = undefined;
        return;
      }
      for (const bucket of old ?? none) if (!values.includes(bucket.value)) leave(entry, bucket);
      entry.buckets[slot] = values.length === 1 ? [enter(entry, values[0] as string)] : [...new Set(values)].map((value) => enter(entry, value));
    },
    remove,
    drop(entries) {
      for (const entry of entries) entry.buckets[slot] = undefined;
      buckets.clear();
    },
    get(value) {
      const bucket = buckets.get(value);
      if (!bucket) return none;
      bucket.list ??= objectsOf(bucket.entries, bucket.entries.size);
      return bucket.list;
    },
    values() {
      names ??= Object.freeze([...buckets.keys()]);
      return names;
    },
  };
}

/** Written out, as Array.from with a function takes three times as long. */
export function objectsOf<T>(entries: Iterable<Entry<T>>, size: number): readonly T[] {
  const objects = new Array<T>(size);
  let i = 0;
  for (const entry of entries) objects[i++] = entry.object;
  return Object.freeze(objects);
}

function sameValues<T>(buckets: readonly Bucket<T>[], values: readonly string[]): boolean {
  if (buckets.length !== values.length) return false;
  for (let i = 0; i < values.length; i++) if (buckets[i]?.value !== values[i]) return false;
  return true;
}
