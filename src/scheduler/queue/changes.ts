import { equal } from '../../core/index.js';
import type { Node, Pod } from '../../kinds/index.js';
import type { Happened } from '../cluster-event.js';
import { placedRequestsOf } from '../state/requests.js';

/** What an update of a node may make possible; undefined: nothing that a plugin can ask for. Rule: K41. */
export function nodeUpdated(old: Node, next: Node): Happened | undefined {
  const actions: string[] = [];
  if (!equal(old.status?.allocatable ?? old.status?.capacity, next.status?.allocatable ?? next.status?.capacity)) actions.push('UpdateNodeAllocatable');
  if (!equal(old.metadata.labels, next.metadata.labels)) actions.push('UpdateNodeLabel');
  // Cordoning is a taint by another name: plugins that look at taints look at both.
  if (!equal(old.spec.taints, next.spec.taints) || (old.spec.unschedulable ?? false) !== (next.spec.unschedulable ?? false)) actions.push('UpdateNodeTaint');
  if (!equal(conditionsOf(old), conditionsOf(next))) actions.push('UpdateNodeCondition');
  if (!equal(old.metadata.annotations, next.metadata.annotations)) actions.push('UpdateNodeAnnotation');
  return actions.length > 0 ? { resource: 'Node', actions, old, new: next } : undefined;
}

/** What an update of a pod that has a node may make possible for others. */
export function assignedPodUpdated(old: Pod, next: Pod): Happened | undefined {
  const actions: string[] = [];
  if (!equal(old.metadata.labels, next.metadata.labels)) actions.push('UpdatePodLabel');
  if (scaledDown(old, next)) actions.push('UpdatePodScaleDown');
  return actions.length > 0 ? { resource: 'AssignedPod', actions, old, new: next } : undefined;
}

/** What an update of a waiting pod may make possible for itself. Rule: K42. */
export function targetPodEvent(old: Pod, next: Pod): Happened | undefined {
  if (old === next) return undefined;
  const actions: string[] = [];
  if (!equal(old.metadata.labels, next.metadata.labels)) actions.push('UpdatePodLabel');
  if (scaledDown(old, next)) actions.push('UpdatePodScaleDown');
  if (!equal(old.spec.tolerations, next.spec.tolerations)) actions.push('UpdatePodToleration');
  if ((old.spec.schedulingGates?.length ?? 0) > 0 && (next.spec.schedulingGates?.length ?? 0) === 0) actions.push('UpdatePodSchedulingGatesEliminated');
  return actions.length > 0 ? { resource: 'TargetPod', actions, old, new: next, target: next.metadata.uid } : undefined;
}

function scaledDown(old: Pod, next: Pod): boolean {
  if (old.spec === next.spec && old.status?.containerStatuses === next.status?.containerStatuses) return false;
  const before = placedRequestsOf(old).requests;
  const after = placedRequestsOf(next).requests;
  return [...before].some(([resource, value]) => (after.get(resource) ?? 0) < value);
}

/** Heartbeats change nothing that placing depends on. */
function conditionsOf(node: Node): readonly (readonly string[])[] {
  return (node.status?.conditions ?? []).map(({ type, status }) => [type, status]);
}
