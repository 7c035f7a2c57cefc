import type { Finish } from '../../queue/queue.js';
import type { Clock } from '../../runtime/clock.js';
import { InvalidOutcome } from '../errors.js';
import type { Outcome } from '../outcome.js';

const fields: ReadonlySet<string> = new Set(['status', 'conditions', 'requeueAfter', 'requeueAt']);

/** What a reconcile answered, or InvalidOutcome. Rules: R18, R20, B83. */
export function checkOutcome(answer: unknown): Outcome<unknown> {
  if (answer === undefined) return {};
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw new InvalidOutcome(`a reconcile answered ${answer === null ? 'null' : Array.isArray(answer) ? 'a list' : typeof answer}`);
  const strange = Object.keys(answer).find((field) => !fields.has(field));
  if (strange !== undefined) throw new InvalidOutcome(`a reconcile answered an unknown field '${strange}'`);
  const outcome: Outcome<unknown> = answer;
  const { requeueAfter, requeueAt } = outcome;
  if (requeueAfter !== undefined && !(typeof requeueAfter === 'number' && Number.isFinite(requeueAfter) && requeueAfter >= 0)) {
    throw new InvalidOutcome(`requeueAfter must be a number of milliseconds of at least 0, got ${String(requeueAfter)}`);
  }
  if (requeueAt !== undefined && !(isDate(requeueAt) && Number.isFinite(requeueAt.getTime()))) throw new InvalidOutcome(`requeueAt must be a valid Date, got ${String(requeueAt)}`);
  return outcome;
}

/** How the queue is told. A time of the wall clock becomes one of the monotonic clock here. */
export function finishOf(outcome: Outcome<unknown>, clock: Clock): Finish {
  if (outcome.requeueAfter !== undefined) return { type: 'requeueAfter', ms: outcome.requeueAfter };
  if (outcome.requeueAt !== undefined) return { type: 'requeueAt', at: clock.now() + Math.max(0, outcome.requeueAt.getTime() - clock.wall()) };
  return { type: 'done' };
}

function isDate(value: unknown): value is Date {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Date>).getTime === 'function';
}
