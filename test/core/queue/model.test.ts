import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finish, QueueEffect, QueueInput } from '../../../src/core/queue/queue.js';
import { createQueueCore } from '../../../src/core/queue/step.js';
import { ModelQueue } from './model.js';

const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b/1', 'b/2', 'b/3'];
const flow = (key: string) => key.slice(0, 1);

/** A command is an input, or time that passes; `finish` names the nth run in flight, or an old one. */
type Command = { input: QueueInput<string> } | { advance: number } | { finishNth: number; outcome: Finish; stale: boolean };

const key = fc.constantFrom(...keys);
const priority = fc.constantFrom(-100, 0, 100);
const delay = fc.constantFrom(0, 1, 5, 10, 700, 3_000, 5_000, 60_000);
const reasons = fc.array(fc.record({ source: fc.constantFrom('spec', 'owned'), detail: fc.constantFrom('x', 'y', 'z') }), { maxLength: 3 });
const outcome: fc.Arbitrary<Finish> = fc.oneof(
  fc.constant<Finish>({ type: 'done' }),
  delay.map((ms): Finish => ({ type: 'requeueAfter', ms })),
  delay.map((at): Finish => ({ type: 'requeueAt', at })),
  { weight: 3, arbitrary: fc.constant<Finish>({ type: 'retry', error: 'no' }) },
  delay.map((after): Finish => ({ type: 'retry', error: 'no', after })),
  fc.constant<Finish>({ type: 'terminal', error: 'no' }),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key, priority, reasons, force: fc.boolean() }).map(({ key: k, force, ...o }): Command => ({ input: { type: 'add', key: k, options: force ? { ...o, force } : o } })) },
  { weight: 4, arbitrary: fc.record({ key, priority, after: delay }).map(({ key: k, ...o }): Command => ({ input: { type: 'add', key: k, options: o } })) },
  { weight: 6, arbitrary: fc.constantFrom(1, 2, 100).map((n): Command => ({ input: { type: 'take', n } })) },
  { weight: 8, arbitrary: fc.record({ finishNth: fc.nat(7), outcome, stale: fc.integer({ min: 0, max: 19 }).map((n) => n === 0) }) },
  { weight: 2, arbitrary: key.map((k): Command => ({ input: { type: 'forget', key: k } })) },
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 5, 100, 4_000, 6_000, 100_000, -50).map((advance): Command => ({ advance })) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 8).map((concurrency): Command => ({ input: { type: 'setConcurrency', concurrency } })) },
  { weight: 1, arbitrary: fc.constant<Command>({ input: { type: 'clear' } }) },
);
const ending: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ deadline: fc.constantFrom(0, 100, 30_000), ready: fc.constantFrom('finish' as const, 'drop' as const) }).map((o): Command => ({ input: { type: 'drain', ...o } })),
  fc.constant<Command>({ input: { type: 'abort' } }),
);
const commands = fc.tuple(fc.array(command, { maxLength: 140 }), fc.array(fc.oneof({ weight: 12, arbitrary: command }, { weight: 1, arbitrary: ending }), { maxLength: 60 })).map(([a, b]) => [...a, ...b]);
const settings = fc.record({ ageing: fc.constantFrom(100, 0, Infinity, 7), concurrency: fc.constantFrom(1, 3, 8), flows: fc.boolean(), earlyInterval: fc.constantFrom(5_000, 0, Infinity) });

describe('queue core beside its model', () => {
  test('Q1 Q5–Q8 Q11–Q13 Q16 Q18–Q21 Q23–Q35 Q37–Q40 Q44 the same effects, counts and figures after every input', () => {
    fc.assert(fc.property(settings, commands, ({ flows, ...o }, list) => {
      const core = createQueueCore<string>({ name: 'q', ageing: o.ageing, concurrency: o.concurrency, backoff: { earlyInterval: o.earlyInterval }, ...(flows ? { flow } : {}) });
      const model = new ModelQueue({ ...o, flow: flows ? flow : undefined });
      const running: { key: string; id: number }[] = [];
      let now = 0;
      for (const one of list) {
        if ('advance' in one) { now += one.advance; continue; }
        const input = toInput(one, running);
        const effects = core.step(input, now);
        expect(effects).toEqual(model.step(input, now));
        track(effects, input, running);
        expect([core.depth, core.delayed, core.inFlight]).toEqual([model.depth, model.delayed, model.inFlight]);
        const { adds, merged, retries, refused } = core.snapshot();
        expect([adds, merged, retries, refused]).toEqual([model.adds, model.merged, model.retries, model.refused]);
        expect(core.deadSlots).toBeLessThanOrEqual(2 * 64 + 3 * keys.length); // delays, flows, and the lines of two flows
      }
    }), { numRuns: 1_000 });
  });
});

function toInput(one: Exclude<Command, { advance: number }>, running: readonly { key: string; id: number }[]): QueueInput<string> {
  if ('input' in one) return one.input;
  const run = running[one.finishNth % Math.max(1, running.length)] ?? { key: 'a/1', id: 1 };
  return { type: 'finish', key: run.key, id: one.stale ? run.id - 1 : run.id, outcome: one.outcome };
}

/** Q18: never two runs of one key. */
function track(effects: readonly QueueEffect<string>[], input: QueueInput<string>, running: { key: string; id: number }[]): void {
  if (input.type === 'finish') {
    const index = running.findIndex((run) => run.id === input.id && run.key === input.key);
    if (index >= 0) running.splice(index, 1);
  }
  for (const effect of effects) {
    if (effect.type === 'start') {
      expect(running.map((run) => run.key)).not.toContain(effect.run.key);
      running.push({ key: effect.run.key, id: effect.run.id });
    }
    if (effect.type === 'drained') running.length = 0;
  }
}
