import type { PluginDefinition } from '../plugin.js';
import { defaultBinder, type Binder } from './default-binder.js';
import { nodeAffinity } from './node-affinity.js';
import { nodeName } from './node-name.js';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.js';
import { nodeResourcesFit } from './node-resources-fit.js';
import { nodeUnschedulable } from './node-unschedulable.js';
import { schedulingGates } from './scheduling-gates.js';
import { taintToleration } from './taint-toleration.js';
import { dynamicResources, interPodAffinity, nodePorts, podTopologySpread, volumeBinding } from './unsupported.js';

/** The default plugins in upstream's order, with its weights. PrioritySort is the queue's own. */
export function defaultPlugins(binder: Binder): readonly PluginDefinition[] {
  return [
    schedulingGates, nodeUnschedulable, nodeName, taintToleration, nodeAffinity(), nodePorts, nodeResourcesFit(), volumeBinding,
    podTopologySpread, interPodAffinity, dynamicResources, nodeResourcesBalancedAllocation(), defaultBinder(binder),
  ];
}
