import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isLinearizable, type Operation } from './linearizable.js';
import { registerOperation, type RegisterOperation } from './register.js';

const empty = { value: undefined };
const read = (value: string | undefined): RegisterOperation => ({ type: 'read', value });
const write = (value: string): RegisterOperation => ({ type: 'write', value });
const swap = (from: string | undefined, to: string, ok?: boolean): RegisterOperation => ({ type: 'swap', from, to, ok });

/** Every order, one after the other. */
function byTrying<S>(operations: readonly Operation<S>[], state: S): boolean {
  if (operations.every(({ returnedAt }) => returnedAt === Infinity)) return true;
  const firstReturn = Math.min(...operations.map(({ returnedAt }) => returnedAt));
  return operations.some((operation, i) => {
    if (operation.calledAt > firstReturn) return false;
    const after = operation.step(state);
    return after !== undefined && byTrying(operations.filter((_, other) => other !== i), after);
  });
}

describe('a history is linearizable', () => {
  test.each<[string, boolean, [number, number, RegisterOperation][]]>([
    ['nothing', true, []],
    ['one after the other', true, [[0, 1, write('a')], [2, 3, read('a')]]],
    ['a read of what is not written yet', false, [[0, 1, read('a')], [2, 3, write('a')]]],
    ['a stale read', false, [[0, 1, write('a')], [2, 3, write('b')], [4, 5, read('a')]]],
    ['an old value during a write', true, [[0, 1, write('a')], [2, 6, write('b')], [3, 4, read('a')]]],
    ['a new value, then the old one', false, [[0, 1, write('a')], [2, 9, write('b')], [3, 4, read('b')], [5, 6, read('a')]]],
    ['two swaps from one value, both right', false, [[0, 1, write('a')], [2, 9, swap('a', 'b', true)], [2, 9, swap('a', 'c', true)]]],
    ['two swaps from one value, one right', true, [[0, 1, write('a')], [2, 9, swap('a', 'b', true)], [2, 9, swap('a', 'c', false)]]],
    ['a refused swap that would have been right', false, [[0, 1, write('a')], [2, 3, swap('a', 'b', false)]]],
    ['a lost swap that happened late', true, [[0, 1, write('a')], [2, Infinity, swap('a', 'b')], [3, 4, read('a')], [5, 6, read('b')]]],
    ['a lost swap that never happened', true, [[0, 1, write('a')], [2, Infinity, swap('a', 'b')], [5, 6, read('a')]]],
    ['a lost swap that happened twice', false, [[0, 1, write('a')], [2, Infinity, swap('a', 'b')], [3, 4, read('b')], [5, 6, write('a')], [7, 8, read('a')], [9, 10, read('b')]]],
  ])('%s: %s', (_, expected, rows) => {
    expect(isLinearizable(rows.map(([from, to, what]) => registerOperation(from, to, what)), empty)).toBe(expected);
  });

  test('as it is found by trying every order', () => {
    const value = fc.constantFrom('a', 'b');
    const what = fc.oneof(
      fc.record({ type: fc.constant('read' as const), value: fc.option(value, { nil: undefined }) }),
      fc.record({ type: fc.constant('write' as const), value }),
      fc.record({ type: fc.constant('swap' as const), from: fc.option(value, { nil: undefined }), to: value, ok: fc.option(fc.boolean(), { nil: undefined }) }),
    );
    const operation = fc.tuple(fc.nat(10), fc.integer({ min: 1, max: 6 }), what, fc.boolean())
      .map(([from, length, its, lost]) => registerOperation(from, lost && its.type === 'swap' ? Infinity : from + length, its));
    const found = { yes: 0, no: 0 };
    fc.assert(fc.property(fc.array(operation, { maxLength: 7 }), (operations) => {
      const expected = byTrying(operations, empty);
      found[expected ? 'yes' : 'no']++;
      expect(isLinearizable(operations, empty)).toBe(expected);
    }), { numRuns: 3_000, seed: 5 });
    expect(Math.min(found.yes, found.no)).toBeGreaterThan(300);
  });

  test('long histories of many clients are judged, and one wrong answer in them is found', () => {
    const history: [number, number, RegisterOperation][] = [];
    let now = 0;
    let current: string | undefined;
    for (let i = 0; i < 2_000; i++) {
      now += 1;
      const width = (i * 7) % 5;
      if (i % 3 === 0) { history.push([now - width, now + width, swap(current, String(i), true)]); current = String(i); }
      else history.push([now - width, now + width, read(current)]);
    }
    const judged = (rows: typeof history) => isLinearizable(rows.map(([from, to, what]) => registerOperation(from, to, what)), empty);
    expect(judged(history)).toBe(true);
    expect(judged(history.map((row, i) => (i === 1_501 ? [row[0], row[1], read('3')] : row)))).toBe(false);
  });
});
