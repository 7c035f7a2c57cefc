import type { Batch, Delta } from '../../core/index.js';
import type { Node, Pod } from '../../kinds/index.js';
import { assignedPodUpdated, nodeUpdated } from '../queue/changes.js';
import type { SchedulingLoop } from './scheduling-loop.js';

/** Changes of nodes as the scheduler sees them. Rules: K41, K99, K100. */
export function takeNodes(loop: SchedulingLoop, batch: Batch<Node>): void {
  for (const delta of batch.deltas) takeNode(loop, delta);
}

/** Changes of pods: those with a node take room, those without are to be placed if they are ours. Rules: K20, K25, K46, K95, K99. */
export function takePods(loop: SchedulingLoop, schedulerName: string, batch: Batch<Pod>): void {
  for (const delta of batch.deltas) takePod(loop, schedulerName, delta);
}

function takeNode(loop: SchedulingLoop, delta: Delta<Node>): void {
  switch (delta.type) {
    case 'added':
      loop.state.putNode(delta.new);
      loop.happened({ resource: 'Node', actions: ['Add'], new: delta.new });
      return;
    case 'updated': {
      loop.state.putNode(delta.new);
      // Of the same name, but another machine.
      if (delta.old.metadata.uid !== delta.new.metadata.uid) {
        loop.happened({ resource: 'Node', actions: ['Delete'], old: delta.old });
        loop.happened({ resource: 'Node', actions: ['Add'], new: delta.new });
        return;
      }
      const event = nodeUpdated(delta.old, delta.new);
      if (event) loop.happened(event);
      return;
    }
    case 'deleted':
      loop.state.removeNode(delta.old.metadata.name);
      loop.happened({ resource: 'Node', actions: ['Delete'], old: delta.old });
      return;
  }
}

function takePod(loop: SchedulingLoop, schedulerName: string, delta: Delta<Pod>): void {
  switch (delta.type) {
    case 'added': present(loop, schedulerName, undefined, delta.new); return;
    case 'updated':
      if (delta.old.metadata.uid === delta.new.metadata.uid) present(loop, schedulerName, delta.old, delta.new);
      else {
        gone(loop, delta.old);
        present(loop, schedulerName, undefined, delta.new);
      }
      return;
    case 'deleted': gone(loop, delta.old); return;
  }
}

function present(loop: SchedulingLoop, schedulerName: string, old: Pod | undefined, pod: Pod): void {
  if (isTerminal(pod)) {
    gone(loop, pod);
    return;
  }
  const node = pod.spec.nodeName ?? '';
  if (node !== '') {
    assigned(loop, old, pod, node);
    return;
  }
  // Assumed: its bind is under way or was answered; the watch will show it.
  if (loop.state.placementOf(pod.metadata.uid)) {
    if (loop.queue.pods.has(pod.metadata.uid)) loop.feed({ type: 'update', pod });
    return;
  }
  const ours = (pod.spec.schedulerName ?? 'default-scheduler') === schedulerName;
  if (!ours || pod.metadata.deletionTimestamp !== undefined) {
    if (loop.queue.pods.has(pod.metadata.uid)) loop.podGone(pod.metadata.uid);
    return;
  }
  const nominated = pod.status?.nominatedNodeName ?? '';
  if (nominated === '') loop.state.nominations.delete(pod.metadata.uid);
  else loop.state.nominations.set(pod, nominated);
  loop.feed(loop.queue.pods.has(pod.metadata.uid) ? { type: 'update', pod } : { type: 'add', pod });
}

function assigned(loop: SchedulingLoop, old: Pod | undefined, pod: Pod, node: string): void {
  const before = loop.state.placementOf(pod.metadata.uid);
  loop.state.putPod(pod, node);
  loop.state.nominations.delete(pod.metadata.uid);
  // In flight it is the binding cycle's; it leaves the queue when the bind is answered.
  const entry = loop.queue.pods.get(pod.metadata.uid);
  if (entry && entry.place !== 'inFlight') loop.feed({ type: 'delete', uid: pod.metadata.uid });
  if (before && before.node === node && !before.assumed && old) {
    const event = assignedPodUpdated(old, pod);
    if (event) loop.happened(event);
    return;
  }
  // It left the node on which we had assumed it: somebody else bound it elsewhere (K95).
  if (before && before.node !== node) loop.happened({ resource: 'AssignedPod', actions: ['Delete'], old: before.pod });
  loop.happened({ resource: 'AssignedPod', actions: ['Add'], new: pod });
}

/** Deleted, or ended: it takes no room any more (K54). */
function gone(loop: SchedulingLoop, pod: Pod): void {
  const { uid } = pod.metadata;
  const placed = loop.state.placementOf(uid);
  loop.state.removePod(uid);
  loop.podGone(uid);
  if (placed) loop.happened({ resource: 'AssignedPod', actions: ['Delete'], old: placed.pod });
}

function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
