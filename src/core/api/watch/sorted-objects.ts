import type { KubeObject } from '../../resource/object.js';

interface Entry {
  readonly key: string;
  object: KubeObject;
  live: boolean;
}

/**
 * Objects by key, listed in key order (A22). Changing an object costs O(1); the order is repaired when somebody lists,
 * by one merge however many keys came or went.
 */
export class SortedObjects {
  readonly #entries = new Map<string, Entry>();
  #sorted: Entry[] = [];
  #added: Entry[] = [];
  #removed = 0;
  #all: readonly KubeObject[] | undefined;

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#entries.get(key)?.object;
  }

  set(key: string, object: KubeObject): void {
    this.#all = undefined;
    const entry = this.#entries.get(key);
    if (entry) {
      entry.object = object;
      return;
    }
    const made = { key, object, live: true };
    this.#entries.set(key, made);
    this.#added.push(made);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#all = undefined;
    entry.live = false;
    this.#entries.delete(key);
    this.#removed++;
  }

  /** Every object; the same array until something changes. */
  all(): readonly KubeObject[] {
    return (this.#all ??= Object.freeze(this.#order().map((entry) => entry.object)));
  }

  /** The objects whose keys lie in [start, end). */
  between(start: string, end: string): readonly KubeObject[] {
    const sorted = this.#order();
    return sorted.slice(lowerBound(sorted, start), lowerBound(sorted, end)).map((entry) => entry.object);
  }

  #order(): readonly Entry[] {
    if (this.#added.length === 0 && this.#removed === 0) return this.#sorted;
    const kept = this.#removed === 0 ? this.#sorted : this.#sorted.filter((entry) => entry.live);
    const added = this.#added.filter((entry) => entry.live).sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#sorted = merge(kept, added);
    this.#added = [];
    this.#removed = 0;
    return this.#sorted;
  }
}

function merge(a: readonly Entry[], b: readonly Entry[]): Entry[] {
  if (a.length === 0) return [...b];
  const merged: Entry[] = [];
  let i = 0;
  for (const entry of b) {
    for (let next = a[i]; next !== undefined && next.key < entry.key; next = a[++i]) merged.push(next);
    merged.push(entry);
  }
  for (let next = a[i]; next !== undefined; next = a[++i]) merged.push(next);
  return merged;
}

function lowerBound(sorted: readonly Entry[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = sorted[middle];
    if (entry !== undefined && entry.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
