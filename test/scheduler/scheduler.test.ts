import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/core/index.js';
import { Pod } from '../../src/kinds/index.js';
import { given, nodeOf, scheduled, told, withApp } from './app.js';
import { node, pod } from './builders.js';

describe('placing', () => {
  test('K22 K96 a pod goes to a node that has room, and is told so', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'small', cpu: '1' }), node({ name: 'large', cpu: '8' })], pods: [pod({ name: 'web', cpu: '2' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'web')).toBe('large');
    expect(await told(app, 'web')).toEqual([['Normal', 'Scheduled', 'Successfully assigned default/web to large']]);
    expect((await scheduled(app, 'web'))?.status).toBe('True');
  }));

  test('K22 K24 a pod that fits nowhere waits, and its condition and event say why', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, {
      nodes: [node({ name: 'full', cpu: '1' }), node({ name: 'cordoned', spec: { unschedulable: true } }), node({ name: 'tainted', taints: [{ key: 'k', effect: 'NoSchedule' }] })],
      pods: [pod({ name: 'web', cpu: '2' })],
    });
    await clock.advance(100);
    const message = '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.';
    expect(await scheduled(app, 'web')).toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    expect(await told(app, 'web')).toEqual([['Warning', 'FailedScheduling', message]]);
  }));

  test('K10 K24 without nodes it waits for one', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { pods: [pod({ name: 'web' })] });
    await clock.advance(100);
    expect((await scheduled(app, 'web'))?.message).toBe('no nodes available to schedule pods');
    await given(app, { nodes: [node({ name: 'n' })] });
    await clock.advance(2_000);
    expect(await nodeOf(app, 'web')).toBe('n');
  }));

  test('K39 K46 room that a deleted pod leaves is given away', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'first', cpu: '1' })] });
    await clock.advance(100);
    await given(app, { pods: [pod({ name: 'second', cpu: '1' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'second')).toBeUndefined();

    await app.client.delete(Pod, 'first', { gracePeriodSeconds: 0 });
    await clock.advance(2_000);
    expect(await nodeOf(app, 'second')).toBe('n');
  }));

  test('K95 pods of one burst never take more than there is', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'a', cpu: '3' }), node({ name: 'b', cpu: '3' })], pods: Array.from({ length: 10 }, (_, i) => pod({ name: `p${i}`, cpu: '1' })) });
    await clock.advance(100);
    const placed = (await app.client.list(Pod)).flatMap(({ spec }) => spec.nodeName ?? []);
    expect(placed.sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
  }));

  test('K25 pods of another scheduler are not touched', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node()], pods: [pod({ name: 'theirs', spec: { schedulerName: 'other' } })] });
    await clock.advance(100);
    expect([await nodeOf(app, 'theirs'), await scheduled(app, 'theirs')]).toEqual([undefined, undefined]);
  }));

  test('K44 gates keep a pod out until the last is gone', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'gated', spec: { schedulingGates: [{ name: 'quota' }] } })] });
    await clock.advance(100);
    expect(await scheduled(app, 'gated')).toMatchObject({ status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' });
    await app.client.patch(Pod, 'gated', { spec: { schedulingGates: [] } });
    await clock.advance(100);
    expect(await nodeOf(app, 'gated')).toBe('n');
  }));

  test.each([
    ['K59', 'host ports', pod({ name: 'p', spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] } })],
    ['K63', 'persistent volume claims', pod({ name: 'p', spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }] } })],
    ['K66', 'topology spread constraints', pod({ name: 'p', spec: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }] } })],
    ['K67', 'required pod affinity', pod({ name: 'p', spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: {} }] } } } })],
    ['K65', 'dynamic resource claims', pod({ name: 'p', spec: { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] } })],
  ])('%s what no plugin handles is refused, not misplaced: %s', (_rule, what, asked) => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'a' }), node({ name: 'b' })], pods: [asked] });
    await clock.advance(100);
    expect((await scheduled(app, 'p'))?.message).toContain(what);
    expect(await nodeOf(app, 'p')).toBeUndefined();
  }));
});

describe('handle', () => {
  test('K119 K123 explain says what the condition says, and names the taint', () => withApp(undefined, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'a', cpu: '1', taints: [{ key: 'team', value: 'x', effect: 'NoSchedule' }] }), node({ name: 'b', cpu: '1' })], pods: [pod({ name: 'web', cpu: '2' })] });
    await clock.advance(100);
    const web = await app.client.get(Pod, 'web', { live: true }) as Pod;
    const explanation = await app.of(sched).explain(web);
    expect(explanation).toMatchObject({ outcome: 'unschedulable', message: (await scheduled(app, 'web'))?.message });
    expect(explanation.nodes.find(({ name }) => name === 'a')?.filter).toEqual([
      { plugin: 'TaintToleration', code: 'UnschedulableAndUnresolvable', reason: 'node(s) had untolerated taint(s) (untolerated taint {team: x})' },
      { plugin: 'NodeResourcesFit', code: 'UnschedulableAndUnresolvable', reason: 'Insufficient cpu' },
    ]);
    expect(await app.of(sched).simulate(web)).toBeUndefined();
  }));

  test('K119 K122 explain of a placed pod shows where it is, by how much, and changes nothing', () => withApp(undefined, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'a', cpu: '2' }), node({ name: 'b', cpu: '8' })], pods: [pod({ name: 'web', cpu: '1' })] });
    await clock.advance(100);
    const web = await app.client.get(Pod, 'web', { live: true }) as Pod;
    const explanation = await app.of(sched).explain(web);
    expect(explanation).toMatchObject({ outcome: 'placed', node: 'b', ties: 1, decision: { node: 'b', runnerUp: 'a', attempt: 1 } });
    expect(explanation.nodes[0]?.total).toBe(explanation.decision?.total);
    expect(explanation.decision?.margin).toBe((explanation.nodes[0]?.total ?? 0) - (explanation.nodes[1]?.total ?? 0));
    expect(String(explanation)).toMatch(/^node b, \d+ points ahead of a when it was placed\n/);
  }));

  test('K120 why not, by groups of reasons', () => withApp(undefined, async ({ app, clock, sched }) => {
    await given(app, { nodes: Array.from({ length: 6 }, (_, i) => node({ name: `n${i}`, cpu: i < 4 ? '1' : '4', spec: { unschedulable: i >= 4 } })), pods: [pod({ name: 'web', cpu: '2' })] });
    await clock.advance(100);
    const explanation = await app.of(sched).explain(await app.client.get(Pod, 'web', { live: true }) as Pod, { why: 'not-all' });
    expect(explanation.groups).toMatchObject([{ count: 4, reasons: ['Insufficient cpu'] }, { count: 2, reasons: ['node(s) were unschedulable'] }]);
    expect(explanation.groups?.[0]?.examples.length).toBe(3);
    expect(String(explanation)).toContain('4 nodes: Insufficient cpu (');
  }));

  test('K118 simulate says where a pod would go, and assumes nothing', () => withApp(undefined, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'n', cpu: '1' })] });
    await clock.advance(100);
    expect(await app.of(sched).simulate(pod({ name: 'new', cpu: '1' }))).toBe('n');
    expect(await app.of(sched).simulate(pod({ name: 'other', cpu: '1' }))).toBe('n');
  }));

  test('K128 a reload takes effect for the next attempt; a bad one changes nothing', () => withApp(undefined, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'web', cpu: '5' })] });
    await clock.advance(100);
    await expect(app.of(sched).reload({ disable: ['NoSuchPlugin'] })).rejects.toThrow(ConfigError);
    await expect(app.of(sched).reload({ name: 'other' })).rejects.toThrow('keeps its name');
    await clock.advance(5_000);
    expect(await nodeOf(app, 'web')).toBeUndefined();

    await app.of(sched).reload({ disable: ['NodeResourcesFit'] });
    await clock.advance(5_000);
    expect(await nodeOf(app, 'web')).toBe('n');
  }));

  test('K28 settled() waits for what is under way, not for pods that cannot be placed', () => withApp(undefined, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'big', cpu: '5' }), pod({ name: 'small' })] });
    const settled = app.settled();
    await clock.advance(1_000);
    await settled;
    expect([await nodeOf(app, 'big'), await nodeOf(app, 'small')]).toEqual([undefined, 'n']);
  }));
});
