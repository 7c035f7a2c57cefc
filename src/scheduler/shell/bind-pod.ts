import { isReason, sleep, SetpointError, UnknownOutcome, type Client, type Clock } from '../../core/index.js';
import { Pod } from '../../kinds/index.js';
import type { Binder } from '../plugins/default-binder.js';

/** The pod is not there any more; there is nothing to retry. */
export class PodGone extends SetpointError {
  constructor(pod: Pod) {
    super('PodGone', `pod ${pod.metadata.namespace}/${pod.metadata.name} is gone`);
  }
}

/** Between reads of a pod whose bind has no known outcome. */
const rereadMs = 1_000;

/**
 * Writes the node through the binding subresource, with the uid as precondition. A lost answer is settled by a read,
 * never by a second write. Rules: K96, K97.
 *
 * @throws PodGone; ApiError, for example Conflict when somebody else has bound it
 */
export function podBinder(client: Client, clock: Clock): Binder {
  return async (pod, node, signal) => {
    const { name, namespace, uid } = pod.metadata;
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: node } };
    try {
      await client.subresource(Pod, 'binding').create(pod, binding, { signal });
    } catch (thrown) {
      if (isReason(thrown, 'NotFound')) throw new PodGone(pod);
      if (!(thrown instanceof UnknownOutcome)) throw thrown;
      await settle(client, clock, pod, node, signal);
    }
  };
}

/** Reads until it is known; the pod stays assumed meanwhile, so its room is neither lost nor given away. */
async function settle(client: Client, clock: Clock, pod: Pod, node: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    let stored: Pod | undefined;
    try {
      stored = await client.get(Pod, pod, { live: true, signal });
    } catch {
      await sleep(clock, rereadMs, signal);
      continue;
    }
    if (stored?.metadata.uid !== pod.metadata.uid) throw new PodGone(pod);
    const bound = stored.spec.nodeName ?? '';
    if (bound === node) return;
    throw new SetpointError('BindLost', bound === ''
      ? `the bind of pod ${pod.metadata.namespace}/${pod.metadata.name} to ${node} was not applied`
      : `pod ${pod.metadata.namespace}/${pod.metadata.name} was bound to ${bound} by somebody else`);
  }
}
