/** What stands in a line. `slot` is the stamp of its live slot, 0 when it has none; stamps are unique over all lines. */
export interface Standing {
  slot: number;
}

interface Slot<T> {
  readonly first: number;
  readonly second: number;
  readonly stamp: number;
  readonly item: T;
}

/** Dead slots are swept when they exceed the live ones by this many (Q42). */
const sweepAt = 64;

/**
 * A priority queue by (first, second), smallest out first. What is pushed in order goes to the end of a sorted list,
 * which costs nothing; the rest goes into a heap. Leaving is lazy: the item's stamp changes and the slot is dead.
 * Rules: Q22, Q42.
 */
export class Line<T extends Standing> {
  private sorted: Slot<T>[] = [];
  private head = 0;
  private heap: Slot<T>[] = [];
  private live = 0;

  get size(): number { return this.live; }
  get dead(): number { return this.sorted.length - this.head + this.heap.length - this.live; }

  push(item: T, first: number, second: number, stamp: number): void {
    const slot: Slot<T> = { first, second, stamp, item };
    item.slot = stamp;
    this.live++;
    const last = this.sorted.length > this.head ? this.sorted[this.sorted.length - 1] : undefined;
    if (last === undefined || !before(slot, last)) this.sorted.push(slot);
    else siftUp(this.heap, slot);
  }

  /** The item leaves; its slot stays behind, dead. */
  remove(item: T): void {
    item.slot = 0;
    this.live--;
    if (this.dead > this.live + sweepAt) this.sweep();
  }

  peek(): T | undefined {
    return this.front()?.item;
  }

  pop(): T | undefined {
    const slot = this.front();
    if (slot === undefined) return undefined;
    this.dropFront(slot);
    slot.item.slot = 0;
    this.live--;
    return slot.item;
  }

  private front(): Slot<T> | undefined {
    if (this.live === 0) {
      this.clear();
      return undefined;
    }
    let ahead = this.sorted[this.head];
    while (ahead !== undefined && ahead.item.slot !== ahead.stamp) {
      this.dropFront(ahead);
      ahead = this.sorted[this.head];
    }
    let top = this.heap[0];
    while (top !== undefined && top.item.slot !== top.stamp) {
      siftDown(this.heap);
      top = this.heap[0];
    }
    if (ahead === undefined) return top;
    return top !== undefined && before(top, ahead) ? top : ahead;
  }

  private dropFront(slot: Slot<T>): void {
    if (slot !== this.sorted[this.head]) {
      siftDown(this.heap);
      return;
    }
    this.head++;
    if (this.head === this.sorted.length) {
      this.sorted.length = 0;
      this.head = 0;
    } else if (this.head > 1_024 && this.head * 2 > this.sorted.length) {
      this.sorted = this.sorted.slice(this.head);
      this.head = 0;
    }
  }

  private sweep(): void {
    const isLive = (slot: Slot<T>) => slot.item.slot === slot.stamp;
    this.sorted = this.sorted.slice(this.head).filter(isLive);
    this.head = 0;
    const rest = this.heap.filter(isLive);
    this.heap = [];
    for (const slot of rest) siftUp(this.heap, slot);
  }

  private clear(): void {
    if (this.sorted.length > 0) this.sorted = [];
    if (this.heap.length > 0) this.heap = [];
    this.head = 0;
  }
}

function before<T>(a: Slot<T>, b: Slot<T>): boolean {
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
