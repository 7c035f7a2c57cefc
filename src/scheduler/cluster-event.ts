import type { Node, Pod } from '../kinds/index.js';

/** What can happen in the cluster that may make a rejected pod fit. Rule: K41. */
export interface ClusterEvents {
  Node: 'Add' | 'Delete' | 'UpdateNodeAllocatable' | 'UpdateNodeLabel' | 'UpdateNodeTaint' | 'UpdateNodeCondition' | 'UpdateNodeAnnotation';
  AssignedPod: 'Add' | 'Delete' | 'UpdatePodLabel' | 'UpdatePodScaleDown';
  TargetPod: 'UpdatePodLabel' | 'UpdatePodScaleDown' | 'UpdatePodToleration' | 'UpdatePodSchedulingGatesEliminated';
}
interface EventObjects {
  Node: Node;
  AssignedPod: Pod;
  TargetPod: Pod;
}

/** What changed, as a hint sees it. */
export interface Change<T> {
  readonly old?: T;
  readonly new?: T;
}
/** Whether the change may make the pod fit. */
export type Hint<T = unknown> = (pod: Pod, change: Change<T>) => 'Queue' | 'QueueSkip';

/** An event that a plugin asks to be retried on. */
export interface ClusterEvent {
  readonly resource: keyof ClusterEvents;
  readonly action: string;
  readonly hint?: Hint<never>;
}

/** Asks for pods that this plugin rejected to be tried again on an event, unless `hint` says it cannot help. Rule: K39. */
export function event<R extends keyof ClusterEvents>(resource: R, action: ClusterEvents[R], hint?: Hint<EventObjects[R]>): ClusterEvent {
  return Object.freeze(hint === undefined ? { resource, action } : { resource, action, hint });
}

/** Something that did happen; one update may be several actions. */
export interface Happened {
  readonly resource: keyof ClusterEvents | 'Wildcard';
  readonly actions: readonly string[];
  readonly old?: Node | Pod;
  readonly new?: Node | Pod;
  /** For TargetPod: the pod that changed, the only one concerned. */
  readonly target?: string;
}

/** Concerns every pod whatever rejected it: a reload, a time-out. */
export function wildcard(action: string): Happened {
  return { resource: 'Wildcard', actions: [action] };
}
