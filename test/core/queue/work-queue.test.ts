import { describe, expect, test } from '@jest/globals';
import type { Finish, Run } from '../../../src/core/queue/queue.js';
import { workQueue } from '../../../src/core/queue/work-queue.js';
import { Aborted } from '../../../src/core/runtime/errors.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';

function shell(run: (run: Run<string>, signal: AbortSignal) => Promise<Finish>, o: { concurrency?: number } = {}) {
  const clock = virtualClock();
  return { clock, queue: workQueue<string>({ name: 'q', ...o, run }, { clock, random: keyedRandom(1), log: silent }) };
}
const done: Finish = { type: 'done' };

describe('workQueue', () => {
  test('Q3 after an add the depth counts it; it starts in the same turn', async () => {
    const started: string[] = [];
    const { queue, clock } = shell(({ key }) => { started.push(key); return Promise.resolve(done); });

    queue.add('a');
    queue.add('b', { priority: 100 });
    expect([queue.depth, started]).toEqual([2, []]);
    await clock.quiet();

    expect([queue.depth, queue.inFlight, started]).toEqual([0, 0, ['b', 'a']]);
  });

  test('Q4 a delay of 30 days fires after 30 days', async () => {
    const started: number[] = [];
    const { queue, clock } = shell(() => { started.push(clock.now()); return Promise.resolve(done); });
    const days30 = 30 * 24 * 3_600_000;

    queue.add('a', { after: days30 });
    await clock.advance(days30 - 1);
    expect(started).toEqual([]);
    await clock.advance(1);

    expect(started).toEqual([days30]);
  });

  test('Q28 runs that throw, reject or answer garbage are retried', async () => {
    const attempts: number[] = [];
    const answers: (() => Promise<Finish>)[] = [
      () => { throw new Error('sync'); },
      () => Promise.reject(new Error('async')),
      () => Promise.resolve({ type: 'nonsense' } as unknown as Finish),
      () => Promise.resolve(undefined as unknown as Finish),
      () => Promise.resolve({ type: 'requeueAfter', ms: NaN }),
      () => Promise.resolve(done),
    ];
    const { queue, clock } = shell(({ attempt }) => { attempts.push(attempt); return (answers.shift() as () => Promise<Finish>)(); });

    queue.add('a');
    await clock.advance(1_000);

    expect([attempts, queue.snapshot().entries]).toEqual([[0, 1, 2, 3, 4, 5], []]);
  });

  test('Q39 a run that never settles is aborted and reported; no timer stays', async () => {
    let signal: AbortSignal | undefined;
    const { queue, clock } = shell((_, s) => { signal = s; return new Promise(() => undefined); });
    queue.add('a');
    await clock.quiet();

    const report = queue.drain({ deadline: 1_000 });
    await clock.advance(1_000);
    expect(signal?.reason).toBeInstanceOf(Aborted);
    await clock.advance(5_000);

    expect(await report).toMatchObject({ finished: 0, stuck: [{ key: 'a', ageMs: 6_000 }] });
    expect([queue.add('b'), clock.pending]).toEqual([false, 0]);
  });

  test('Q40 two drains and a dispose give the same report', async () => {
    const { queue, clock } = shell(() => Promise.resolve(done));
    queue.add('a');

    const reports = [queue.drain(), queue.drain()];
    await clock.quiet();
    await queue[Symbol.asyncDispose]();

    expect(await reports[0]).toBe(await reports[1]);
    expect(await reports[0]).toEqual({ finished: 1, dropped: [], stuck: [] });
  });

  test('Q43 100,000 adds start no more than concurrency, and runs that end at once let other work in', async () => {
    let most = 0;
    let running = 0;
    const { queue, clock } = shell(async () => { most = Math.max(most, ++running); await Promise.resolve(); running--; return done; });

    expect(queue.addAll(Array.from({ length: 100_000 }, (_, i) => String(i)))).toBe(100_000);
    while (queue.depth > 0) await clock.quiet();

    expect(most).toBe(8);
  });

  test('Q43 the shell yields after 10 ms of stepping', async () => {
    const base = virtualClock();
    let now = 0;
    let yields = 0;
    // Time passes by 1 ms at each look, as it does when runs take time without waiting.
    const clock = { ...base, now: () => now++, yield: () => new Promise<void>((resolve) => { yields++; setImmediate(resolve); }) };
    const queue = workQueue<string>({ name: 'q', concurrency: 1, run: () => Promise.resolve(done) }, { clock, random: keyedRandom(1), log: silent });

    queue.addAll(Array.from({ length: 100 }, (_, i) => String(i)));
    while (queue.depth > 0 || queue.inFlight > 0) await base.quiet();

    expect(yields).toBeGreaterThan(10);
  });

  test('R43 R48 concurrency 0 pauses, clear aborts with the given reason', async () => {
    const started: string[] = [];
    let signal: AbortSignal | undefined;
    const { queue, clock } = shell(({ key }, s) => { started.push(key); signal = s; return new Promise((resolve) => { s.addEventListener('abort', () => { resolve(done); }); }); }, { concurrency: 1 });
    queue.add('a');
    await clock.quiet();
    queue.setConcurrency(0);
    queue.add('b');

    const lost = new Error('lost');
    queue.clear(lost);
    await clock.quiet();
    expect([signal?.reason, queue.depth, queue.inFlight]).toEqual([lost, 0, 0]);
    queue.add('c');
    await clock.quiet();
    expect(started).toEqual(['a']);
    queue.setConcurrency(1);
    await clock.quiet();

    expect(started).toEqual(['a', 'c']);
  });
});
