import { ApiError, isReason, type OwnerReference, type ReconcileOf } from '../../core/index.js';
import { Pod, ReplicaSet } from '../../kinds/index.js';

type Context = ReconcileOf<typeof ReplicaSet>;

/** The owner reference by which a pod is the set's. */
export function ownedBySet(set: ReplicaSet): OwnerReference {
  return { apiVersion: ReplicaSet.apiVersion, kind: ReplicaSet.kind, name: set.metadata.name, uid: set.metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** Takes our owner reference off a pod, if pod and references are still what they were. Rule: C40. */
export async function release({ object, patch }: Context, pod: Pod): Promise<void> {
  const references = pod.metadata.ownerReferences ?? [];
  const left = references.filter(({ uid }) => uid !== object.metadata.uid);
  try {
    await patch(Pod, pod, { metadata: { resourceVersion: pod.metadata.resourceVersion, ownerReferences: left.length > 0 ? left : null } });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

/**
 * Adopts pods, after one live read that shows the set alive under its uid: the cached one may be gone for long.
 * Answers the pods as they are now. Rule: C41.
 */
export async function adopt({ object, get, patch }: Context, pods: readonly Pod[]): Promise<readonly Pod[]> {
  if (pods.length === 0) return [];
  const live = await get(ReplicaSet, object, { live: true });
  if (live?.metadata.uid !== object.metadata.uid || live.metadata.deletionTimestamp !== undefined) return [];
  const adopted: Pod[] = [];
  for (const pod of pods) {
    try {
      // Another set may want the same pod: the version lets only one of us have it.
      adopted.push(await patch(Pod, pod, { metadata: {
        resourceVersion: pod.metadata.resourceVersion,
        ownerReferences: [...(pod.metadata.ownerReferences ?? []), ownedBySet(object)],
      } }));
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
  }
  return adopted;
}

/** A create refused only because its namespace ends; nothing is left to do then. Rule: C11. */
export function namespaceEnds(error: unknown): boolean {
  return error instanceof ApiError && (error.status.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');
}
