import { describe, expect, test } from '@jest/globals';
import type { Node, Pod, Toleration, NodeSelectorRequirement } from '../../../src/kinds/index.js';
import { filterNodes, preFilter } from '../../../src/scheduler/framework/filtering.js';
import type { PluginDefinition } from '../../../src/scheduler/plugin.js';
import { nodeAffinity, type NodeAffinityArgs } from '../../../src/scheduler/plugins/node-affinity.js';
import { nodeName } from '../../../src/scheduler/plugins/node-name.js';
import { nodeResourcesFit } from '../../../src/scheduler/plugins/node-resources-fit.js';
import { nodeUnschedulable } from '../../../src/scheduler/plugins/node-unschedulable.js';
import { taintToleration } from '../../../src/scheduler/plugins/taint-toleration.js';
import { reasonsOf } from '../../../src/scheduler/status.js';
import { node, pod } from '../builders.js';
import { rig } from '../rig.js';

/** 'fits', 'skipped', or code and reasons of the first node. */
async function verdict(plugin: PluginDefinition, asked: Pod, on: Node, placed: readonly Pod[] = []): Promise<string> {
  const { attempt } = rig([on], placed);
  const one = attempt(asked, [plugin]);
  const passed = await preFilter(one);
  if (passed.type === 'rejected') return passed.rejections.map(({ status }) => `${short(status.code)}: ${reasonsOf(status).join(', ')}`).join();
  if (one.withoutFilter.size > 0) return 'skipped';
  const rejection = filterNodes(one, passed).rejections.get(on.metadata.name);
  return rejection ? `${short(rejection.status.code)}: ${reasonsOf(rejection.status).join(', ')}` : 'fits';
}
const short = (code: string) => (code === 'UnschedulableAndUnresolvable' ? 'UAU' : code);

describe('K55 NodeUnschedulable', () => {
  test.each<readonly [string, boolean, readonly Toleration[], string]>([
    ['schedulable', false, [], 'fits'],
    ['cordoned', true, [], 'UAU: node(s) were unschedulable'],
    ['cordoned, tolerated by key', true, [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }], 'fits'],
    ['cordoned, everything tolerated', true, [{ operator: 'Exists' }], 'fits'],
    ['cordoned, tolerated for another effect', true, [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoExecute' }], 'UAU: node(s) were unschedulable'],
  ])('%s', async (_name, unschedulable, tolerations, expected) => {
    expect(await verdict(nodeUnschedulable, pod({ tolerations }), node({ spec: { unschedulable } }))).toBe(expected);
  });
});

test('K56 NodeName', async () => {
  expect(await verdict(nodeName, pod(), node({ name: 'a' }))).toBe('fits');
  expect(await verdict(nodeName, pod({ node: 'a' }), node({ name: 'a' }))).toBe('fits');
  expect(await verdict(nodeName, pod({ node: 'b' }), node({ name: 'a' }))).toBe("UAU: node(s) didn't match the requested node name");
});

describe('K57 TaintToleration', () => {
  const no = 'UAU: node(s) had untolerated taint(s)';
  test.each<readonly [string, Toleration | undefined, string]>([
    ['nothing tolerated', undefined, no],
    ['Equal is the default operator', { key: 'k', value: 'v', effect: 'NoSchedule' }, 'fits'],
    ['another value', { key: 'k', value: 'w', effect: 'NoSchedule' }, no],
    ['another effect', { key: 'k', value: 'v', effect: 'NoExecute' }, no],
    ['no effect covers all', { key: 'k', value: 'v' }, 'fits'],
    ['Exists', { key: 'k', operator: 'Exists' }, 'fits'],
    ['Exists without a key covers all', { operator: 'Exists' }, 'fits'],
    ['Equal without a key covers nothing', { value: 'v' }, no],
    ['Gt is behind a gate', { key: 'k', operator: 'Gt', value: '1' }, no],
  ])('%s', async (_name, toleration, expected) => {
    expect(await verdict(taintToleration, pod(toleration ? { tolerations: [toleration] } : {}), node({ taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }))).toBe(expected);
  });

  test('NoExecute repels too, PreferNoSchedule does not', async () => {
    expect(await verdict(taintToleration, pod(), node({ taints: [{ key: 'k', effect: 'NoExecute' }] }))).toBe(no);
    expect(await verdict(taintToleration, pod(), node({ taints: [{ key: 'k', effect: 'PreferNoSchedule' }] }))).toBe('fits');
  });
});

describe('K58 NodeAffinity', () => {
  const no = "UAU: node(s) didn't match Pod's node affinity/selector";
  const required = (...terms: readonly (readonly NodeSelectorRequirement[])[]) => pod({
    spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })) } } } },
  });
  const on = node({ name: 'n', labels: { disk: 'ssd', cores: '16', empty: '' } });

  test.each<readonly [string, NodeSelectorRequirement, boolean]>([
    ['In', { key: 'disk', operator: 'In', values: ['ssd', 'nvme'] }, true],
    ['In, absent', { key: 'gpu', operator: 'In', values: ['a'] }, false],
    ['NotIn', { key: 'disk', operator: 'NotIn', values: ['ssd'] }, false],
    ['NotIn, absent', { key: 'gpu', operator: 'NotIn', values: ['a'] }, true],
    ['Exists', { key: 'empty', operator: 'Exists' }, true],
    ['DoesNotExist', { key: 'disk', operator: 'DoesNotExist' }, false],
    ['Gt', { key: 'cores', operator: 'Gt', values: ['8'] }, true],
    ['Gt, equal', { key: 'cores', operator: 'Gt', values: ['16'] }, false],
    ['Lt', { key: 'cores', operator: 'Lt', values: ['17'] }, true],
    ['Gt on what is no number', { key: 'disk', operator: 'Gt', values: ['1'] }, false],
    ['Gt beyond int64', { key: 'cores', operator: 'Lt', values: ['9223372036854775808'] }, false],
    ['a name of the prototype is no label', { key: 'toString', operator: 'Exists' }, false],
  ])('%s', async (_name, requirement, matches) => {
    expect(await verdict(nodeAffinity(), required([requirement]), on)).toBe(matches ? 'fits' : no);
  });

  test('terms are or-ed, requirements and-ed; no term and an empty one match nothing', async () => {
    const [yes, never]: readonly [NodeSelectorRequirement, NodeSelectorRequirement] = [{ key: 'disk', operator: 'Exists' }, { key: 'gpu', operator: 'Exists' }];
    expect(await verdict(nodeAffinity(), required([never], [yes]), on)).toBe('fits');
    expect(await verdict(nodeAffinity(), required([never, yes]), on)).toBe(no);
    expect(await verdict(nodeAffinity(), required(), on)).toBe(no);
    expect(await verdict(nodeAffinity(), required([]), on)).toBe(no);
  });

  test('the node selector and the affinity must both match', async () => {
    expect(await verdict(nodeAffinity(), pod({ spec: { nodeSelector: { disk: 'ssd' } } }), on)).toBe('fits');
    expect(await verdict(nodeAffinity(), pod({ spec: { nodeSelector: { disk: 'hdd' } } }), on)).toBe(no);
    const both = required([{ key: 'disk', operator: 'Exists' }]);
    expect(await verdict(nodeAffinity(), pod({ spec: { ...both.spec, nodeSelector: { disk: 'hdd' } } }), on)).toBe(no);
  });

  test("the profile's own affinity has a message of its own", async () => {
    const args: NodeAffinityArgs = { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'Exists' }] }] } } };
    expect(await verdict(nodeAffinity(args), pod(), on)).toBe("UAU: node(s) didn't match scheduler-enforced node affinity");
  });

  test('K6 K7 without a selector it skips; terms that pin names narrow the search', async () => {
    expect(await verdict(nodeAffinity(), pod(), on)).toBe('skipped');
    const pinned = (...names: readonly string[]) => pod({ spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: names.map((name) => ({ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [name] }] })) } } } } });
    const { attempt } = rig([node({ name: 'a' }), node({ name: 'b' }), node({ name: 'c' })]);
    const one = attempt(pinned('b', 'c'), [nodeAffinity()]);
    const passed = await preFilter(one);
    const filtered = passed.type === 'passed' ? filterNodes(one, passed) : undefined;
    expect(filtered?.feasible.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(reasonsOf(filtered?.rejections.get('a')?.status ?? { code: 'Success' })).toEqual(["node(s) didn't satisfy plugin(s) [NodeAffinity]"]);
  });
});

describe('K60 NodeResourcesFit', () => {
  const used = [pod({ name: 'used', node: 'n', cpu: '3', memory: '6Gi' })];
  const on = node({ name: 'n', cpu: '4', memory: '8Gi', pods: '2', allocatable: { 'x.com/gpu': '2' } });

  test.each<readonly [string, Pod, string]>([
    ['fits exactly', pod({ cpu: '1', memory: '2Gi' }), 'fits'],
    ['too little now', pod({ cpu: '1001m' }), 'Unschedulable: Insufficient cpu'],
    ['everything that is short is told', pod({ cpu: '2', memory: '3Gi' }), 'Unschedulable: Insufficient cpu, Insufficient memory'],
    ['more than the node ever has', pod({ cpu: '5', memory: '3Gi' }), 'UAU: Insufficient cpu, Insufficient memory'],
    ['a resource that the node does not have', pod({ requests: { 'y.com/fpga': '1' } }), 'UAU: Insufficient y.com/fpga'],
    ['a request of 0 is never checked', pod({ requests: { 'y.com/fpga': '0' } }), 'fits'],
    ['fractions of milli-cores are rounded up', pod({ cpu: '1000.1m' }), 'Unschedulable: Insufficient cpu'],
  ])('%s', async (_name, asked, expected) => {
    expect(await verdict(nodeResourcesFit(), asked, on, used)).toBe(expected);
  });

  test('the number of pods is limited, too', async () => {
    expect(await verdict(nodeResourcesFit(), pod({ name: 'third' }), on, [...used, pod({ name: 'second', node: 'n' })])).toBe('Unschedulable: Too many pods');
  });

  test('ignored resources and groups are only of vendors', async () => {
    const asked = pod({ cpu: '9', requests: { 'x.com/gpu': '9', 'y.com/fpga': '9' } });
    expect(await verdict(nodeResourcesFit({ ignoredResources: ['y.com/fpga', 'cpu'], ignoredResourceGroups: ['x.com'] }), asked, on)).toBe('UAU: Insufficient cpu');
  });

  test('K53 amounts beyond 2^53 stay exact', async () => {
    const vast = node({ name: 'n', memory: '9007199254740993' }); // 2^53 + 1
    expect(await verdict(nodeResourcesFit(), pod({ memory: '9007199254740993' }), vast)).toBe('fits');
    expect(await verdict(nodeResourcesFit(), pod({ memory: '9007199254740992' }), vast, [pod({ name: 'u', node: 'n', memory: '2' })])).toBe('Unschedulable: Insufficient memory');
  });
});
