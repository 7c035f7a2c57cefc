import { cycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import { plus, type Amount, type Amounts } from '../state/amount.js';
import { infoOf, type NodeInfo } from '../state/node-info.js';
import { requestsOf } from '../state/requests.js';
import { skip } from '../status.js';
import { isExtendedResource } from './resource-names.js';

/** Upstream's NodeResourcesBalancedAllocationArgs, and the formula of releases before 1.36. */
export interface NodeResourcesBalancedAllocationArgs {
  readonly resources?: readonly string[];
  /** The balance with the pod alone, as up to 1.35. Default: how the pod changes it. */
  readonly legacyBalance?: boolean;
}

const podRequests = cycleState<Amounts>('NodeResourcesBalancedAllocation');

/** Prefers nodes whose resources the pod brings to the same fullness. Equals NodeResourcesBalancedAllocation of 1.36. Rules: K82, K84. */
export function nodeResourcesBalancedAllocation({ resources = ['cpu', 'memory'], legacyBalance = false }: NodeResourcesBalancedAllocationArgs = {}): PluginDefinition {
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore({ pod, state }) {
      const { requests } = requestsOf(pod);
      if (resources.every((name) => (requests.get(name) ?? 0) === 0)) return skip;
      state.write(podRequests, requests);
      return undefined;
    },
    score({ pod, node, state }) {
      const requests = state.read(podRequests) ?? requestsOf(pod).requests;
      const counted = resources.filter((name) => !isExtendedResource(name) || (requests.get(name) ?? 0) !== 0);
      const balanceWith = balance(infoOf(node), counted, (name) => requests.get(name) ?? 0);
      if (legacyBalance) return balanceWith;
      const balanceWithout = balance(infoOf(node), counted, () => 0);
      return 50 + Math.trunc((50 + balanceWith - balanceWithout) / 2);
    },
  };
}

/** ⌊(1 − standard deviation of the fractions) · 100⌋. */
function balance(node: NodeInfo, resources: readonly string[], added: (resource: string) => Amount): number {
  const fractions = resources.flatMap((name) => {
    const allocatable = node.allocatableAmount(name);
    if (allocatable === 0) return [];
    return [Math.min(1, Number(plus(node.requestedAmount(name), added(name))) / Number(allocatable))];
  });
  return Math.trunc((1 - deviation(fractions)) * 100);
}

/** Half the difference of two is their deviation; written out for two because doubles then give upstream's bits. */
function deviation(fractions: readonly number[]): number {
  const [first, second] = fractions;
  if (first === undefined || second === undefined) return 0;
  if (fractions.length === 2) return Math.abs((first - second) / 2);
  const mean = fractions.reduce((a, b) => a + b, 0) / fractions.length;
  return Math.sqrt(fractions.reduce((sum, f) => sum + (f - mean) * (f - mean), 0) / fractions.length);
}
