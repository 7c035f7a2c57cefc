import { describe, expect, test } from '@jest/globals';
import type { Explanation } from '../../src/scheduler/explanation.js';
import { table } from '../../src/scheduler/explain-table.js';

const scores = (score: number) => [{ plugin: 'Fit', raw: score, normalized: score, weight: 1, weighted: score }];
const explanation = (o: Partial<Explanation>): Explanation => ({ outcome: 'placed', node: 'a', nodes: [], ties: 1, at: 0, toString: () => '', ...o });
const decision = { uid: 'u', node: 'a', total: 75, runnerUp: 'b', margin: 5, ties: 1, attempt: 1, revision: 1, at: 0 };

describe('K120 the table', () => {
  test('shows what each plugin gave, and why the others are out', () => {
    const text = table(explanation({
      decision,
      nodes: [
        { name: 'a', filter: [], scores: scores(75), total: 75 }, { name: 'b', filter: [], scores: scores(5), total: 5 },
        { name: 'c', filter: [{ plugin: 'Fit', code: 'Unschedulable', reason: 'Insufficient cpu' }], scores: [], total: 0 },
      ],
    }));
    expect(text.split('\n')).toEqual([
      'node a, 5 points ahead of b when it was placed',
      '   node  total   Fit  why not',
      '*  a        75  75×1',
      '   b         5   5×1',
      '   c         -        Insufficient cpu',
      '',
    ]);
  });

  test('says when the draw decided', () => {
    expect(table(explanation({ ties: 3 }))).toMatch(/^node a, drawn from 3 equal ones\n/);
    expect(table(explanation({ decision: { ...decision, ties: 2, margin: 0 } }))).toMatch(/^node a, drawn from 2 equal ones when it was placed\n/);
  });

  test('fits one screen for a large cluster', () => {
    const nodes = Array.from({ length: 5_000 }, (_, i) => ({ name: `n${i}`, filter: [], scores: scores(1), total: 1 }));
    const lines = table(explanation({ nodes })).split('\n');
    expect([lines.length, lines.at(-2)]).toEqual([24, '  … and 4980 more nodes']);
    const groups = [{ reasons: ['Insufficient cpu'], count: 5_000, examples: ['n0', 'n1', 'n2'] }];
    expect(table(explanation({ outcome: 'unschedulable', message: 'm', nodes, groups }))).toBe('unschedulable: m\n  5000 nodes: Insufficient cpu (n0, n1, n2, …)\n');
  });
});
