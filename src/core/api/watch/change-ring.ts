import type { Revision } from '../../store/store.js';
import type { ChangeBatch } from './change.js';

/** The newest changes of a resource, so that a watch may begin a little in the past. Bounded by events. */
export class ChangeRing {
  readonly #capacity: number;
  #batches: ChangeBatch[] = [];
  #head = 0;
  #count = 0;
  #start: Revision;

  /** Holds everything after `start`. */
  constructor(capacity: number, start: Revision) {
    this.#capacity = capacity;
    this.#start = start;
  }

  /** Every change with a greater revision is here. */
  get start(): Revision {
    return this.#start;
  }

  push(batch: ChangeBatch): void {
    this.#batches.push(batch);
    this.#count += batch.changes.length;
    while (this.#count > this.#capacity) {
      const oldest = this.#batches[this.#head];
      if (oldest === undefined) return;
      this.#head++;
      this.#count -= oldest.changes.length;
      this.#start = oldest.revision;
    }
    // Cut now and then, not at each push: shifting an array of thousands is not free.
    if (this.#head > 1_024 && this.#head * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The batches after `revision`, oldest first; undefined when some of them are gone already. */
  after(revision: Revision): readonly ChangeBatch[] | undefined {
    if (revision < this.#start) return undefined;
    let from = this.#batches.length;
    while (from > this.#head && (this.#batches[from - 1]?.revision ?? 0n) > revision) from--;
    return this.#batches.slice(from);
  }
}
