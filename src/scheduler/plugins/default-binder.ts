import type { Pod } from '../../kinds/index.js';
import type { PluginDefinition } from '../plugin.js';

/** Writes the node into the pod; resolves when it is known to be written. */
export type Binder = (pod: Pod, node: string, signal: AbortSignal) => Promise<void>;

/** Binds through the pod's `binding` subresource. Equals DefaultBinder of 1.36. Rule: K96. */
export function defaultBinder(binder: Binder): PluginDefinition {
  return {
    name: 'DefaultBinder',
    bind: ({ pod, node, signal }) => binder(pod, node.name, signal),
  };
}
