/** What stands in a line, and its rank there. */
export interface Standing {
  /** The stamp of its live slot, 0 when it has none; stamps are unique over all lines. */
  slot: number;
  first: number;
  second: number;
}

interface Slot<T> {
  readonly first: number;
  readonly second: number;
  readonly stamp: number;
  readonly item: T;
}

/** Free places that the sorted list keeps; growing again is dear. */
const keptPlaces = 1_024;

/** Dead slots are swept when they exceed the live ones by this many (Q42). */
const sweepAt = 64;

/**
 * A priority queue by (first, second), smallest out first. What is pushed in order goes to the end of a sorted list,
 * which costs next to nothing; the rest goes into a heap. Leaving is lazy: the item's stamp changes and the slot is dead.
 * Rules: Q22, Q42.
 */
export class Line<T extends Standing> {
  /** The sorted list: places from `head` to before `tail`, with the stamp of each. */
  private items: (T | undefined)[] = [];
  private stamps: number[] = [];
  private head = 0;
  private tail = 0;
  private lastFirst = 0;
  private lastSecond = 0;
  private heap: Slot<T>[] = [];
  private live = 0;

  get size(): number { return this.live; }
  get dead(): number { return this.tail - this.head + this.heap.length - this.live; }

  push(item: T, first: number, second: number, stamp: number): void {
    item.slot = stamp;
    item.first = first;
    item.second = second;
    this.live++;
    if (this.head === this.tail || first > this.lastFirst || (first === this.lastFirst && second >= this.lastSecond)) this.append(item, stamp);
    else siftUp(this.heap, { first, second, stamp, item });
  }

  /** The item leaves; its slot stays behind, dead. */
  remove(item: T): void {
    item.slot = 0;
    this.live--;
    if (this.dead > this.live + sweepAt) this.sweep();
  }

  peek(): T | undefined {
    if (this.live === 0) {
      if (this.tail > 0 || this.heap.length > 0) this.clear();
      return undefined;
    }
    let ahead = this.ahead();
    while (ahead !== undefined && ahead.slot !== this.stamps[this.head]) {
      this.dropAhead();
      ahead = this.ahead();
    }
    let top = this.heap[0];
    while (top !== undefined && top.item.slot !== top.stamp) {
      siftDown(this.heap);
      top = this.heap[0];
    }
    if (ahead === undefined) return top?.item;
    return top !== undefined && before(top, ahead) ? top.item : ahead;
  }

  pop(): T | undefined {
    const item = this.peek();
    if (item === undefined) return undefined;
    if (item === this.ahead()) this.dropAhead();
    else siftDown(this.heap);
    item.slot = 0;
    this.live--;
    return item;
  }

  private append(item: T, stamp: number): void {
    this.items[this.tail] = item;
    this.stamps[this.tail++] = stamp;
    this.lastFirst = item.first;
    this.lastSecond = item.second;
  }

  private ahead(): T | undefined {
    return this.head < this.tail ? this.items[this.head] : undefined;
  }

  private dropAhead(): void {
    this.items[this.head++] = undefined;
    if (this.head === this.tail) {
      this.head = 0;
      this.tail = 0;
      if (this.items.length > keptPlaces) this.clear();
    } else if (this.head > keptPlaces && this.head * 2 > this.tail) {
      this.items = this.items.slice(this.head, this.tail);
      this.stamps = this.stamps.slice(this.head, this.tail);
      this.tail -= this.head;
      this.head = 0;
    }
  }

  private sweep(): void {
    const { items, stamps, head, tail, heap } = this;
    this.clear();
    for (let i = head; i < tail; i++) {
      const item = items[i];
      if (item !== undefined && item.slot === stamps[i]) this.append(item, item.slot);
    }
    this.heap = [];
    for (const slot of heap) if (slot.item.slot === slot.stamp) siftUp(this.heap, slot);
  }

  /** Empties the sorted list, and the heap when nothing there is live. */
  private clear(): void {
    if (this.items.length > 0) {
      this.items = [];
      this.stamps = [];
    }
    this.head = 0;
    this.tail = 0;
    if (this.live === 0 && this.heap.length > 0) this.heap = [];
  }
}

function before(a: { readonly first: number; readonly second: number }, b: { readonly first: number; readonly second: number }): boolean {
  return a.first < b.first || (a.first === b.first && a.second < b.second);
}

function siftUp<T>(heap: Slot<T>[], slot: Slot<T>): void {
  let i = heap.push(slot) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as Slot<T>; // i > 0, so it is there
    if (!before(slot, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = slot;
}

/** Takes the top away. */
function siftDown<T>(heap: Slot<T>[]): void {
  const last = heap.pop() as Slot<T>; // called with at least one slot
  if (heap.length === 0) return;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && before(right, heap[child] as Slot<T>)) child++;
    const below = heap[child] as Slot<T>; // child < heap.length
    if (!before(below, last)) break;
    heap[i] = below;
    i = child;
  }
  heap[i] = last;
}
