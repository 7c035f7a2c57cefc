import { isReason, timestamp } from '../../core/index.js';
import { Pod, type PodCondition } from '../../kinds/index.js';
import type { LoopContext } from '../loop.js';

/** The conditions with Ready taken back because the node is not well. Rules: C6, C20. */
export function notReadyConditions(pod: Pod, wallMs: number): readonly PodCondition[] {
  return (pod.status?.conditions ?? []).map((condition) => (condition.type !== 'Ready' || condition.status === 'False' ? condition
    : { ...condition, status: 'False', reason: 'NodeNotReady', lastTransitionTime: timestamp(wallMs) }));
}

/** One patch for each pod, which is not written over what somebody else wrote in between. Rule: C20. */
export async function markPodsNotReady({ client, clock, recorder }: LoopContext, pods: readonly Pod[]): Promise<void> {
  const results = await Promise.allSettled(pods.map(async (pod) => {
    const { resourceVersion } = pod.metadata;
    const written = await client.subresource(Pod, 'status').patch(pod, { metadata: { resourceVersion }, status: { conditions: notReadyConditions(pod, clock.wall()) } });
    recorder.record(written, 'Warning', 'NodeNotReady', 'Node is not ready');
  }));
  const failed = results.find((result) => result.status === 'rejected' && !isReason(result.reason, 'NotFound'));
  if (failed?.status === 'rejected') throw failed.reason;
}
