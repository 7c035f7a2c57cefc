import type { Item, Revision, StoreBatch, StoreEvent } from '../store.js';

/** One key, with the chain of its states, newest first. */
export interface Record<V> {
  readonly key: string;
  head: Version<V>;
}

/** A state that a key had from `modRevision` on; without an item it was deleted then. */
export interface Version<V> {
  readonly record: Record<V>;
  readonly modRevision: Revision;
  readonly item: Item<V> | undefined;
  older: Version<V> | undefined;
}

/** What one revision changed. */
export interface Entry<V> {
  readonly revision: Revision;
  readonly atMs: number;
  readonly sizeBytes: number;
  readonly versions: readonly Version<V>[];
  /** Made when the first watch asks; then shared by all (S39). */
  batch: StoreBatch<V> | undefined;
}

/** The newest state at or before a revision. */
export function versionAt<V>(record: Record<V>, revision: Revision): Version<V> | undefined {
  let version: Version<V> | undefined = record.head;
  while (version && version.modRevision > revision) version = version.older;
  return version;
}

export function batchOf<V>(entry: Entry<V>): StoreBatch<V> {
  return (entry.batch ??= { revision: entry.revision, events: entry.versions.map(eventOf) });
}

function eventOf<V>(version: Version<V>): StoreEvent<V> {
  const { item, older, modRevision, record } = version;
  const prev = older?.item;
  if (item === undefined) {
    // As etcd tells it: a deletion has no creation, version or lease of its own.
    return { type: 'delete', key: record.key, createRevision: 0n, modRevision, version: 0n, lease: 0n, ...(prev ? { prev: prev.value } : {}) };
  }
  return {
    type: 'put', key: record.key, value: item.value, createRevision: item.createRevision, modRevision,
    version: item.version, lease: item.lease, ...(prev ? { prev: prev.value } : {}), ...(item.corrupt ? { corrupt: item.corrupt } : {}),
  };
}

/** The entries of consecutive revisions, from the oldest kept on: O(1) at both ends and by revision. */
export class History<V> {
  #entries: (Entry<V> | undefined)[] = [];
  #start = 0;

  get length(): number {
    return this.#entries.length - this.#start;
  }

  /** The i-th oldest. */
  at(index: number): Entry<V> | undefined {
    return this.#entries[this.#start + index];
  }

  /** How many kept entries have a revision ≤ this one; the index of the next. */
  indexAfter(revision: Revision): number {
    const first = this.at(0);
    if (first === undefined || revision < first.revision) return 0;
    const distance = revision - first.revision + 1n;
    return distance > BigInt(this.length) ? this.length : Number(distance);
  }

  push(entry: Entry<V>): void {
    this.#entries.push(entry);
  }

  shift(): void {
    this.#entries[this.#start++] = undefined;
    if (this.#start > 1_024 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }
}
