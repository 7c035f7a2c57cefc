import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deletionOrder } from '../../../src/controllers/replicaset/deletion-order.js';
import { claimPods, planScaling, slowStart } from '../../../src/controllers/replicaset/plan.js';
import type { Pod } from '../../../src/kinds/index.js';
import { pod, replicaSet, type PodFacts } from '../objects.js';

const now = 100_000_000;
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const many = (count: number, f: PodFacts = {}) => Array.from({ length: count }, (_, i) => pod({ ...f, name: `p${String(i)}` }));

describe('which pods a set claims', () => {
  test('C40 an owned pod that fits no more is released', () => {
    const claims = claimPods(replicaSet(1), [pod({ name: 'a' }), pod({ name: 'b', labels: { app: 'other' } })], []);
    expect([names(claims.kept), names(claims.released)]).toEqual([['a'], ['b']]);
  });

  test('C40 nothing is released while the set is being deleted', () => {
    expect(claimPods(replicaSet(1, { deleting: true }), [pod({ labels: {} })], []).released).toEqual([]);
  });

  test('C41 an orphan that fits is adopted, unless it ends or has ended', () => {
    const claims = claimPods(replicaSet(1), [], [pod({ name: 'a' }), pod({ name: 'b', deleting: true }), pod({ name: 'c', phase: 'Failed' }), pod({ name: 'd', labels: {} })]);
    expect(names(claims.adopted)).toEqual(['a']);
  });

  test('C41 a set that is being deleted adopts nothing', () => {
    expect(claimPods(replicaSet(1, { deleting: true }), [], [pod()]).adopted).toEqual([]);
  });

  test.each([[{}], [{ matchExpressions: [{ key: 'app', operator: 'Nonsense' as never }] }]])('C43 the selector %j selects nothing', (selector) => {
    expect(claimPods(replicaSet(1, { selector }), [], [pod()]).adopted).toEqual([]);
  });
});

describe('how many pods a pass makes or deletes', () => {
  test.each<[string, number, readonly Pod[], object]>([
    ['as many as are missing', 3, many(1), { type: 'create', count: 2 }],
    ['at most 500', 800, [], { type: 'create', count: 500 }],
    ['none for the right number', 2, many(2), { type: 'none' }],
    ['one for each that has ended', 2, [...many(1), pod({ phase: 'Succeeded' })], { type: 'create', count: 1 }],
    ['one for each that is ending', 2, [...many(1), pod({ deleting: true })], { type: 'create', count: 1 }],
  ])('C32 C33 %s', (_what, replicas, kept, expected) => {
    expect(planScaling(replicaSet(replicas), kept, kept, now)).toEqual(expected);
  });

  test('C34 at most 500 are deleted', () => {
    const plan = planScaling(replicaSet(0), many(700), many(700), now);
    expect(plan.type === 'delete' && plan.pods.length).toBe(500);
  });

  test('C35 a set that is being deleted does neither', () => {
    expect(planScaling(replicaSet(3, { deleting: true }), [], [], now)).toEqual({ type: 'none' });
  });

  test.each<[number, number[]]>([[0, []], [1, [1]], [2, [1, 1]], [5, [1, 2, 2]], [10, [1, 2, 4, 3]]])('C33 %i creates come in batches of %j', (count, batches) => {
    expect(slowStart(count)).toEqual(batches);
  });
});

describe('who goes first', () => {
  test.each<[string, PodFacts, PodFacts]>([
    ['unassigned before assigned', { ready: 1 }, { node: 'n' }],
    ['Pending before Running', { node: 'n', phase: 'Pending' }, { node: 'n', phase: 'Running' }],
    ['Unknown before Running', { node: 'n', phase: 'Unknown' }, { node: 'n', phase: 'Running' }],
    ['not Ready before Ready', { node: 'n', ready: false }, { node: 'n', ready: 1 }],
    ['the cheaper', { node: 'n', annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } }, { node: 'n' }],
    ['a malformed cost is 0', { node: 'n', annotations: { 'controller.kubernetes.io/pod-deletion-cost': '010' } }, { node: 'n', annotations: { 'controller.kubernetes.io/pod-deletion-cost': '1' } }],
    ['Ready since a shorter time, by powers of two', { node: 'n', ready: now - 1_000 }, { node: 'n', ready: now - 50_000 }],
    ['restarted more often', { node: 'n', ready: now - 5_000, restarts: 3 }, { node: 'n', ready: now - 5_000, restarts: 1 }],
    ['created later', { node: 'n', createdMs: now - 1_000 }, { node: 'n', createdMs: now - 60_000 }],
    ['the smaller uid last of all', { node: 'n', uid: 'a' }, { node: 'n', uid: 'b' }],
  ])('C36 %s', (_what, first, second) => {
    const [a, b] = [pod({ uid: 'y', ...first }), pod({ uid: 'z', ...second })];
    expect(deletionOrder([b, a], [], now)).toEqual([a, b]);
    expect(deletionOrder([a, b], [], now)).toEqual([a, b]);
  });

  test('C36 the one on the more crowded node, counting the whole family', () => {
    const [a, b] = [pod({ uid: 'a', node: 'lone' }), pod({ uid: 'b', node: 'full' })];
    expect(deletionOrder([a, b], [a, b, pod({ uid: 'c', node: 'full' })], now)).toEqual([b, a]);
  });

  const facts = fc.record({
    node: fc.constantFrom(undefined, 'n1', 'n2'), phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Unknown' as const),
    ready: fc.constantFrom(false as const, now - 10, now - 1_000, now - 1_500, now - 90_000), restarts: fc.nat(2), createdMs: fc.constantFrom(now - 10, now - 2_000, now - 2_500, now),
  });
  const podsOf = fc.array(facts, { minLength: 3, maxLength: 8 }).map((list) => list.map(({ node, ...f }, i) => pod({ ...f, uid: `u${String(i)}`, ...(node === undefined ? {} : { node }) })));

  test('C36 is a strict total order: any arrangement ends up the same', () => {
    fc.assert(fc.property(podsOf, fc.infiniteStream(fc.nat()), (pods, draws) => {
      const draw = draws[Symbol.iterator]();
      const shuffled = [...pods].map((p) => ({ p, at: draw.next().value as number })).sort((a, b) => a.at - b.at).map(({ p }) => p);
      expect(names(deletionOrder(shuffled, pods, now))).toEqual(names(deletionOrder(pods, pods, now)));
    }));
  });

  test('C36 any two keep their order in any company of the same family', () => {
    fc.assert(fc.property(podsOf, (pods) => {
      const order = deletionOrder(pods, pods, now);
      for (const [i, first] of order.entries()) for (const second of order.slice(i + 1)) expect(deletionOrder([second, first], pods, now)[0]).toBe(first);
    }));
  });
});
