import { event } from '../cluster-event.js';
import type { Node, Pod, Taint } from '../../kinds/index.js';
import type { PluginDefinition } from '../plugin.js';
import { unresolvable } from '../status.js';
import { tolerates } from './tolerations.js';

const cordon: Taint = Object.freeze({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' });

/** Keeps pods off cordoned nodes. Equals NodeUnschedulable of 1.36. Rule: K55. */
export const nodeUnschedulable: PluginDefinition = {
  name: 'NodeUnschedulable',
  on: [
    event('Node', 'Add', (pod, { new: node }) => (node && passes(pod, node) ? 'Queue' : 'QueueSkip')),
    event('Node', 'UpdateNodeTaint', (pod, { old, new: node }) => (node && passes(pod, node) && !(old && passes(pod, old)) ? 'Queue' : 'QueueSkip')),
    event('TargetPod', 'UpdatePodToleration'),
  ],
  filter: ({ pod, node }) => passes(pod, node) || unresolvable('node(s) were unschedulable'),
};

function passes(pod: Pod, node: Node): boolean {
  return node.spec.unschedulable !== true || (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, cordon));
}
