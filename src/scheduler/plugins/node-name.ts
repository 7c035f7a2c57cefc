import { event } from '../cluster-event.js';
import type { PluginDefinition } from '../plugin.js';
import { unresolvable } from '../status.js';

/** A pod that names a node goes there or nowhere. Equals NodeName of 1.36. Rule: K56. */
export const nodeName: PluginDefinition = {
  name: 'NodeName',
  on: [event('Node', 'Add')],
  filter({ pod, node }) {
    const wanted = pod.spec.nodeName ?? '';
    return wanted === '' || wanted === node.name || unresolvable("node(s) didn't match the requested node name");
  },
};
