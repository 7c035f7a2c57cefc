import type { Node, Pod } from '../../kinds/index.js';
import { event } from '../cluster-event.js';
import { cycleState, type CycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import { plus } from '../state/amount.js';
import { infoOf, NodeInfo } from '../state/node-info.js';
import { requestsOf, scoredRequest, type PodRequests } from '../state/requests.js';
import type { Status } from '../status.js';
import { isExtendedResource } from './resource-names.js';
import { resourceScore, type ScoringStrategy } from './resource-score.js';

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

const podRequests = cycleState<PodRequests>('NodeResourcesFit');

/** Room for what the pod requests, and a preference by how full nodes are. Equals NodeResourcesFit of 1.36. Rules: K60, K81. */
export function nodeResourcesFit(args: NodeResourcesFitArgs = {}): PluginDefinition {
  const strategy = args.scoringStrategy ?? defaultStrategy;
  const checked = (resource: string) => !isExtendedResource(resource)
    || !((args.ignoredResources ?? []).includes(resource) || (args.ignoredResourceGroups ?? []).includes(resource.split('/')[0] ?? ''));
  const fits = (pod: Pod, node: Node) => shortages(requestsOf(pod), NodeInfo.of(node, []), checked).reasons.length === 0;
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
      state.write(podRequests, requestsOf(pod));
    },
    filter({ pod, node, state }) {
      const { reasons, hopeless } = shortages(requestsIn(state, pod), infoOf(node), checked);
      const [reason, ...more] = reasons;
      if (reason === undefined) return true;
      return { code: hopeless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reason, more } satisfies Status;
    },
    score({ pod, node, state }) {
      const requests = requestsIn(state, pod);
      const info = infoOf(node);
      const usages = strategy.resources.flatMap(({ name, weight }) => {
        const allocatable = info.allocatableAmount(name);
        if (allocatable === 0 || (isExtendedResource(name) && (requests.requests.get(name) ?? 0) === 0)) return [];
        return [{ weight, allocatable, requested: plus(info.scoredAmount(name), scoredRequest(requests, name)) }];
      });
      return resourceScore(strategy, usages);
    },
  };
}

/** What the node lacks for the pod; `hopeless`: even empty it would not do. */
function shortages({ requests }: PodRequests, node: NodeInfo, checked: (resource: string) => boolean): { readonly reasons: readonly string[]; readonly hopeless: boolean } {
  const reasons: string[] = [];
  let hopeless = false;
  if (node.pods.length + 1 > node.allocatableAmount('pods')) reasons.push('Too many pods');
  for (const [resource, requested] of requests) {
    if (requested <= 0 || !checked(resource) || requested <= node.freeAmount(resource)) continue;
    reasons.push(`Insufficient ${resource}`);
    hopeless ||= requested > node.allocatableAmount(resource);
  }
  return { reasons, hopeless };
}

/** A filter or score asked on its own (`explain` of one plugin) has no prepared state. */
function requestsIn(state: CycleState, pod: Pod): PodRequests {
  return state.read(podRequests) ?? requestsOf(pod);
}
