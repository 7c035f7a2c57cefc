import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Container } from '../../../src/kinds/index.js';
import { numFeasibleNodesToFind } from '../../../src/scheduler/framework/choose.js';
import { scoreNodes } from '../../../src/scheduler/framework/scoring.js';
import type { PluginDefinition } from '../../../src/scheduler/plugin.js';
import { nodeAffinity } from '../../../src/scheduler/plugins/node-affinity.js';
import { nodeResourcesBalancedAllocation } from '../../../src/scheduler/plugins/node-resources-balanced-allocation.js';
import { nodeResourcesFit } from '../../../src/scheduler/plugins/node-resources-fit.js';
import type { ScoringStrategy } from '../../../src/scheduler/plugins/resource-score.js';
import { taintToleration } from '../../../src/scheduler/plugins/taint-toleration.js';
import { backoffMs } from '../../../src/scheduler/queue/backoff.js';
import { requestsOf } from '../../../src/scheduler/state/requests.js';
import { node, pod } from '../builders.js';
import { rig } from '../rig.js';

/** One line of the table: a plugin, its inputs as JSON, and what must come out. */
interface Row { readonly plugin: string; readonly name: string; readonly inputs: string; readonly raw: string; readonly normalized: string }

const rows: readonly Row[] = readFileSync('docs/rules/scheduler-scores.tsv', 'utf8').trimEnd().split('\n').slice(1).map((line) => {
  const [plugin = '', name = '', inputs = '', raw = '', normalized = ''] = line.split('\t');
  return { plugin, name, inputs, raw, normalized };
});

type Amounts = { readonly [resource: string]: number };
interface ResourceInputs { readonly alloc: Amounts; readonly used: Amounts; readonly pod: Amounts; readonly resources: readonly (readonly [string, number])[]; readonly shape?: readonly (readonly [number, number])[] }
interface RequestInputs {
  readonly nonZero?: boolean; readonly podLevel?: Amounts; readonly overhead?: Amounts;
  readonly containers: readonly Amounts[]; readonly init?: readonly (Amounts & { readonly restart?: string })[];
}

/** The table counts cpu in milli-cores. */
const quantities = (amounts: Amounts) => Object.fromEntries(Object.entries(amounts).filter(([name]) => name !== 'restart').map(([name, value]) => [name, name === 'cpu' ? `${value}m` : String(value)]));

/** What the plugin says of one node on which `used` is taken already. */
async function resourceScores(plugin: PluginDefinition, { alloc, used, pod: asked }: ResourceInputs): Promise<readonly [raw: number | undefined, normalized: number] | 'skip'> {
  const { state, attempt } = rig([node({ name: 'a', allocatable: quantities(alloc) })], [pod({ name: 'used', node: 'a', requests: quantities({ cpu: 0, memory: 0, ...used }) })]);
  const scores = await scoreNodes(attempt(pod({ requests: quantities({ cpu: 0, memory: 0, ...asked }) }), [plugin]), state.snapshot().nodes);
  const [scored] = scores.plugins;
  return scored ? [scored.raw[0], scored.normalized[0] ?? NaN] : 'skip';
}

function strategyOf(plugin: string, { resources, shape = [] }: ResourceInputs): ScoringStrategy {
  const type = plugin.split('/')[1] as ScoringStrategy['type'];
  const weighted = resources.map(([name, weight]) => ({ name, weight }));
  if (type !== 'RequestedToCapacityRatio') return { type, resources: weighted };
  return { type, resources: weighted, shape: shape.map(([utilization, score]) => ({ utilization, score })) };
}

describe.each(rows.filter(({ plugin }) => plugin.startsWith('NodeResourcesFit/')))('K81 $plugin', ({ plugin, name, inputs, raw, normalized }) => {
  test(name, async () => {
    const given = JSON.parse(inputs) as ResourceInputs;
    expect(await resourceScores(nodeResourcesFit({ scoringStrategy: strategyOf(plugin, given) }), given)).toEqual([Number(raw), Number(normalized)]);
  });
});

describe.each(rows.filter(({ plugin }) => plugin === 'NodeResourcesBalancedAllocation'))('K82 $plugin', ({ name, inputs, raw, normalized }) => {
  test(name, async () => {
    const given = JSON.parse(inputs) as Omit<ResourceInputs, 'resources'> & { readonly resources: readonly string[]; readonly rawWith?: number };
    const got = await resourceScores(nodeResourcesBalancedAllocation({ resources: given.resources }), { ...given, resources: [] });
    const legacy = await resourceScores(nodeResourcesBalancedAllocation({ resources: given.resources, legacyBalance: true }), { ...given, resources: [] });

    expect(got).toEqual(raw === 'skip' ? 'skip' : [Number(raw), Number(normalized)]);
    expect(legacy).toEqual(raw === 'skip' ? 'skip' : [given.rawWith, given.rawWith]);
  });
});

describe.each(rows.filter(({ plugin }) => plugin === 'TaintToleration'))('K79 $plugin', ({ name, inputs, raw, normalized }) => {
  test(name, async () => {
    const { intolerablePreferNoSchedule } = JSON.parse(inputs) as { readonly intolerablePreferNoSchedule: readonly number[] };
    const nodes = intolerablePreferNoSchedule.map((count, i) => node({
      name: `n${i}`,
      taints: [{ key: 'tolerated', effect: 'PreferNoSchedule' }, ...Array.from({ length: count }, (_, t) => ({ key: `t${t}`, effect: 'PreferNoSchedule' as const }))],
    }));
    const { state, attempt } = rig(nodes);
    const asked = pod({ tolerations: [{ key: 'tolerated', operator: 'Exists' }, { key: 't0', operator: 'Exists', effect: 'NoSchedule' }] });
    const [scores] = (await scoreNodes(attempt(asked, [taintToleration]), state.snapshot().nodes)).plugins;

    expect(scores?.raw).toEqual(JSON.parse(raw));
    expect(scores?.normalized).toEqual(JSON.parse(normalized));
  });
});

describe.each(rows.filter(({ plugin }) => plugin === 'NodeAffinity'))('K80 $plugin', ({ name, inputs, raw, normalized }) => {
  test(name, async () => {
    const { weightsMatched } = JSON.parse(inputs) as { readonly weightsMatched: readonly (readonly number[])[] };
    const terms = weightsMatched.flatMap((weights, n) => weights.map((weight, i) => ({ weight, key: `n${n}-${i}`, n })));
    const term = ({ weight, key }: { readonly weight: number; readonly key: string }) => ({ weight, preference: { matchExpressions: [{ key, operator: 'Exists' as const }] } });
    const nodes = weightsMatched.map((_, n) => node({ name: `n${n}`, labels: Object.fromEntries(terms.filter((t) => t.n === n).map(({ key }) => [key, ''])) }));
    // One term that matches nothing, so that the plugin does not skip; the last one is the profile's own.
    const preferred = [...terms.slice(0, -1).map(term), { weight: 0, preference: { matchExpressions: [{ key: 'nowhere', operator: 'Exists' as const }] } }];
    const added = terms.slice(-1).map(term);
    const { state, attempt } = rig(nodes);
    const asked = pod({ spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } } });
    const plugin = nodeAffinity({ addedAffinity: { preferredDuringSchedulingIgnoredDuringExecution: added } });
    const [scores] = (await scoreNodes(attempt(asked, [plugin]), state.snapshot().nodes)).plugins;

    expect(scores?.raw).toEqual(JSON.parse(raw));
    expect(scores?.normalized).toEqual(JSON.parse(normalized));
  });
});

describe.each(rows.filter(({ plugin }) => plugin === 'PodRequests'))('K50 K52 $plugin', ({ name, inputs, raw }) => {
  test(name, () => {
    const given = JSON.parse(inputs) as RequestInputs;
    const container = (amounts: Amounts & { readonly restart?: string }): Container => ({
      name: 'c', resources: { requests: quantities(amounts) }, ...(amounts.restart === undefined ? {} : { restartPolicy: amounts.restart }),
    });
    const requests = requestsOf(pod({
      spec: {
        containers: given.containers.map(container), initContainers: (given.init ?? []).map(container),
        ...(given.podLevel ? { resources: { requests: quantities(given.podLevel) } } : {}), ...(given.overhead ? { overhead: quantities(given.overhead) } : {}),
      },
    }));
    const expected = JSON.parse(raw) as Amounts;

    expect(given.nonZero ? requests.nonZero : Object.fromEntries(requests.requests)).toEqual(expected);
  });
});

test.each(rows.filter(({ plugin }) => plugin === 'numFeasibleNodesToFind'))('K27 $name', ({ inputs, raw }) => {
  const { nodes, percentage } = JSON.parse(inputs) as { readonly nodes: number; readonly percentage: number };
  expect(numFeasibleNodesToFind(nodes, percentage)).toBe(Number(raw));
});

test.each(rows.filter(({ plugin }) => plugin === 'backoffSeconds'))('K35 $name', ({ inputs, raw }) => {
  const { unschedulableCount, initial, max } = JSON.parse(inputs) as { readonly unschedulableCount: number; readonly initial: number; readonly max: number };
  expect(backoffMs(unschedulableCount, { initialBackoffMs: initial * 1_000, maxBackoffMs: max * 1_000 })).toBe(Number(raw) * 1_000);
});
