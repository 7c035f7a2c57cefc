import type { Clock, Timer } from './clock.js';

interface Entry {
  readonly at: number;
  readonly sequence: number;
  fire: (() => void) | undefined;
}

/** Time that moves only when it is told to. Rules: M6, M7. */
export interface VirtualClock extends Clock {
  /** Moves time by `ms`, firing what falls due in order; after each, work of the process runs until it is quiet. */
  advance(ms: number): Promise<void>;
  /** Moves to the next timer and fires it; false when there is none (or none up to `until`). */
  step(until?: number): Promise<boolean>;
  /** Lets everything that needs no time run until it is quiet. */
  quiet(): Promise<void>;
  /** When the next timer falls due. */
  readonly next: number | undefined;
  /** Timers that are set: 0 after everything was disposed. */
  readonly pending: number;
}

/** Starts at monotonic 0, which is `wallStart` for people (default 2030-01-01T00:00:00Z). */
export function virtualClock(options: { readonly wallStart?: number } = {}): VirtualClock {
  const wallStart = options.wallStart ?? 1_893_456_000_000;
  const heap: Entry[] = [];
  let time = 0;
  let sequence = 0;
  let live = 0;

  const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
  const push = (entry: Entry) => {
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!before(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  };
  const pop = (): void => {
    const last = heap.pop() as Entry;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && before(right, heap[child] as Entry)) child++;
      const below = heap[child] as Entry;
      if (!before(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  };
  const head = (): Entry | undefined => {
    while (heap[0] && heap[0].fire === undefined) pop();
    return heap[0];
  };
  // One macrotask is enough: all microtasks and ticks of the step run before it.
  const quiet = () => new Promise<void>((resolve) => { setImmediate(resolve); });

  const step = async (until = Infinity): Promise<boolean> => {
    const entry = head();
    if (!entry || entry.at > until) return false;
    pop();
    time = Math.max(time, entry.at);
    const fire = entry.fire;
    entry.fire = undefined;
    live--;
    fire?.();
    await quiet();
    return true;
  };

  return {
    now: () => time,
    wall: () => wallStart + time,
    setTimer(at, fire): Timer {
      const entry: Entry = { at: Math.max(at, time), sequence: sequence++, fire };
      live++;
      push(entry);
      return { cancel: () => { if (entry.fire) { entry.fire = undefined; live--; } } };
    },
    yield: () => Promise.resolve(),
    step,
    quiet,
    async advance(ms) {
      const until = time + ms;
      await quiet();
      while (await step(until)) { /* until nothing is due */ }
      time = Math.max(time, until);
      await quiet();
    },
    get next() { return head()?.at; },
    get pending() { return live; },
  };
}
