import { event } from '../cluster-event.js';
import type { PluginDefinition } from '../plugin.js';
import { unresolvable } from '../status.js';

/** Keeps pods out of the queue while `spec.schedulingGates` holds any. Equals SchedulingGates of 1.36. Rule: K44. */
export const schedulingGates: PluginDefinition = {
  name: 'SchedulingGates',
  on: [event('TargetPod', 'UpdatePodSchedulingGatesEliminated')],
  preEnqueue({ pod }) {
    const gates = pod.spec.schedulingGates ?? [];
    return gates.length === 0 || unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
};
