import { describe, expect, test } from '@jest/globals';
import { excess, lastPhase, missingNodes, unattended } from '../../../src/controllers/pod-garbage-collector/plan.js';
import type { Pod } from '../../../src/kinds/index.js';
import { node, pod } from '../objects.js';

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const nodes = (...given: Parameters<typeof node>[0][]) => new Map(given.map((f) => [f?.name ?? 'n1', node(f)]));

describe('which pods are collected', () => {
  test('C83 the oldest ended ones beyond the threshold, evicted ones first', () => {
    const pods = [
      pod({ name: 'new', phase: 'Failed', createdMs: 9_000 }), pod({ name: 'old', phase: 'Succeeded', createdMs: 1_000 }),
      pod({ name: 'evicted', createdMs: 8_000, status: { phase: 'Failed', reason: 'Evicted' } }), pod({ name: 'b', phase: 'Failed', createdMs: 2_000 }),
      pod({ name: 'a', phase: 'Failed', createdMs: 2_000 }), pod({ name: 'runs' }),
    ];
    expect(names(excess(pods, 2))).toEqual(['evicted', 'old', 'a']);
    expect(names(excess(pods, 0))).toEqual([]);
    expect(names(excess(pods, 5))).toEqual([]);
  });

  test('C84 those on nodes that are not there', () => {
    expect([...missingNodes([pod({ node: 'n1' }), pod({ node: 'gone' }), pod()], nodes({ name: 'n1' }))]).toEqual(['gone']);
  });

  test('C85 those that end where nobody ends them', () => {
    const pods = [pod({ name: 'unbound', deleting: true }), pod({ name: 'ends', deleting: true, node: 'well' }), pod({ name: 'stuck', deleting: true, node: 'out' }), pod({ name: 'lives', node: 'out' })];
    const all = nodes({ name: 'well', ready: 'True' }, { name: 'out', ready: 'Unknown', taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] });
    expect(names(unattended(pods, all))).toEqual(['unbound', 'stuck']);
  });

  test.each([['Running', 'Failed'], ['Pending', 'Failed'], ['Succeeded', undefined], ['Failed', undefined]] as const)('C86 a %s pod becomes %s', (phase, last) => {
    expect(lastPhase(pod({ phase }))).toBe(last);
  });
});
