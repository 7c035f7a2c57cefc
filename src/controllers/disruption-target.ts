import { timestamp, type Client } from '../core/index.js';
import { Pod, type PodCondition, type PodStatus } from '../kinds/index.js';

/** The conditions with DisruptionTarget true: why somebody is about to end the pod. Rule: C6. */
export function disruptionTarget(pod: Pod, reason: string, message: string, wallMs: number): readonly PodCondition[] {
  const before = pod.status?.conditions ?? [];
  const old = before.find(({ type }) => type === 'DisruptionTarget');
  const made: PodCondition = {
    type: 'DisruptionTarget', status: 'True', reason, message,
    lastTransitionTime: old?.status === 'True' && old.lastTransitionTime ? old.lastTransitionTime : timestamp(wallMs),
  };
  return old ? before.map((condition) => (condition === old ? made : condition)) : [...before, made];
}

/** Writes status fields of the pod that was read, and of no other under its name. */
export function patchPodStatus(client: Client, pod: Pod, status: PodStatus): Promise<Pod> {
  const { uid, resourceVersion } = pod.metadata;
  return client.subresource(Pod, 'status').patch(pod, { metadata: { uid, resourceVersion }, status });
}
