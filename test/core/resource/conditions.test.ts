import { describe, expect, test } from '@jest/globals';
import { findCondition, isConditionTrue, mergeConditions } from '../../../src/core/resource/conditions.js';

const [early, late] = ['2030-01-01T00:00:00Z', '2030-01-01T00:01:00Z'];
const ready = { type: 'Ready', status: 'True', reason: 'Ok', message: '', lastTransitionTime: early } as const;
const degraded = { type: 'Degraded', status: 'False', reason: 'Ok', message: '', lastTransitionTime: early } as const;

describe('mergeConditions', () => {
  test('R33 types keep their place and new ones come last', () => {
    const merged = mergeConditions([ready, degraded], { Extra: { status: 'Unknown', reason: 'New' }, Degraded: { status: true, reason: 'Slow', message: 'x' } }, late);

    expect(merged).toEqual([ready, { type: 'Degraded', status: 'True', reason: 'Slow', message: 'x', lastTransitionTime: late }, { type: 'Extra', status: 'Unknown', reason: 'New', message: '', lastTransitionTime: late }]);
  });

  test('R33 lastTransitionTime moves only with the status', () => {
    expect(mergeConditions([ready], { Ready: { status: true, reason: 'Other' } }, late, 3)).toEqual([{ ...ready, reason: 'Other', observedGeneration: 3 }]);
  });

  test('an unchanged list is given back as it is', () => {
    const present = [ready, degraded];

    expect(mergeConditions(present, { Ready: { status: 'True', reason: 'Ok' }, Degraded: undefined }, late)).toBe(present);
  });

  test('R33 a reason that the API would refuse is refused', () => {
    expect(() => mergeConditions([], { Ready: { status: true, reason: 'not a word' } }, late)).toThrow(/^condition Ready: reason "not a word"/);
  });

  test('finding one', () => {
    expect(findCondition([ready, degraded], 'Degraded')).toBe(degraded);
    expect([isConditionTrue([ready, degraded], 'Ready'), isConditionTrue([ready], 'None'), isConditionTrue(undefined, 'Ready')]).toEqual([true, false, false]);
  });
});
