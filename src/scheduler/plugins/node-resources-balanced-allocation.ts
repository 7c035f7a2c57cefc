import { cycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import { plus, type Amount } from '../state/amount.js';
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

/** A resource that counts for this pod, and how much of it the pod asks for. */
interface Counted {
  readonly name: string;
  readonly added: Amount;
}

const countedResources = cycleState<readonly Counted[]>('NodeResourcesBalancedAllocation');

/** Prefers nodes whose resources the pod brings to the same fullness. Equals NodeResourcesBalancedAllocation of 1.36. Rules: K82, K84. */
export function nodeResourcesBalancedAllocation({ resources = ['cpu', 'memory'], legacyBalance = false }: NodeResourcesBalancedAllocationArgs = {}): PluginDefinition {
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore({ pod, state }) {
      const { requests } = requestsOf(pod);
      if (resources.every((name) => (requests.get(name) ?? 0) === 0)) return skip;
      state.write(countedResources, resources.map((name) => ({ name, added: requests.get(name) ?? 0 })).filter(({ name, added }) => !isExtendedResource(name) || added !== 0));
      return undefined;
    },
    score({ node, state }) {
      const counted = state.read(countedResources) ?? [];
      const balanceWith = balance(infoOf(node), counted, true);
      return legacyBalance ? balanceWith : 50 + Math.trunc((50 + balanceWith - balance(infoOf(node), counted, false)) / 2);
    },
  };
}

/** ⌊(1 − standard deviation of the fractions) · 100⌋, with the pod or without it. */
function balance(node: NodeInfo, counted: readonly Counted[], withPod: boolean): number {
  const fractions: number[] = [];
  for (const { name, added } of counted) {
    const allocatable = node.allocatableAmount(name);
    if (allocatable === 0) continue;
    const requested = node.requestedAmount(name);
    fractions.push(Math.min(1, Number(withPod ? plus(requested, added) : requested) / Number(allocatable)));
  }
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
