import { compareKeys, hasHighUnits } from '../keys.js';

/** Half of a chunk is moved when it is split; larger chunks make inserts slower, smaller ones make more of them. */
const maxChunk = 512;

interface Position {
  readonly chunk: number;
  readonly index: number;
}

/** A half-open interval of keys; without `end` and `prefix` it is open above. */
export interface Bounds {
  readonly start: string;
  readonly end?: string | undefined;
  readonly prefix?: string | undefined;
}

/** Records in the order of their keys' UTF-8 bytes (S6): a list of sorted chunks, each operation O(log n). */
export class SortedRecords<R extends { readonly key: string }> {
  readonly #chunks: R[][] = [];
  #size = 0;
  /** While no key has a unit above U+D7FF, plain comparison is exact, whatever the other side is. */
  #plain = true;

  get size(): number {
    return this.#size;
  }

  /** The key must not be there yet. */
  insert(record: R): void {
    if (this.#plain && hasHighUnits(record.key)) this.#plain = false;
    this.#size++;
    const last = this.#chunks.length - 1;
    if (last < 0) { this.#chunks.push([record]); return; }
    const at = this.#lowerBound(record.key);
    const number = Math.min(at.chunk, last);
    const chunk = this.#chunks[number] as R[];
    if (at.chunk > last) chunk.push(record);
    else chunk.splice(at.index, 0, record);
    if (chunk.length > maxChunk) this.#chunks.splice(number + 1, 0, chunk.splice(splitPoint(at.index, chunk.length)));
  }

  /** The key must be there. */
  remove(key: string): void {
    const at = this.#lowerBound(key);
    const chunk = this.#chunks[at.chunk] as R[];
    chunk.splice(at.index, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(at.chunk, 1);
  }

  /** How many records lie within the bounds. */
  count(bounds: Bounds): number {
    if (bounds.prefix === '' && bounds.start === '') return this.#size;
    const from = this.#lowerBound(bounds.start);
    const to = this.#upperBound(bounds, from);
    if (from.chunk === to.chunk) return to.index - from.index;
    let count = (this.#chunks[from.chunk]?.length ?? 0) - from.index + to.index;
    for (let i = from.chunk + 1; i < to.chunk; i++) count += (this.#chunks[i] as R[]).length;
    return count;
  }

  /** Calls `visit` for each record within the bounds in order, until it answers false. */
  each(bounds: Bounds, visit: (record: R) => boolean | void): void {
    const from = this.#lowerBound(bounds.start);
    for (let c = from.chunk; c < this.#chunks.length; c++) {
      const chunk = this.#chunks[c] as R[];
      // The last key of the chunk decides for all of it: most chunks need no test per record.
      const whole = this.#below(bounds, (chunk[chunk.length - 1] as R).key);
      for (let i = c === from.chunk ? from.index : 0; i < chunk.length; i++) {
        const record = chunk[i] as R;
        if (!whole && !this.#below(bounds, record.key)) return;
        if (visit(record) === false) return;
      }
    }
  }

  #before(a: string, b: string): boolean {
    return this.#plain ? a < b : compareKeys(a, b) < 0;
  }

  /** For keys not below `start`: within the upper bound. */
  #below(bounds: Bounds, key: string): boolean {
    if (bounds.end !== undefined) return this.#before(key, bounds.end);
    return bounds.prefix === undefined || key.startsWith(bounds.prefix);
  }

  #lowerBound(key: string): Position {
    return this.#find((other) => this.#before(other, key), 0);
  }

  #upperBound(bounds: Bounds, from: Position): Position {
    if (bounds.end === undefined && (bounds.prefix ?? '') === '') return { chunk: this.#chunks.length, index: 0 };
    const to = this.#find((key) => this.#below(bounds, key), from.chunk, from.index);
    return to;
  }

  /** The first record, not before chunk `low` and there index `first`, whose key does not satisfy `skip`. */
  #find(skip: (key: string) => boolean, low: number, first = 0): Position {
    let chunk = low;
    let high = this.#chunks.length;
    while (chunk < high) {
      const middle = (chunk + high) >> 1;
      const records = this.#chunks[middle] as R[];
      if (skip((records[records.length - 1] as R).key)) chunk = middle + 1;
      else high = middle;
    }
    const records = this.#chunks[chunk];
    if (records === undefined) return { chunk, index: 0 };
    let index = chunk === low ? first : 0;
    let end = records.length - 1;
    while (index < end) {
      const middle = (index + end) >> 1;
      if (skip((records[middle] as R).key)) index = middle + 1;
      else end = middle;
    }
    return { chunk, index };
  }
}

/** Ascending inserts fill chunks to the brim instead of leaving them half empty. */
function splitPoint(insertedAt: number, length: number): number {
  return insertedAt === length - 1 ? length - 1 : length >> 1;
}
