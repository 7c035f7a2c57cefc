import { parseTimestamp } from '../../core/index.js';
import type { Node, Pod } from '../../kinds/index.js';
import { readyCondition } from '../node-lifecycle/health.js';
import { isTerminal, isTerminating } from '../pod-facts.js';

/** Ended pods beyond the threshold, the first to go first: evicted ones, then the oldest, then by name. Rule: C83. */
export function excess(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0) return [];
  const ended = pods.filter((pod) => !['Pending', 'Running', 'Unknown', undefined].includes(pod.status?.phase));
  if (ended.length <= threshold) return [];
  const isEvicted = (pod: Pod) => pod.status?.reason === 'Evicted';
  return [...ended].sort((a, b) => Number(isEvicted(b)) - Number(isEvicted(a))
    || parseTimestamp(a.metadata.creationTimestamp) - parseTimestamp(b.metadata.creationTimestamp)
    || (a.metadata.name < b.metadata.name ? -1 : 1)).slice(0, ended.length - threshold);
}

/** Names of nodes that pods are bound to and that are not there. */
export function missingNodes(pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): ReadonlySet<string> {
  return new Set(pods.flatMap(({ spec }) => (spec.nodeName !== undefined && spec.nodeName !== '' && !nodes.has(spec.nodeName) ? [spec.nodeName] : [])));
}

/** Pods that nobody will end: ending without a node, or on one that is out of service. Rule: C85. */
export function unattended(pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): readonly Pod[] {
  return pods.filter((pod) => {
    if (!isTerminating(pod)) return false;
    if ((pod.spec.nodeName ?? '') === '') return true;
    const node = nodes.get(pod.spec.nodeName ?? '');
    return node !== undefined && readyCondition(node)?.status !== 'True' && (node.spec.taints ?? []).some(({ key }) => key === 'node.kubernetes.io/out-of-service');
  });
}

/** The phase that a pod gets before it is deleted: one that has ended keeps its own (C86). */
export function lastPhase(pod: Pod): 'Failed' | undefined {
  return isTerminal(pod) ? undefined : 'Failed';
}
