/**
 * Built-in controllers, under the names of kube-controller-manager.
 *
 * @example
 * await using app = await run(builtinControllers({ replace: { 'replicaset-controller': mine } }), scheduler());
 */
import { ConfigError, runnableSet, type Runnable } from '../core/index.js';
import { garbageCollectorController } from './garbage-collector/index.js';
import { namespaceController } from './namespace/index.js';
import { nodeLifecycleController } from './node-lifecycle/index.js';
import { podGarbageCollectorController } from './pod-garbage-collector/index.js';
import { replicaSetController } from './replicaset/index.js';
import { taintEvictionController } from './taint-eviction/index.js';

export { garbageCollectorController, type GarbageCollectorOptions } from './garbage-collector/index.js';
export { namespaceController, type NamespaceOptions } from './namespace/index.js';
export { nodeLifecycleController, nodeLifecycleDefaults, type NodeLifecycleOptions } from './node-lifecycle/index.js';
export { podGarbageCollectorController, type PodGarbageCollectorOptions } from './pod-garbage-collector/index.js';
export { replicaSetController, type ReplicaSetOptions } from './replicaset/index.js';
export { taintEvictionController } from './taint-eviction/index.js';

/** Controllers that this release has not got yet; they may be brought along or switched off already. */
const planned = ['deployment-controller', 'job-controller', 'endpointslice-controller'] as const;

const builtin = {
  'replicaset-controller': () => replicaSetController(),
  'garbage-collector-controller': () => garbageCollectorController(),
  'namespace-controller': () => namespaceController(),
  'node-lifecycle-controller': () => nodeLifecycleController(),
  'taint-eviction-controller': () => taintEvictionController(),
  'pod-garbage-collector-controller': () => podGarbageCollectorController(),
} satisfies { readonly [name: string]: () => Runnable };

/** Names of kube-controller-manager. */
export type BuiltinController = keyof typeof builtin | (typeof planned)[number];

export interface BuiltinControllersOptions {
  /** One's own controller instead of a built-in one, or `false` for none. */
  readonly replace?: { readonly [name in BuiltinController]?: Runnable | false };
}

/**
 * All built-in controllers of this release, as one part.
 * @throws ConfigError for a name that is none of theirs.
 */
export function builtinControllers({ replace = {} }: BuiltinControllersOptions = {}): Runnable {
  const unknown = Object.keys(replace).filter((name) => !Object.hasOwn(builtin, name) && !(planned as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new ConfigError(unknown.map((name) => ({ path: `replace.${name}`, message: 'is no built-in controller' })), { hint: `the names are ${[...Object.keys(builtin), ...planned].join(', ')}` });
  }
  const kept = Object.entries(builtin).flatMap(([name, make]) => (Object.hasOwn(replace, name) ? [] : [make()]));
  const given = Object.values(replace).filter((part): part is Runnable => part !== false && part !== undefined);
  return runnableSet('builtin-controllers', [...kept, ...given]);
}
