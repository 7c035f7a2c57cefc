import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClusterState } from '../../../src/scheduler/state/cluster.js';
import { placedRequestsOf } from '../../../src/scheduler/state/requests.js';
import { node, pod } from '../builders.js';

const namesOf = (state: ClusterState) => state.snapshot().nodes.map(({ name }) => name);

describe('cluster state', () => {
  test('K29 nodes come round robin over zones, in order of first sight', () => {
    const state = new ClusterState();
    for (const [name, zone] of [['a1', 'a'], ['a2', 'a'], ['b1', 'b'], ['a3', 'a'], ['b2', 'b'], ['x', undefined]] as const) state.putNode(node({ name, ...(zone === undefined ? {} : { zone }) }));
    expect(namesOf(state)).toEqual(['a1', 'b1', 'x', 'a2', 'b2', 'a3']);
    state.putNode(node({ name: 'a1', zone: 'b' }));
    expect(namesOf(state)).toEqual(['a2', 'b1', 'x', 'a3', 'b2', 'a1']);
    state.removeNode('x');
    expect(namesOf(state)).toEqual(['a2', 'b1', 'a3', 'b2', 'a1']);
  });

  test('K3 K101 a snapshot stays as it is; the next one replaces only what changed', () => {
    const state = new ClusterState();
    for (const name of ['a', 'b', 'c']) state.putNode(node({ name }));
    const before = state.snapshot();
    const kept = [...before.nodes];
    state.putPod(pod({ cpu: '1' }), 'b');
    expect(before.nodes).toEqual(kept);
    const after = state.snapshot();
    expect(after.nodes.map((info, i) => info === kept[i])).toEqual([true, false, true]);
    expect([before.revision + 1, after.nodes[1]?.requested('cpu')]).toEqual([after.revision, 1_000]);
  });

  test('K95 watch confirms an assumption, corrects it, or ends it', () => {
    const state = new ClusterState();
    for (const name of ['a', 'b']) state.putNode(node({ name }));
    const cpuOf = () => state.view().nodes.map((info) => info.requested('cpu'));
    state.putPod(pod({ cpu: '1' }), 'a', true);
    expect(cpuOf()).toEqual([1_000, 0]);
    state.putPod(pod({ cpu: '1', node: 'a' }), 'a');
    expect([cpuOf(), state.placementOf('uid-p')?.assumed]).toEqual([[1_000, 0], false]);
    state.putPod(pod({ cpu: '1', node: 'b' }), 'b');
    expect(cpuOf()).toEqual([0, 1_000]);
    state.removePod('uid-p');
    expect(cpuOf()).toEqual([0, 0]);
  });

  test('K99 K100 pods wait for their node, and outlive it', () => {
    const state = new ClusterState();
    state.putPod(pod({ cpu: '1', node: 'late' }), 'late');
    expect(state.snapshot().nodes).toEqual([]);
    state.putNode(node({ name: 'late' }));
    expect(state.snapshot().nodes[0]?.requested('cpu')).toBe(1_000);
    state.removeNode('late');
    expect(state.placementOf('uid-p')?.node).toBe('late');
    state.putNode(node({ name: 'late', uid: 'another' }));
    expect(state.snapshot().nodes[0]?.requested('cpu')).toBe(1_000);
  });

  test('K110 K117 what a plugin is given cannot be changed', () => {
    const state = new ClusterState();
    state.putNode(node({ name: 'n', labels: { a: 'b' } }));
    const [info] = state.snapshot().nodes;
    expect(() => { (info as { name: string }).name = 'x'; }).toThrow(TypeError);
    expect(() => { (info?.pods as unknown[]).push(1); }).toThrow(TypeError);
    expect([info?.free('cpu'), info?.free('memory'), info?.free('unheard-of')]).toEqual([4_000, 8 * 2 ** 30, 0]);
  });

  test('K103 after any history the sums are those of the pods', () => {
    const names = ['a', 'b', 'c'];
    const name = fc.constantFrom(...names);
    const uid = fc.integer({ min: 0, max: 5 }).map((i) => `p${i}`);
    const cpu = fc.constantFrom('0', '1m', '0.0001', '2', '9007199254740993');
    const change = fc.oneof(
      fc.record({ type: fc.constant('node' as const), name, zone: fc.constantFrom('x', 'y') }),
      fc.record({ type: fc.constant('noNode' as const), name }),
      fc.record({ type: fc.constant('pod' as const), uid, name, cpu, assumed: fc.boolean() }),
      fc.record({ type: fc.constant('noPod' as const), uid }),
      fc.record({ type: fc.constant('snapshot' as const) }),
    );
    fc.assert(fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const state = new ClusterState();
      for (const c of changes) {
        switch (c.type) {
          case 'node': state.putNode(node({ name: c.name, zone: c.zone })); break;
          case 'noNode': state.removeNode(c.name); break;
          case 'pod': state.putPod(pod({ name: c.uid, requests: { cpu: c.cpu, [`x.com/${c.name}`]: '1' } }), c.name, c.assumed); break;
          case 'noPod': state.removePod(`uid-${c.uid}`); break;
          case 'snapshot': state.snapshot(); break;
        }
        expect(state.compare()).toEqual([]);
      }
      expect(state.snapshot().nodes).toEqual(state.view().nodes);
    }));
  });
});

describe('requests of placed pods', () => {
  const resizing = (infeasible: boolean) => pod({
    cpu: '2',
    status: {
      containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '1500m' } } }],
      ...(infeasible ? { conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }] } : {}),
    },
  });

  test('K51 under a resize the largest counts, unless what is asked cannot be had', () => {
    expect(placedRequestsOf(resizing(false)).requests.get('cpu')).toBe(2_000);
    expect(placedRequestsOf(resizing(true)).requests.get('cpu')).toBe(1_500);
  });
});
