import type { Pod } from '../../kinds/index.js';
import type { PluginDefinition } from '../plugin.js';
import { skip, unresolvable } from '../status.js';

/**
 * Stands in the place of a plugin of upstream's that this scheduler does not have: pods that need it are refused with
 * a reason, never placed as if they had not asked. A plugin of the same name takes over; others are let through.
 */
function refusing(name: string, needs: (pod: Pod) => boolean, what: string): PluginDefinition {
  return {
    name,
    on: [],
    preFilter: ({ pod }) => (needs(pod) ? unresolvable(`${what} are not supported: a plugin named ${name} is needed`) : skip),
  };
}

/** Host ports (K59). */
export const nodePorts = refusing('NodePorts', (pod) => containersOf(pod).some(({ ports }) => ports?.some(({ hostPort }) => (hostPort ?? 0) > 0) ?? false), 'host ports');

/** Claims, as volumes and generic ephemeral ones (K63). */
export const volumeBinding = refusing('VolumeBinding', (pod) => (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined), 'persistent volume claims');

/** Constraints that must hold; those that are only wishes are left unheard (K66). */
export const podTopologySpread = refusing('PodTopologySpread', (pod) => (pod.spec.topologySpreadConstraints ?? []).some(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule'), 'topology spread constraints with DoNotSchedule');

/** Terms that must hold; those that are only wishes are left unheard (K67). */
export const interPodAffinity = refusing('InterPodAffinity', ({ spec: { affinity } }) => [affinity?.podAffinity, affinity?.podAntiAffinity].some((terms) => (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0), 'required pod affinity and anti-affinity');

/** Device claims (K65). */
export const dynamicResources: PluginDefinition = {
  name: 'DynamicResources',
  on: [],
  preFilter: ({ pod }) => ((pod.spec.resourceClaims ?? []).length > 0 ? unresolvable('dynamic resource claims are not supported') : skip),
};

function containersOf({ spec }: Pod): readonly Pod['spec']['containers'][number][] {
  return [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')];
}
