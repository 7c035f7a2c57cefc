import { NoSpace } from '../errors.js';
import type { Codec, WriteOp } from '../store.js';

/** How much a put of a key that is there may grow it when the store is full: marks of deletion, renewals. */
const slackBytes = 256;
/** The share of the limit that such growth may take in all. */
const slackShare = 1 / 16;

/** Counts what keys and values take, and refuses puts beyond a limit. Rules: S70, B104. */
export class Quota<V> {
  readonly #maxBytes: number;
  readonly #sizes = new Map<string, number>();
  #total = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What each put takes; undefined for deletes. */
  sizesOf(ops: readonly WriteOp<V>[], codec: Pick<Codec<V>, 'encode'>): readonly (number | undefined)[] {
    return ops.map((op) => (op.type === 'put' ? op.key.length + (op.sizeBytes ?? codec.encode(op.value).length) : undefined));
  }

  /** `deleted`: the keys that the deletes among them may free. @throws NoSpace */
  check(ops: readonly WriteOp<V>[], sizes: readonly (number | undefined)[], deleted: readonly string[]): void {
    let growth = -deleted.reduce((sum, key) => sum + (this.#sizes.get(key) ?? 0), 0);
    let small = true;
    ops.forEach((op, i) => {
      if (op.type !== 'put') return;
      const before = this.#sizes.get(op.key);
      const more = (sizes[i] ?? 0) - (before ?? 0);
      growth += more;
      if (before === undefined || more > slackBytes) small = false;
    });
    const after = this.#total + growth;
    if (growth > 0 && after > this.#maxBytes * (small ? 1 + slackShare : 1)) throw new NoSpace();
  }

  set(key: string, sizeBytes: number): void {
    this.#total += sizeBytes - (this.#sizes.get(key) ?? 0);
    this.#sizes.set(key, sizeBytes);
  }

  delete(key: string): void {
    this.#total -= this.#sizes.get(key) ?? 0;
    this.#sizes.delete(key);
  }
}
