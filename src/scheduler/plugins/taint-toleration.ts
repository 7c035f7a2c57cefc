import type { Node, Pod, Taint, Toleration } from '../../kinds/index.js';
import { event } from '../cluster-event.js';
import { cycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import type { Status } from '../status.js';
import { tolerates, untolerated } from './tolerations.js';

const repelling: readonly Taint['effect'][] = ['NoSchedule', 'NoExecute'];
const softTolerations = cycleState<readonly Toleration[]>('TaintToleration');

/** Keeps pods off nodes whose taints they do not tolerate, and away from PreferNoSchedule. Equals TaintToleration of 1.36. Rules: K57, K79. */
export const taintToleration: PluginDefinition = {
  name: 'TaintToleration',
  weight: 3,
  normalize: 'defaultReverse',
  on: [
    event('Node', 'Add', (pod, { new: node }) => (node && passes(pod, node) ? 'Queue' : 'QueueSkip')),
    event('Node', 'UpdateNodeTaint', (pod, { old, new: node }) => (node && passes(pod, node) && !(old && passes(pod, old)) ? 'Queue' : 'QueueSkip')),
    event('TargetPod', 'UpdatePodToleration'),
  ],
  filter({ pod, node }): true | Status {
    const taint = untolerated(node.spec.taints, pod.spec.tolerations, repelling);
    return taint === undefined || { code: 'UnschedulableAndUnresolvable', reason: 'node(s) had untolerated taint(s)', detail: `untolerated taint {${taint.key}: ${taint.value ?? ''}}` };
  },
  preScore({ pod, state }) {
    state.write(softTolerations, (pod.spec.tolerations ?? []).filter(({ effect }) => (effect ?? '') === '' || effect === 'PreferNoSchedule'));
  },
  score({ node, state }) {
    const accepted = state.read(softTolerations) ?? [];
    return (node.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !accepted.some((toleration) => tolerates(toleration, taint))).length;
  },
};

function passes(pod: Pod, node: Node): boolean {
  return untolerated(node.spec.taints, pod.spec.tolerations, repelling) === undefined;
}
