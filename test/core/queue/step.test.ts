import { describe, expect, test } from '@jest/globals';
import type { AddOptions, Finish, QueueEffect, QueueOptions } from '../../../src/core/queue/queue.js';
import { createQueueCore } from '../../../src/core/queue/step.js';
import { ConfigError } from '../../../src/core/runtime/errors.js';

/** A core with a clock that is moved by hand; `take` answers the keys that started. */
function queue(o: Partial<QueueOptions<string>> = {}) {
  const core = createQueueCore<string>({ name: 'q', ...o });
  const ids = new Map<string, number>();
  const q = {
    core, now: 0, effects: [] as readonly QueueEffect<string>[],
    step(input: Parameters<typeof core.step>[0]) {
      q.effects = core.step(input, q.now);
      for (const effect of q.effects) if (effect.type === 'start') ids.set(effect.run.key, effect.run.id);
      return q.effects;
    },
    add: (key: string, options?: AddOptions) => q.step({ type: 'add', key, options }),
    take: (n = Infinity) => q.step({ type: 'take', n }).flatMap((effect) => (effect.type === 'start' ? [effect.run.key] : [])),
    finish: (key: string, outcome: Finish = { type: 'done' }) => q.step({ type: 'finish', key, id: ids.get(key) ?? 0, outcome }),
    wakeAt: () => q.effects.flatMap((effect) => (effect.type === 'wakeAt' ? [effect.at] : [])),
    /** Runs the key once and fails it. */
    fail(key: string, after?: number) {
      expect(q.take(1)).toEqual([key]);
      q.finish(key, after === undefined ? { type: 'retry', error: 'x' } : { type: 'retry', error: 'x', after });
    },
    report: () => q.effects.flatMap((effect) => (effect.type === 'drained' ? [effect.report] : []))[0],
  };
  return q;
}

describe('one entry per key', () => {
  test('Q6 10,000 adds of one key give one run', () => {
    const q = queue();

    for (let i = 0; i < 10_000; i++) q.add('a');

    expect([q.take(), q.finish('a'), q.take()]).toEqual([['a'], [], []]);
  });

  test('Q7 a ready add absorbs a delayed one', () => {
    const q = queue();
    q.add('a', { after: 60_000 });

    q.add('a');
    expect([q.take(), q.wakeAt()]).toEqual([['a'], []]);
    q.finish('a');
    q.now = 60_000;

    expect(q.take()).toEqual([]);
  });

  test('Q8 of two delays the earlier wins', () => {
    const q = queue();
    q.add('a', { after: 10_000 });
    q.add('a', { after: 60_000 });

    q.now = 10_000;
    expect(q.take()).toEqual(['a']);
    q.finish('a');
    q.now = 60_000;

    expect(q.take()).toEqual([]);
  });

  test('Q10 a priority outside −1000 … 1000 is a RangeError and changes nothing', () => {
    const q = queue();
    q.add('late', { after: 5 });
    q.now = 10;

    for (const priority of [1_001, -1_001, 0.5, NaN]) expect(() => q.add('a', { priority })).toThrow(RangeError);

    expect([q.core.depth, q.core.delayed]).toEqual([0, 1]);
  });

  test('Q12 reasons are kept once each, 16 at most, and leave with the run', () => {
    const q = queue();

    for (let i = 0; i < 20; i++) q.add('a', { reasons: [{ source: 'owned', detail: String(i) }, { source: 'spec' }] });
    const [start] = q.step({ type: 'take', n: 1 });

    expect(start).toMatchObject({ run: { reasonsDropped: 5 } });
    expect(start?.type === 'start' && start.run.reasons.length).toBe(16);
    expect(q.core.snapshot().entries[0]?.reasons).toEqual([]);
  });
});

describe('order', () => {
  test('Q4 wakeAt is asked for only when the earliest delay changed', () => {
    const q = queue();

    expect([q.add('a', { after: 20 }), q.wakeAt()]).toEqual([expect.anything(), [20]]);
    q.add('b', { after: 30 });
    expect(q.wakeAt()).toEqual([]);
    q.add('c', { after: 10 });
    expect(q.wakeAt()).toEqual([10]);
    q.add('c');
    expect(q.wakeAt()).toEqual([20]);
  });

  test('Q5 a late tick makes keys ready in order of due time, an early one changes nothing', () => {
    const q = queue();
    q.add('b', { after: 20 });
    q.add('a', { after: 10 });
    q.add('c', { after: 20 });

    expect(q.step({ type: 'tick' })).toEqual([]);
    q.now = 100;

    expect(q.take()).toEqual(['a', 'b', 'c']);
  });

  test('Q13 100 ms of waiting are worth one point of priority', () => {
    const q = queue();
    q.add('initial', { priority: -100 });
    q.now = 9_999;
    q.add('early');
    q.now = 10_001;
    q.add('late');

    expect(q.take()).toEqual(['early', 'initial', 'late']);
  });

  test('Q14 a first list is served within 10 s beside endless normal work', () => {
    const q = queue({ concurrency: 1 });
    for (let i = 0; i < 100; i++) q.add(`initial/${String(i)}`, { priority: -100 });
    let initial = 0;

    for (q.now = 0; q.now < 10_400; q.now++) {
      q.add(`normal/${String(q.now)}`);
      const [key = ''] = q.take(1);
      if (key.startsWith('initial')) initial++;
      q.finish(key);
    }

    expect(initial).toBe(100);
  });

  test('Q15 ageing Infinity is strict priority, 0 ignores priority', () => {
    const strict = queue({ ageing: Infinity });
    const none = queue({ ageing: 0 });
    for (const q of [strict, none]) {
      q.add('low', { priority: -1 });
      q.now = 1e9;
      q.add('high', { priority: 1 });
    }

    expect([strict.take(), none.take()]).toEqual([['high', 'low'], ['low', 'high']]);
  });

  test('Q16 a flow with one key starts second at the latest beside a flow with 10,000', () => {
    const q = queue({ flow: (key) => key.slice(0, 1) });
    for (let i = 0; i < 10_000; i++) q.add(`a/${String(i)}`);
    q.add('b/0');

    expect(q.take(2)).toEqual(['a/0', 'b/0']);
  });
});

describe('in flight', () => {
  test('Q19 adds during a run give one more run, behind what was ready', () => {
    const q = queue({ concurrency: 1 });
    q.add('a');
    q.take();
    q.add('b');
    q.add('a');
    q.add('a');
    q.finish('a');

    expect([q.take(), q.finish('b'), q.take(), q.finish('a'), q.take()]).toEqual([['b'], [], ['a'], [], []]);
  });

  test('Q20 a delayed add during a run waits for its time', () => {
    const q = queue();
    q.add('a');
    q.take();
    q.add('a', { after: 50 });
    q.finish('a');
    expect([q.take(), q.wakeAt()]).toEqual([[], []]);

    q.now = 50;
    expect(q.take()).toEqual(['a']);
  });

  test('Q21 concurrency bounds what starts; 0 pauses and stops nothing (R43)', () => {
    const q = queue({ concurrency: 2 });
    for (const key of ['a', 'b', 'c', 'd']) q.add(key);
    expect(q.take()).toEqual(['a', 'b']);

    q.step({ type: 'setConcurrency', concurrency: 0 });
    q.finish('a');
    expect([q.take(), q.core.inFlight]).toEqual([[], 1]);
    q.step({ type: 'setConcurrency', concurrency: 3 });

    expect(q.take()).toEqual(['c', 'd']);
  });

  test('Q23 a finish with an old id, or of an idle key, is refused', () => {
    const q = queue();
    q.add('a');
    q.take();
    q.finish('a', { type: 'requeueAfter', ms: 0 });
    q.take();

    expect(q.step({ type: 'finish', key: 'a', id: 1, outcome: { type: 'done' } })).toEqual([{ type: 'refused', cause: 'QueueMisuse', key: 'a' }]);
    expect(q.step({ type: 'finish', key: 'z', id: 1, outcome: { type: 'done' } })).toEqual([{ type: 'refused', cause: 'QueueMisuse', key: 'z' }]);
    expect(q.core.inFlight).toBe(1);
  });
});

describe('outcomes and backoff', () => {
  test('Q25 Q41 a key that is done leaves nothing behind', () => {
    const q = queue({ flow: (key) => key.slice(0, 3), concurrency: Infinity });

    for (let i = 0; i < 5_000; i++) q.add(`${String(i % 7)}/${String(i)}`, { after: (i * 7919) % 100 });
    q.now = 100;
    for (const key of q.take()) q.finish(key);

    expect(q.core.snapshot().entries).toEqual([]);
    expect(q.core.deadSlots).toBeLessThanOrEqual(64);
  });

  test('Q26 a requeue that is no time is a RangeError and the run goes on', () => {
    const q = queue();
    q.add('a');
    q.take();

    for (const ms of [-1, NaN, Infinity]) expect(() => q.finish('a', { type: 'requeueAfter', ms })).toThrow(RangeError);
    q.finish('a', { type: 'requeueAt', at: -5 });

    expect(q.take()).toEqual(['a']);
  });

  test('Q27 an add during the run and requeueAfter: one run now', () => {
    const q = queue();
    q.add('a');
    q.take();
    q.add('a');
    q.finish('a', { type: 'requeueAfter', ms: 60_000 });

    expect(q.take()).toEqual(['a']);
    q.finish('a');
    q.now = 60_000;
    expect(q.take()).toEqual([]);
  });

  test('Q28 the nth retry in a row waits 5 ms × 2^(n−1), at most 1,000 s', () => {
    const q = queue();
    q.add('a');
    const waits: number[] = [];
    for (let n = 1; n <= 20; n++) {
      q.fail('a');
      waits.push((q.wakeAt()[0] ?? 0) - q.now);
      q.now += waits.at(-1) ?? 0;
    }

    expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(waits.slice(17)).toEqual([655_360, 1_000_000, 1_000_000]);
  });

  test('Q29 jitter shortens by a keyed draw: the same for the same seed', () => {
    const waits = (seed: number) => {
      const q = queue({ seed, backoff: { jitter: 0.5, baseDelay: 1_000 } });
      q.add('a');
      q.fail('a');
      return q.wakeAt()[0] ?? 0;
    };

    expect(waits(1)).toBe(waits(1));
    expect(waits(1)).not.toBe(waits(2));
    for (const seed of [1, 2, 3, 4, 5]) expect(waits(seed)).toBeGreaterThanOrEqual(500);
  });

  test('Q30 a promise to a server holds against adds, not against force', () => {
    const q = queue();
    q.add('a');
    q.fail('a', 60_000);

    q.now = 30_000;
    q.add('a');
    expect(q.take()).toEqual([]);
    q.add('a', { force: true });

    expect(q.take()).toEqual(['a']);
  });

  test('Q31 an add in a long window runs 5 s after the last finish', () => {
    const q = queue({ backoff: { baseDelay: 1_000_000 } });
    q.add('a');
    q.fail('a');

    q.now = 100;
    q.add('a');
    expect(q.wakeAt()).toEqual([5_000]);
    q.now = 5_000;

    expect(q.take()).toEqual(['a']);
  });

  test('Q32 1,000 early failures in one window count once', () => {
    const q = queue({ backoff: { baseDelay: 10_000, earlyInterval: 0 } });
    q.add('a');
    q.fail('a');
    for (q.now = 1; q.now <= 1_000; q.now++) {
      q.add('a');
      q.fail('a');
    }

    expect(q.core.snapshot().entries).toMatchObject([{ key: 'a', failures: 1, readyAt: 10_000 }]);
  });

  test('Q33 force is ready at once and keeps the count', () => {
    const q = queue({ backoff: { baseDelay: 10_000 } });
    q.add('a');
    q.fail('a');
    q.add('a', { force: true });

    expect(q.step({ type: 'take', n: 1 })).toMatchObject([{ type: 'start', run: { key: 'a', attempt: 1 } }]);
  });

  test('Q34 terminal forgets failures; an add made during the run is honoured', () => {
    const q = queue();
    q.add('a');
    q.fail('a');
    q.now = 5;
    q.take();
    q.add('a');
    q.finish('a', { type: 'terminal', error: 'x' });

    expect(q.step({ type: 'take', n: 1 })).toMatchObject([{ run: { key: 'a', attempt: 0 } }]);
  });

  test('Q35 forget drops a delayed entry and the count, not a ready entry', () => {
    const q = queue();
    q.add('delayed', { after: 10 });
    q.add('ready');
    q.step({ type: 'forget', key: 'delayed' });
    q.step({ type: 'forget', key: 'ready' });
    q.now = 10;

    expect(q.take()).toEqual(['ready']);
  });

  test('Q36 10,000 keys that fail once are all due again after 5 ms', () => {
    const q = queue({ concurrency: Infinity });
    for (let i = 0; i < 10_000; i++) q.add(String(i));
    for (const key of q.take()) q.finish(key, { type: 'retry', error: 'x' });
    q.now = 5;

    expect(q.take().length).toBe(10_000);
  });

  test('R48 clear empties the queue, disowns runs and keeps failure counts', () => {
    const q = queue({ backoff: { baseDelay: 10_000 } });
    q.add('failing');
    q.fail('failing');
    q.add('running');
    q.take();

    expect(q.step({ type: 'clear' })).toEqual([{ type: 'abort', key: 'running' }, { type: 'wakeAt', at: undefined }]);
    q.finish('running', { type: 'retry', error: 'aborted' });
    expect(q.core.snapshot().entries).toMatchObject([{ key: 'failing', state: 'failed', failures: 1 }]);
    q.add('failing');
    q.now = 5_000;

    expect(q.step({ type: 'take', n: 8 })[0]).toMatchObject({ type: 'start', run: { key: 'failing', attempt: 1 } });
  });
});

describe('shutdown', () => {
  test('Q37 Q38 a drain runs what is ready, lists what is not, and ends in the step of the last finish', () => {
    const q = queue({ concurrency: 1 });
    q.add('later', { after: 10 });
    q.add('a');
    q.add('b');
    q.take();
    q.add('a');

    q.step({ type: 'drain' });
    expect(q.add('c')).toEqual([{ type: 'refused', cause: 'draining', key: 'c' }]);
    q.finish('a', { type: 'retry', error: 'x' });
    expect(q.take()).toEqual(['b']);
    q.finish('b', { type: 'requeueAfter', ms: 0 });

    expect(q.report()).toMatchObject({ finished: 2, stuck: [] });
    expect(q.report()?.dropped).toEqual([{ key: 'later', cause: 'delayed' }, { key: 'a', cause: 'retry' }, { key: 'b', cause: 'requeue' }]);
  });

  test('Q38 a drain of an idle queue ends in its own step; afterwards all is refused (Q40)', () => {
    const q = queue();

    expect(q.step({ type: 'drain' })).toEqual([{ type: 'drained', report: { finished: 0, dropped: [], stuck: [] } }]);
    expect(q.add('a')).toEqual([{ type: 'refused', cause: 'drained', key: 'a' }]);
    expect(q.step({ type: 'drain' })).toEqual([{ type: 'refused', cause: 'drained', key: undefined }]);
  });

  test('Q39 Q40 at the earlier deadline runs are aborted, and the grace ends the rest', () => {
    const q = queue({ concurrency: 1 });
    q.add('hangs');
    q.add('waits');
    q.take();
    q.step({ type: 'drain', deadline: 30_000 });
    q.step({ type: 'drain', deadline: 1_000 });
    expect(q.wakeAt()).toEqual([1_000]);

    q.now = 1_000;
    expect(q.step({ type: 'tick' })).toEqual([{ type: 'abort', key: 'hangs' }, { type: 'wakeAt', at: 6_000 }]);
    q.now = 6_000;
    q.step({ type: 'tick' });

    expect(q.report()).toEqual({ finished: 0, dropped: [{ key: 'waits', cause: 'ready' }], stuck: [{ key: 'hangs', ageMs: 6_000 }] });
  });
});

describe('figures and options', () => {
  test('Q2 a clock that goes back makes nothing less ready', () => {
    const q = queue();
    q.now = 100;
    q.add('a', { after: 10 });
    q.now = 110;
    q.step({ type: 'tick' });
    q.now = 0;

    expect(q.take()).toEqual(['a']);
  });

  test('Q44 Q45 metrics have the names of client-go and are computed on read', () => {
    const q = queue();
    q.add('a', { priority: 100 });
    q.add('a');
    q.add('b');
    q.take(1);
    q.now = 2_000;
    q.step({ type: 'tick' });

    const value = (name: string) => q.core.metrics().find((m) => m.name === name)?.samples[0]?.value;
    expect(Object.fromEntries(['workqueue_adds_total', 'workqueue_merged_total', 'workqueue_unfinished_work_seconds', 'workqueue_longest_running_processor_seconds', 'workqueue_retries_total'].map((name) => [name, value(name)])))
      .toEqual({ workqueue_adds_total: 2, workqueue_merged_total: 1, workqueue_unfinished_work_seconds: 2, workqueue_longest_running_processor_seconds: 2, workqueue_retries_total: 0 });
    expect(q.core.metrics().find((m) => m.name === 'workqueue_depth')?.samples).toEqual([
      { labels: { name: 'q', priority: 'initial' }, value: 0 }, { labels: { name: 'q', priority: 'normal' }, value: 1 }, { labels: { name: 'q', priority: 'urgent' }, value: 0 }]);
  });

  test('bad options are all named at once', () => {
    const make = () => createQueueCore<string>({ name: '', concurrency: -1, ageing: NaN, backoff: { jitter: 2, factor: 0 } });

    expect(make).toThrow(ConfigError);
    try { make(); } catch (error) { expect((error as ConfigError).problems.map((p) => p.path)).toEqual(['name', 'concurrency', 'ageing', 'backoff.factor', 'backoff.jitter']); }
  });
});
