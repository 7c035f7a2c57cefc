import { describe, expect, test } from '@jest/globals';
import { checkOutcome, finishOf } from '../../../../src/core/controller/run/check-outcome.js';
import { InvalidOutcome } from '../../../../src/core/controller/errors.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';

describe('outcomes', () => {
  test.each([[-1], [Number.NaN], [Infinity], ['soon'], [null]])('R18 R20 B83 requeueAfter %p is no outcome', (requeueAfter) => {
    expect(() => checkOutcome({ requeueAfter })).toThrow(InvalidOutcome);
  });

  test.each([['done'], [null], [[]], [3], [{ requeueAfer: 10 }], [{ requeueAt: new Date(Number.NaN) }], [{ requeueAt: 5 }]])('R18 B83 %p is no outcome', (answer) => {
    expect(() => checkOutcome(answer)).toThrow(InvalidOutcome);
  });

  test('R18 nothing, or the known fields, are outcomes', () => {
    expect(checkOutcome(undefined)).toEqual({});
    expect(checkOutcome({ status: { a: 1 }, requeueAfter: 0 })).toEqual({ status: { a: 1 }, requeueAfter: 0 });
  });

  test('R20 requeueAt is a time of the wall clock; the past is now', async () => {
    const clock = virtualClock({ wallStart: 1_000_000 });
    await clock.advance(500);

    expect(finishOf({ requeueAt: new Date(1_002_500) }, clock)).toEqual({ type: 'requeueAt', at: 2_500 });
    expect(finishOf({ requeueAt: new Date(0) }, clock)).toEqual({ type: 'requeueAt', at: 500 });
    expect(finishOf({ requeueAfter: 0 }, clock)).toEqual({ type: 'requeueAfter', ms: 0 });
    expect(finishOf({}, clock)).toEqual({ type: 'done' });
  });
});
