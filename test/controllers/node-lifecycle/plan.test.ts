import { describe, expect, test } from '@jest/globals';
import { lostAt, lostConditions, observe } from '../../../src/controllers/node-lifecycle/health.js';
import { nodeLifecycleDefaults } from '../../../src/controllers/node-lifecycle/index.js';
import { mirroredLabels } from '../../../src/controllers/node-lifecycle/labels.js';
import { notReadyConditions } from '../../../src/controllers/node-lifecycle/pods.js';
import { planTaints, type Execution } from '../../../src/controllers/node-lifecycle/taints.js';
import { Zones, zoneState } from '../../../src/controllers/node-lifecycle/zones.js';
import type { NodeCondition, Taint } from '../../../src/kinds/index.js';
import { node, pod } from '../objects.js';

const at = '1970-01-01T00:00:05Z';
const key = (name: string) => `node.kubernetes.io/${name}`;
const none: Execution = { type: 'none' };

describe('signs of life', () => {
  const first = observe(undefined, { renewTime: 'a', heartbeat: undefined }, 100);

  test.each<[string, { renewTime: string | undefined; heartbeat: string | undefined }, number]>([
    ['a renewed lease', { renewTime: 'b', heartbeat: undefined }, 200],
    ['a posted status', { renewTime: 'a', heartbeat: 'x' }, 200],
    ['the same again', { renewTime: 'a', heartbeat: undefined }, 100],
    ['a time of the past, by a wrong clock', { renewTime: '1960', heartbeat: undefined }, 200],
  ])('C15 %s', (_what, seen, signalAt) => {
    expect(observe(first, seen, 200).signalAt).toBe(signalAt);
  });

  test('C16 a silent node is lost after 50 s', () => {
    expect(lostAt(node({ ready: 'True' }), first, nodeLifecycleDefaults, { monotonic: 0, wall: 0 })).toBe(100 + 50_000);
  });

  test('C16 a node that never posted is lost 60 s after its creation', () => {
    const unseen = observe(undefined, { renewTime: undefined, heartbeat: undefined }, 1_000);
    expect(lostAt(node({ createdMs: 10_000 }), unseen, nodeLifecycleDefaults, { monotonic: 1_000, wall: 40_000 })).toBe(1_000 + 30_000);
  });

  test('C16 a renewed lease alone keeps a node that never posted', () => {
    expect(lostAt(node({ createdMs: 0 }), first, nodeLifecycleDefaults, { monotonic: 100, wall: 1_000_000 })).toBe(100 + 60_000);
  });

  test('C16 conditions of a lost node are Unknown, but for the network', () => {
    const conditions: readonly NodeCondition[] = [
      { type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: 'x', lastTransitionTime: 'old' },
      { type: 'NetworkUnavailable', status: 'False' },
      { type: 'MemoryPressure', status: 'Unknown', reason: 'before', lastTransitionTime: 'old' },
    ];
    expect(lostConditions(node({ conditions }), 5_000)).toEqual([
      { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastHeartbeatTime: 'x', lastTransitionTime: at },
      conditions[1], conditions[2],
      ...['DiskPressure', 'PIDPressure'].map((type) => ({ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: '1970-01-01T00:00:00Z', lastTransitionTime: at })),
    ]);
  });

  test('C4 a node whose conditions say so already is left alone', () => {
    const conditions = lostConditions(node(), 5_000);
    expect(lostConditions(node({ conditions: conditions ?? [] }), 6_000)).toBeUndefined();
  });
});

describe('taints', () => {
  test.each<[string, Parameters<typeof node>[0], Execution, readonly Taint[] | undefined]>([
    ['C18 Ready=False', { ready: 'False' }, none, [{ key: key('not-ready'), effect: 'NoSchedule', timeAdded: at }]],
    ['C18 Ready=Unknown', { ready: 'Unknown' }, none, [{ key: key('unreachable'), effect: 'NoSchedule', timeAdded: at }]],
    ['C18 a pressure', { conditions: [{ type: 'DiskPressure', status: 'True' }] }, none, [{ key: key('disk-pressure'), effect: 'NoSchedule', timeAdded: at }]],
    ['C18 unschedulable', { ready: 'True', unschedulable: true }, none, [{ key: key('unschedulable'), effect: 'NoSchedule', timeAdded: at }]],
    ['C18 a taint of registration goes with Ready', { ready: 'True', taints: [{ key: key('not-ready'), effect: 'NoSchedule' }] }, none, []],
    ['C13 a taint of registration stays until the node speaks', { taints: [{ key: key('not-ready'), effect: 'NoSchedule' }] }, none, undefined],
    ['C18 taints of others stay', { ready: 'True', taints: [{ key: 'mine', effect: 'NoSchedule' }, { key: key('not-ready'), effect: 'PreferNoSchedule' }] }, { type: 'remove' }, undefined],
    ['C19 the eviction taint', { ready: 'Unknown', taints: [{ key: key('unreachable'), effect: 'NoSchedule' }] }, { type: 'put', key: key('unreachable') }, [{ key: key('unreachable'), effect: 'NoSchedule' }, { key: key('unreachable'), effect: 'NoExecute', timeAdded: at }]],
    ['C19 the opposite is swapped', { conditions: [], taints: [{ key: key('not-ready'), effect: 'NoExecute' }] }, { type: 'put', key: key('unreachable') }, [{ key: key('unreachable'), effect: 'NoExecute', timeAdded: at }]],
    ['C19 Ready=True removes both', { ready: 'True', taints: [{ key: key('not-ready'), effect: 'NoExecute' }, { key: key('unreachable'), effect: 'NoExecute' }] }, { type: 'remove' }, []],
    ['C4 nothing to do', { ready: 'True' }, { type: 'remove' }, undefined],
  ])('%s', (_what, facts, execution, expected) => {
    expect(planTaints(node(facts), execution, 5_000)).toEqual(expected);
  });

  test('C20 a pod of a lost node is not Ready', () => {
    expect(notReadyConditions(pod({ ready: 1 }), 5_000)).toEqual([{ type: 'Ready', status: 'False', reason: 'NodeNotReady', lastTransitionTime: at }]);
  });

  test('C24 old labels follow the new ones', () => {
    expect(mirroredLabels(node({ labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64', 'beta.kubernetes.io/arch': 'arm64' } }))).toEqual({ 'beta.kubernetes.io/os': 'linux' });
    expect(mirroredLabels(node())).toBeUndefined();
  });
});

describe('zones', () => {
  const inZone = (zone: string, name: string, isReady: boolean) => node({ name, ready: isReady ? 'True' : 'Unknown', labels: { 'topology.kubernetes.io/zone': zone } });

  test.each([[3, 0, 'Normal'], [0, 1, 'FullDisruption'], [2, 2, 'Normal'], [2, 3, 'PartialDisruption'], [3, 3, 'Normal'], [0, 0, 'Normal']] as const)('C21 %i ready and %i not: %s', (ready, notReady, state) => {
    expect(zoneState(ready, notReady, nodeLifecycleDefaults)).toBe(state);
  });

  test('C22 the first is tainted at once, the next ten seconds later, in order', () => {
    const zones = new Zones(nodeLifecycleDefaults);
    for (let i = 0; i < 5; i++) zones.set(`n${String(i)}`, inZone('a', `n${String(i)}`, i > 1));

    expect(zones.wait('n0')).toBe(Number.NEGATIVE_INFINITY);
    expect(zones.wait('n1')).toBeUndefined();
    expect(zones.take('n0', 7_000)).toBe('n1');
    expect(zones.wait('n1')).toBe(17_000);
  });

  test('C23 a node that recovers leaves the line', () => {
    const zones = new Zones(nodeLifecycleDefaults);
    for (let i = 0; i < 5; i++) zones.set(`n${String(i)}`, inZone('a', `n${String(i)}`, i > 1));
    zones.wait('n0');
    zones.wait('n1');

    expect(zones.leave('n0')).toBe('n1');
  });

  test('C22 a small zone that is partly cut off stands still', () => {
    const zones = new Zones(nodeLifecycleDefaults);
    for (let i = 0; i < 5; i++) zones.set(`n${String(i)}`, inZone('a', `n${String(i)}`, i > 2));
    expect(zones.wait('n0')).toBeUndefined();
  });

  test('C22 nothing is evicted while every zone is cut off, and all start anew after that', () => {
    const zones = new Zones(nodeLifecycleDefaults);
    zones.set('n0', inZone('a', 'n0', true));
    zones.set('n1', inZone('b', 'n1', false));
    expect(zones.allFull).toBe(false);

    expect(zones.set('n0', inZone('a', 'n0', false))).toMatchObject({ entersFull: true });
    expect([zones.allFull, zones.wait('n0')]).toEqual([true, undefined]);

    expect(zones.set('n1', inZone('b', 'n1', true))).toMatchObject({ leavesFull: true, changed: [':a', ':b'] });
    expect(zones.allFull).toBe(false);
  });

  test('C21 a node that is excluded does not count', () => {
    const zones = new Zones(nodeLifecycleDefaults);
    zones.set('n0', inZone('a', 'n0', true));
    zones.set('n1', node({ name: 'n1', ready: 'Unknown', labels: { 'node.kubernetes.io/exclude-disruption': '' } }));
    expect(zones.allFull).toBe(false);
  });
});
