import { Clock, controller, type Controller, type MapContext } from '../../core/index.js';
import { Pod, ReplicaSet } from '../../kinds/index.js';
import { selectorOf } from './plan.js';
import { reconcile } from './reconcile.js';

export interface ReplicaSetOptions {
  /** Sets worked on at one time; default 5 (C7). */
  readonly concurrentReplicasetSyncs?: number;
}

/** Keeps as many pods as each ReplicaSet asks for. Rules: C32–C45. */
export function replicaSetController(o: ReplicaSetOptions = {}): Controller {
  return controller(ReplicaSet, { name: 'replicaset-controller', concurrency: o.concurrentReplicasetSyncs ?? 5, terminating: true })
    .index('namespace', (set) => [set.metadata.namespace])
    .owns(Pod)
    .watches(Pod, adopters)
    .inject(Clock)
    .reconcile(reconcile);
}

/** The sets that might want a pod which nobody controls (C41). */
function adopters(pod: Pod, { byIndex }: MapContext<ReplicaSet, 'namespace', Pod>): readonly ReplicaSet[] {
  if ((pod.metadata.ownerReferences ?? []).some(({ controller: controls }) => controls === true)) return [];
  return byIndex('namespace', pod.metadata.namespace).filter((set) => selectorOf(set).matches(pod.metadata.labels));
}
