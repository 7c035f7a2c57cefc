import { describe, expect, test } from '@jest/globals';
import { coverageOf, idsIn } from '../../scripts/conformance/coverage.mjs';
import { rulesOf } from '../../scripts/conformance/rules.mjs';

describe('the list of rules', () => {
  // The totals that docs/rules/commands.md names; a contract that grows changes both.
  test.each([
    ['store', 93], ['api', 124], ['kinds', 19], ['queue', 46], ['informer', 46], ['controller', 55], ['election', 32], ['scheduler', 132],
    ['simulation', 73], ['controllers', 132], ['bad-input', 104], ['http-api', 60], ['node', 59],
  ])('X4 the contract %s has %i rules, each once', (contract, total) => {
    const ids = rulesOf(contract).map(({ id }) => id);

    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
  });

  test('X4 a mark after the id goes before that of the section, and that before the document\'s', () => {
    const priorityOf = (contract: string, id: string) => rulesOf(contract).find((rule) => rule.id === id)?.priority;

    expect(priorityOf('queue', 'Q46')).toBe('P1');
    expect(priorityOf('controllers', 'C130')).toBe('P0');
    expect(priorityOf('node', 'N10')).toBe('P1');
    expect(priorityOf('bad-input', 'B1')).toBe('P0');
  });
});

describe('coverage', () => {
  test.each<[string, readonly string[]]>([
    ['Q7 a ready add absorbs a delayed one', ['Q7']],
    ['the queue Q6–Q8 and Q10', ['Q6', 'Q7', 'Q8', 'Q10']],
    ['Q6-Q7 with a hyphen', ['Q6', 'Q7']],
    ['(S23, A121): one guard', ['S23', 'A121']],
    ['a word like AQ7 or Q7b is no id', []],
    ['SHA256 and HTTP404 are no ids', []],
  ])('X4 %s', (name, ids) => {
    expect([...idsIn(name)]).toEqual(ids);
  });

  test('X4 a rule is met when a test that bears it ran and all that bear it passed', () => {
    const rules = ['Q1', 'Q2', 'Q3'].map((id) => ({ id, contract: 'queue', priority: 'P0' as const }));
    const tests = [
      { fullName: 'queue Q1 one', status: 'passed' }, { fullName: 'queue Q1 two', status: 'passed' },
      { fullName: 'queue Q2 one', status: 'passed' }, { fullName: 'queue Q2 two', status: 'failed' },
      { fullName: 'queue Q3 left out', status: 'pending' },
    ];

    expect(coverageOf(rules, tests)).toEqual([{
      contract: 'queue', total: 3, met: 1, missing: ['Q3'], failing: ['Q2'],
      priorities: { P0: { total: 3, met: 1 }, P1: { total: 0, met: 0 }, P2: { total: 0, met: 0 } },
    }]);
  });
});
