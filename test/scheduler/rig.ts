import { silent } from '../../src/core/index.js';
import { virtualClock, type VirtualClock } from '../../src/core/runtime/virtual-clock.js';
import type { Node, Pod } from '../../src/kinds/index.js';
import { Attempt, type FrameworkPorts } from '../../src/scheduler/framework/attempt.js';
import { loadPlugin, type LoadedPlugin } from '../../src/scheduler/framework/loaded-plugin.js';
import { profile, type Profile } from '../../src/scheduler/framework/profile.js';
import { PermitRoom } from '../../src/scheduler/framework/waiting-pods.js';
import { registrationOf, type PluginDefinition } from '../../src/scheduler/plugin.js';
import { ClusterState } from '../../src/scheduler/state/cluster.js';

/** A plugin as it is loaded: a definition, or what scorePlugin and its like give. */
export function load(plugin: PluginDefinition | object, builtin = false): LoadedPlugin {
  const problems: { path: string; message: string }[] = [];
  const registered = registrationOf(plugin) ?? { definition: plugin as PluginDefinition, config: undefined, weight: undefined };
  const loaded = loadPlugin(registered, builtin, { resolve: () => undefined }, problems);
  if (!loaded) throw new Error(JSON.stringify(problems));
  return loaded;
}

export function profileOf(plugins: readonly (PluginDefinition | object)[], o: Partial<Profile> = {}): Profile {
  return profile({ name: 'default-scheduler', plugins: plugins.map((plugin) => load(plugin)), percentageOfNodesToScore: 100, parallelism: 16, seed: 1, ...o });
}

/** A cluster, and attempts on it. */
export interface Rig {
  readonly state: ClusterState;
  readonly clock: VirtualClock;
  readonly ports: FrameworkPorts;
  readonly faults: string[];
  attempt(pod: Pod, plugins: readonly (PluginDefinition | object)[], o?: Partial<Profile> & { readonly number?: number; readonly start?: number }): Attempt;
}

export function rig(nodes: readonly Node[], placed: readonly Pod[] = []): Rig {
  const clock = virtualClock();
  const state = new ClusterState();
  for (const node of nodes) state.putNode(node);
  for (const pod of placed) state.putPod(pod, pod.spec.nodeName ?? '');
  const faults: string[] = [];
  const room = new PermitRoom(clock);
  const ports: FrameworkPorts = {
    clock, log: silent, nominations: state.nominations,
    handle: { waitingPods: () => room.list(), activate() {} },
    pluginFault: (plugin, error) => { faults.push(`${plugin}: ${error.message}`); },
  };
  return {
    state, clock, ports, faults,
    attempt: (pod, plugins, { number = 1, start = 0, ...o } = {}) => new Attempt({ pod, number, start, profile: profileOf(plugins, o), snapshot: state.snapshot() }, ports),
  };
}
