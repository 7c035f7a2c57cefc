/** A binary heap that finds its items, so that any of them can be taken out or moved. */
export class Heap<T> {
  readonly #less: (a: T, b: T) => boolean;
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  has(item: T): boolean {
    return this.#positions.has(item);
  }

  push(item: T): void {
    this.#items.push(item);
    this.#up(this.#items.length - 1, item);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** False when it is not in here. */
  delete(item: T): boolean {
    const i = this.#positions.get(item);
    if (i === undefined) return false;
    this.#positions.delete(item);
    // Not empty: it holds `item` at least.
    const last = this.#items.pop() as T;
    if (i < this.#items.length) this.#settle(i, last);
    return true;
  }

  /** Puts an item whose order may have changed in its place. */
  fix(item: T): void {
    const i = this.#positions.get(item);
    if (i !== undefined) this.#settle(i, item);
  }

  /** In no order. */
  values(): readonly T[] {
    return this.#items;
  }

  #settle(i: number, item: T): void {
    if (this.#up(i, item) === i) this.#down(i, item);
  }

  #up(from: number, item: T): number {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = this.#items[parent] as T;
      if (!this.#less(item, above)) break;
      this.#place(i, above);
      i = parent;
    }
    this.#place(i, item);
    return i;
  }

  #down(from: number, item: T): void {
    let i = from;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.#items.length) break;
      const right = child + 1;
      if (right < this.#items.length && this.#less(this.#items[right] as T, this.#items[child] as T)) child = right;
      const below = this.#items[child] as T;
      if (!this.#less(below, item)) break;
      this.#place(i, below);
      i = child;
    }
    this.#place(i, item);
  }

  #place(i: number, item: T): void {
    this.#items[i] = item;
    this.#positions.set(item, i);
  }
}
