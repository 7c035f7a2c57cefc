import { timeMs, type Benchmark, type Result } from '../harness.js';
import { createQueueCore } from '../../src/core/queue/step.js';
import type { QueueCore } from '../../src/core/queue/queue.js';

const keysNamed = (count: number) => Array.from({ length: count }, (_, i) => `default/object-${i}`);
const done = { type: 'done' } as const;

function fresh(): QueueCore<string> {
  return createQueueCore<string>({ name: 'bench', concurrency: Infinity });
}

/** Starts everything that is ready and ends it; answers how many ran. */
function runAll(queue: QueueCore<string>, now: number): number {
  let ran = 0;
  for (const effect of queue.step({ type: 'take', n: Infinity }, now)) {
    if (effect.type !== 'start') continue;
    queue.step({ type: 'finish', key: effect.run.key, id: effect.run.id, outcome: done }, now);
    ran++;
  }
  return ran;
}

function addGetDone(count: number): Benchmark {
  return {
    type: 'repeated', name: `AddGetDone${count}`, unit: 'µs',
    setup() {
      const keys = keysNamed(count);
      const queue = fresh();
      let now = 0;
      return {
        fn() {
          now++;
          for (const key of keys) queue.step({ type: 'add', key }, now);
          if (runAll(queue, now) !== count) throw new Error('not every key ran');
        },
      };
    },
  };
}

const addMerged: Benchmark = {
  type: 'repeated', name: 'AddMerged', unit: 'ns', perCall: 10_000,
  setup() {
    const keys = keysNamed(100);
    const queue = fresh();
    return {
      fn() {
        for (let round = 0; round < 100; round++) for (const key of keys) queue.step({ type: 'add', key }, 1);
        if (queue.depth !== 100) throw new Error('adds of one key did not merge');
      },
    };
  },
};

/** 100,000 delays within an hour, then all of them due one after the other. */
const delayed100k: Benchmark = {
  type: 'once', name: 'Delayed100k', unit: 'ms', better: 'lower',
  start: () => Promise.resolve({ run: drainDelayed }),
};

async function drainDelayed(): Promise<Result> {
  const keys = keysNamed(100_000);
  const queue = fresh();
  const value = await timeMs(() => {
    keys.forEach((key, i) => queue.step({ type: 'add', key, options: { after: 1 + (i * 7_919) % 3_600_000 } }, 0));
    let ran = 0;
    for (let now = 36_000; now <= 3_636_000; now += 36_000) {
      queue.step({ type: 'tick' }, now);
      ran += runAll(queue, now);
    }
    if (ran !== keys.length) throw new Error(`${ran} of ${keys.length} delayed keys ran`);
  });
  return { value };
}

/** One million distinct keys, added and run (G20). */
const million: Benchmark = {
  type: 'once', name: 'Add+Get1M', unit: 'keys/s', better: 'higher',
  start: () => Promise.resolve({ run: addAndTake }),
};

async function addAndTake(): Promise<Result> {
  const keys = keysNamed(1_000_000);
  const queue = fresh();
  const ms = await timeMs(() => {
    for (const key of keys) queue.step({ type: 'add', key }, 1);
    for (let taken = 0; taken < keys.length;) {
      const before = taken;
      for (const effect of queue.step({ type: 'take', n: 1_000 }, 1)) {
        if (effect.type !== 'start') continue;
        queue.step({ type: 'finish', key: effect.run.key, id: effect.run.id, outcome: done }, 1);
        taken++;
      }
      if (taken === before) throw new Error('the queue stopped giving keys');
    }
  });
  return { value: keys.length / ms * 1_000 };
}

export const benchmarks: readonly Benchmark[] = [addGetDone(100), addGetDone(1_000), addMerged, delayed100k, million];
