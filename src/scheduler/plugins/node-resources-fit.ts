import type { Node, Pod } from '../../kinds/index.js';
import { event } from '../cluster-event.js';
import { cycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import { plus, type Amount, type Amounts } from '../state/amount.js';
import { infoOf, NodeInfo } from '../state/node-info.js';
import { requestsOf, scoredRequest } from '../state/requests.js';
import type { Status } from '../status.js';
import { isExtendedResource } from './resource-names.js';
import { resourceScore, type ScoringStrategy, type Usage } from './resource-score.js';

/** Upstream's NodeResourcesFitArgs. */
export interface NodeResourcesFitArgs {
  readonly scoringStrategy?: ScoringStrategy;
  /** Extended resources that are not checked. */
  readonly ignoredResources?: readonly string[];
  /** The same by group, what stands before the slash. */
  readonly ignoredResourceGroups?: readonly string[];
}

export const defaultStrategy: ScoringStrategy = Object.freeze({
  type: 'LeastAllocated',
  resources: Object.freeze([{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]),
});

/** What of the pod's requests is checked, and what counts in the score. */
interface Prepared {
  readonly checked: Amounts;
  readonly scored: readonly { readonly name: string; readonly weight: number; readonly added: Amount }[];
}
const prepared = cycleState<Prepared>('NodeResourcesFit');

/** Room for what the pod requests, and a preference by how full nodes are. Equals NodeResourcesFit of 1.36. Rules: K60, K81. */
export function nodeResourcesFit(args: NodeResourcesFitArgs = {}): PluginDefinition {
  const strategy = args.scoringStrategy ?? defaultStrategy;
  const checked = (resource: string) => !isExtendedResource(resource)
    || !((args.ignoredResources ?? []).includes(resource) || (args.ignoredResourceGroups ?? []).includes(resource.split('/')[0] ?? ''));
  const prepare = (pod: Pod): Prepared => {
    const requests = requestsOf(pod);
    const counts = (name: string) => !isExtendedResource(name) || (requests.requests.get(name) ?? 0) !== 0;
    return { checked: new Map([...requests.requests].filter(([name, value]) => value > 0 && checked(name))), scored: strategy.resources.filter(({ name }) => counts(name)).map(({ name, weight }) => ({ name, weight, added: scoredRequest(requests, name) })) };
  };
  const fits = (pod: Pod, node: Node) => shortages(prepare(pod).checked, NodeInfo.of(node, [])).reasons.length === 0;
  return {
    name: 'NodeResourcesFit',
    on: [
      event('AssignedPod', 'Delete'),
      event('AssignedPod', 'UpdatePodScaleDown'),
      event('TargetPod', 'UpdatePodScaleDown'),
      // The node as a whole must be large enough; what lies on it is only known to the next attempt.
      event('Node', 'Add', (pod, { new: node }) => (node && fits(pod, node) ? 'Queue' : 'QueueSkip')),
      event('Node', 'UpdateNodeAllocatable', (pod, { new: node }) => (node && fits(pod, node) ? 'Queue' : 'QueueSkip')),
    ],
    preFilter({ pod, state }) {
      state.write(prepared, prepare(pod));
    },
    filter({ pod, node, state }) {
      const { reasons, hopeless } = shortages((state.read(prepared) ?? prepare(pod)).checked, infoOf(node));
      const [reason, ...more] = reasons;
      if (reason === undefined) return true;
      return { code: hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reason, more } satisfies Status;
    },
    score({ pod, node, state }) {
      const info = infoOf(node);
      const usages: Usage[] = [];
      for (const { name, weight, added } of (state.read(prepared) ?? prepare(pod)).scored) {
        const allocatable = info.allocatableAmount(name);
        if (allocatable !== 0) usages.push({ weight, allocatable, requested: plus(info.scoredAmount(name), added) });
      }
      return resourceScore(strategy, usages);
    },
  };
}

const none: readonly string[] = [];

/** What the node lacks for the pod; `hopeless`: even empty it would not do. */
function shortages(requests: Amounts, node: NodeInfo): { readonly reasons: readonly string[]; readonly hopeless: boolean } {
  let reasons = none;
  let hopeless = false;
  if (node.pods.length + 1 > node.allocatableAmount('pods')) reasons = ['Too many pods'];
  for (const [resource, requested] of requests) {
    if (requested <= node.freeAmount(resource)) continue;
    reasons = [...reasons, `Insufficient ${resource}`];
    hopeless ||= requested > node.allocatableAmount(resource);
  }
  return { reasons, hopeless };
}
