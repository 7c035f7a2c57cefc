import { toError } from '../core/index.js';
import type { Pod } from '../kinds/index.js';
import type { PlacementRecord } from './decisions.js';
import { Attempt, type FrameworkPorts } from './framework/attempt.js';
import { choose, type Choice } from './framework/choose.js';
import { messageOf, type Rejection } from './framework/diagnosis.js';
import { ask, filterNodes, preFilter, united } from './framework/filtering.js';
import type { Profile } from './framework/profile.js';
import { scoreNodes, type Scores } from './framework/scoring.js';
import type { Snapshot } from './state/cluster.js';
import type { NodeInfo } from './state/node-info.js';
import { reasonsOf } from './status.js';
import { table } from './explain-table.js';
import type { ExplainOptions, Explanation, FilterExplanation, NodeExplanation, NodeGroup } from './explanation.js';

export interface ExplainInput {
  readonly pod: Pod;
  /** The node that it is on; '': none. */
  readonly placedOn: string;
  readonly profile: Profile;
  readonly snapshot: Snapshot;
  readonly ports: FrameworkPorts;
  readonly attempt: number;
  readonly decision: PlacementRecord | undefined;
}

/**
 * Goes through the framework for a pod once more, on the cluster as it is, and keeps what every plugin says. Changes
 * nothing. A pod that has a node is looked at as if it had none yet.
 */
export async function explain(input: ExplainInput, options: ExplainOptions): Promise<Explanation> {
  return finished(input, options, await again(input));
}

/** The node that the pod would go to now. */
export async function simulate(input: ExplainInput): Promise<string | undefined> {
  return (await again(input)).chosen;
}

async function again(input: ExplainInput): Promise<Evaluated> {
  const { pod, snapshot } = input.placedOn === '' ? input : lifted(input.pod, input.snapshot, input.placedOn);
  const attempt = new Attempt({ pod, number: input.attempt, profile: input.profile, snapshot }, input.ports);
  try {
    return await evaluate(attempt);
  } catch (thrown) {
    return { filters: new Map(), message: toError(thrown).message, scores: undefined, choice: undefined, chosen: undefined, failed: true };
  } finally {
    attempt.end(true);
  }
}

interface Evaluated {
  /** By node; absent: not looked at. */
  readonly filters: ReadonlyMap<string, readonly FilterExplanation[]>;
  readonly message: string | undefined;
  readonly scores: Scores | undefined;
  readonly choice: Choice | undefined;
  readonly chosen: string | undefined;
  readonly failed: boolean;
}

async function evaluate(attempt: Attempt): Promise<Evaluated> {
  const { snapshot, profile } = attempt;
  const nothing = { scores: undefined, choice: undefined, chosen: undefined, failed: false };
  if (snapshot.nodes.length === 0) return { ...nothing, filters: new Map(), message: 'no nodes available to schedule pods' };
  const passed = await preFilter(attempt);
  if (passed.type === 'rejected') {
    const forAll = united(passed.rejections) as Rejection; // rejected by one at least
    const filters = new Map(snapshot.nodes.map((node) => [node.name, passed.rejections.flatMap(explained)]));
    return { ...nothing, filters, message: messageOf({ nodes: snapshot.nodes.length, rejections: new Map(), forAll, rejectedBy: new Set(), pendingOn: new Set() }) };
  }
  const { feasible, rejections } = filterNodes(attempt, passed);
  const plugins = profile.at('filter').filter((plugin) => !attempt.withoutFilter.has(plugin));
  const filters = new Map(snapshot.nodes.map((node) => {
    const first = rejections.get(node.name);
    if (!first) return [node.name, []];
    const all = plugins.flatMap((plugin) => ask(attempt, plugin, node) ?? []);
    // A narrowed search or nominated pods keep a node out without any plugin's word on the node alone.
    return [node.name, (all.length > 0 ? all : [first]).flatMap(explained)];
  }));
  const [only] = feasible;
  if (!only) return { ...nothing, filters, message: messageOf({ nodes: snapshot.nodes.length, rejections, rejectedBy: new Set(), pendingOn: new Set() }) };
  const scores = await scoreNodes(attempt, feasible);
  const choice = choose(scores.totals, profile.seed, attempt.pod.metadata.uid, attempt.number);
  return { filters, message: undefined, scores, choice, chosen: scores.nodes[choice.winner]?.name, failed: false };
}

function finished({ placedOn, ports, decision }: ExplainInput, options: ExplainOptions, found: Evaluated): Explanation {
  const { filters, message, scores, choice } = found;
  const node = placedOn === '' ? found.chosen : placedOn;
  const nodes = [...filters].map(([name, filter]): NodeExplanation => nodeExplanation(name, filter, scores))
    .filter(({ name }) => options.why !== 'not' || options.node === undefined || name === options.node);
  const explanation: Omit<Explanation, 'toString'> = {
    outcome: found.failed ? 'error' : node === undefined ? 'unschedulable' : 'placed',
    ...(node === undefined ? {} : { node }),
    ...(message === undefined ? {} : { message }),
    nodes: [...nodes].sort((a, b) => Number(a.filter.length > 0) - Number(b.filter.length > 0) || b.total - a.total),
    ...(options.why === undefined ? {} : { groups: groupsOf(nodes) }),
    ties: choice?.ties ?? 0,
    ...(choice ? { draw: choice.draw } : {}),
    ...(decision ? { decision } : {}),
    at: ports.clock.wall(),
  };
  return Object.freeze({ ...explanation, toString: () => table(explanation) });
}

function nodeExplanation(name: string, filter: readonly FilterExplanation[], scores: Scores | undefined): NodeExplanation {
  const i = scores?.nodes.findIndex((node) => node.name === name) ?? -1;
  if (!scores || i < 0) return { name, filter, scores: [], total: 0 };
  return {
    name, filter, total: scores.totals[i] ?? 0,
    scores: scores.plugins.map(({ plugin, weight, raw, normalized }) => {
      const score = normalized[i] ?? 0;
      return { plugin, raw: raw[i], normalized: score, weight, weighted: score * weight };
    }),
  };
}

function explained({ plugin, status }: Rejection): readonly FilterExplanation[] {
  const detail = status.detail === undefined ? '' : ` (${status.detail})`;
  return reasonsOf(status).map((reason) => ({ plugin, code: status.code, reason: `${reason}${detail}` }));
}

function groupsOf(nodes: readonly NodeExplanation[]): readonly NodeGroup[] {
  const groups = new Map<string, { readonly reasons: readonly string[]; readonly names: string[] }>();
  for (const { name, filter } of nodes) {
    if (filter.length === 0) continue;
    const reasons = filter.map(({ reason }) => reason).sort();
    const key = JSON.stringify(reasons);
    const group = groups.get(key);
    if (group) group.names.push(name);
    else groups.set(key, { reasons, names: [name] });
  }
  return [...groups.values()].map(({ reasons, names }) => ({ reasons, count: names.length, examples: names.slice(0, 3) })).sort((a, b) => b.count - a.count);
}

/** The pod without its node, and the cluster without the pod. */
function lifted(pod: Pod, snapshot: Snapshot, node: string): { readonly pod: Pod; readonly snapshot: Snapshot } {
  const { nodeName: _, ...spec } = pod.spec;
  const nodes = snapshot.nodes.map((info): NodeInfo => (info.name === node ? info.minusPod(pod.metadata.uid) : info));
  return { pod: Object.freeze({ ...pod, spec: Object.freeze(spec) }), snapshot: { ...snapshot, nodes } };
}
