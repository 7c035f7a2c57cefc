import { isReason, toError, type Clock, type OutcomeOf, type ReconcileOf, timestamp } from '../../core/index.js';
import { Pod, ReplicaSet } from '../../kinds/index.js';
import { isActive } from '../pod-facts.js';
import { adopt, namespaceEnds, release } from './ownership.js';
import { claimPods, planScaling, selectorOf, slowStart, type Scaling } from './plan.js';
import { replicaSetStatus, type PassFailure } from './status.js';

type Context = ReconcileOf<typeof ReplicaSet>;

/** More reasons than these are not told apart by the queue. */
const reasonsKept = 16;

/** Brings the number of pods to the set's, then says what it saw. Rules: C32–C42. */
export async function reconcile(ctx: Context, clock: Clock): Promise<OutcomeOf<typeof ReplicaSet>> {
  const { object } = ctx;
  const claims = claimPods(object, await ctx.owned(Pod), await orphans(ctx));
  for (const pod of claims.released) await release(ctx, pod);
  const kept = [...claims.kept, ...await adopt(ctx, claims.adopted)];
  const scaling = planScaling(object, kept, await family(ctx, kept), clock.wall());
  const pass = await carryOut(ctx, scaling, kept);
  const nextChangeAtMs = await writeStatus(ctx, pass, clock);
  if (pass.error) throw pass.error;
  return nextChangeAtMs === undefined ? undefined : { requeueAfter: Math.max(0, nextChangeAtMs - clock.wall()) };
}

/**
 * Pods of the namespace that nobody controls and the selector fits. Changes of our own pods make none, so a run that
 * has no other reason does not look for them: its cost stays independent of the namespace (C45).
 */
async function orphans({ object, reasons, attempt, list }: Context): Promise<readonly Pod[]> {
  if (attempt === 0 && reasons.length > 0 && reasons.length < reasonsKept && reasons.every(({ source }) => source === 'owned')) return [];
  const selector = selectorOf(object);
  const pods = await list(Pod, { namespace: object.metadata.namespace });
  return pods.filter(({ metadata }) => selector.matches(metadata.labels) && !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true));
}

/** Active pods of all sets under the same controller owner; they tell which nodes are crowded (C36). */
async function family({ object, list }: Context, kept: readonly Pod[]): Promise<readonly Pod[]> {
  const ours = kept.filter(isActive);
  const parent = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!parent || ours.length <= (object.spec.replicas ?? 1)) return ours;
  const namespace = object.metadata.namespace;
  const sets = (await list(ReplicaSet, { namespace })).filter(({ metadata }) => metadata.uid !== object.metadata.uid
    && (metadata.ownerReferences ?? []).some(({ controller, uid }) => controller === true && uid === parent.uid));
  if (sets.length === 0) return ours;
  const uids = new Set<string>(sets.map(({ metadata }) => metadata.uid));
  const others = (await list(Pod, { namespace })).filter((pod) => isActive(pod)
    && (pod.metadata.ownerReferences ?? []).some(({ controller, uid }) => controller === true && uids.has(uid)));
  return [...ours, ...others];
}

/** The pods after a pass, and what ended it early. */
interface Pass {
  readonly kept: readonly Pod[];
  readonly failure?: PassFailure;
  readonly error?: Error;
}

async function carryOut(ctx: Context, scaling: Scaling, kept: readonly Pod[]): Promise<Pass> {
  switch (scaling.type) {
    case 'none': return { kept };
    case 'create': return createPods(ctx, scaling.count, kept);
    case 'delete': return deletePods(ctx, scaling.pods, kept);
  }
}

/** In batches of 1, 2, 4 …; the first that fails is the last of this pass. Rules: C9, C11, C33, C37. */
async function createPods(ctx: Context, count: number, kept: readonly Pod[]): Promise<Pass> {
  const created: Pod[] = [];
  for (const size of slowStart(count)) {
    const results = await Promise.allSettled(Array.from({ length: size }, () => createPod(ctx)));
    for (const result of results) {
      if (result.status !== 'fulfilled') continue;
      created.push(result.value);
      ctx.events.normal('SuccessfulCreate', `Created pod: ${result.value.metadata.name}`);
    }
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) continue;
    if (namespaceEnds(failed.reason)) break;
    const error = toError(failed.reason);
    ctx.events.warning('FailedCreate', `Error creating: ${error.message}`);
    return { kept: [...kept, ...created], failure: { reason: 'FailedCreate', message: error.message }, error };
  }
  return { kept: [...kept, ...created] };
}

function createPod({ object, create }: Context): Promise<Pod> {
  const { template } = object.spec;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return create(Pod, {
    metadata: { generateName: `${object.metadata.name}-`, labels, annotations, finalizers },
    // The api refuses a set without a template.
    spec: template?.spec ?? { containers: [] },
  });
}

/** All at once; what is gone already is as good as deleted. Rule: C34. */
async function deletePods(ctx: Context, pods: readonly Pod[], kept: readonly Pod[]): Promise<Pass> {
  const results = await Promise.allSettled(pods.map((pod) => deletePod(ctx, pod)));
  const left = new Map<Pod, Pod | undefined>();
  let failure: Error | undefined;
  for (const [i, pod] of pods.entries()) {
    const result = results[i];
    if (result?.status === 'fulfilled') {
      left.set(pod, result.value);
      ctx.events.normal('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    } else {
      failure ??= toError(result?.reason);
      ctx.events.warning('FailedDelete', `Error deleting: ${toError(result?.reason).message}`);
    }
  }
  const after = kept.flatMap((pod) => (left.has(pod) ? left.get(pod) ?? [] : [pod]));
  return failure ? { kept: after, failure: { reason: 'FailedDelete', message: failure.message }, error: failure } : { kept: after };
}

/** The pod as it ends in its grace; undefined when it is gone. */
async function deletePod(ctx: Context, pod: Pod): Promise<Pod | undefined> {
  try {
    const last = await ctx.delete(Pod, pod, { preconditions: { uid: pod.metadata.uid } });
    return last?.metadata.deletionTimestamp === undefined ? undefined : last;
  } catch (error) {
    // Another pod under the name means that ours is gone.
    if (isReason(error, 'Conflict')) return undefined;
    throw error;
  }
}

/** Writes the status if it says something new; answers when it changes by waiting. Rules: C4, C5, C38. */
async function writeStatus(ctx: Context, pass: Pass, clock: Clock): Promise<number | undefined> {
  const now = { ms: clock.wall(), text: timestamp(clock.wall()) };
  const write = async (set: ReplicaSet) => {
    // The generation that was acted on, which a newer object may have left behind.
    const acted = { ...set, spec: ctx.spec, metadata: { ...set.metadata, generation: ctx.meta.generation } };
    const { status, nextChangeAtMs } = replicaSetStatus(acted, pass.kept, pass.failure, now);
    if (!same(status, set.status)) {
      const conditions = status.conditions ?? (set.status?.conditions ? null : undefined);
      await ctx.subresource(ReplicaSet, 'status').patch(set, { metadata: { resourceVersion: set.metadata.resourceVersion }, status: { ...status, conditions } });
    }
    return nextChangeAtMs;
  };
  try {
    return await write(ctx.object);
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined;
    if (!isReason(error, 'Conflict')) throw error;
  }
  const live = await ctx.get(ReplicaSet, ctx.object, { live: true });
  return live?.metadata.uid === ctx.meta.uid ? write(live) : undefined;
}

function same(a: ReplicaSet['status'], b: ReplicaSet['status']): boolean {
  if (!a || !b) return a === b;
  // Those that are zero are stored as absent, but for `terminatingReplicas`.
  const count = (field: 'fullyLabeledReplicas' | 'readyReplicas' | 'availableReplicas') => (a[field] ?? 0) === (b[field] ?? 0);
  return a.replicas === b.replicas && count('fullyLabeledReplicas') && count('readyReplicas') && count('availableReplicas')
    && a.terminatingReplicas === b.terminatingReplicas && a.observedGeneration === b.observedGeneration && (a.conditions ?? []).length === (b.conditions ?? []).length
    && (a.conditions ?? []).every((condition, i) => condition === b.conditions?.[i]);
}
