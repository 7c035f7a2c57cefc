import { compareQuantities, parseQuantity } from '../../core/resource/quantity.js';
import type { ResourceRequirements } from '../core-v1/container.js';
import type { PodSpec } from '../core-v1/pod-object.js';

const counted = ['cpu', 'memory'] as const;

/**
 * Guaranteed: every container has cpu and memory limits, equal to its requests. BestEffort: none asks for anything.
 * Burstable: the rest. Resources of the pod as a whole count instead of its containers' where they are given.
 */
export function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const parts: readonly (ResourceRequirements | undefined)[] = spec.resources ? [spec.resources]
    : [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }) => resources);
  const asks = (part: ResourceRequirements | undefined) => counted.some((name) => positive(part?.requests?.[name]) || positive(part?.limits?.[name]));
  if (!parts.some(asks)) return 'BestEffort';
  const guaranteed = parts.every((part) => counted.every((name) => {
    const limit = part?.limits?.[name];
    const request = part?.requests?.[name];
    return limit !== undefined && positive(limit) && (request === undefined || compareQuantities(request, limit) === 0);
  }));
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function positive(quantity: string | undefined): boolean {
  return quantity !== undefined && (parseQuantity(quantity)?.nano ?? 0n) > 0n;
}
