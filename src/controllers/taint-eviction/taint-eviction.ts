import { equal, isReason, keyOf } from '../../core/index.js';
import { Node, Pod } from '../../kinds/index.js';
import { disruptionTarget, patchPodStatus } from '../disruption-target.js';
import type { LoopContext, LoopWork } from '../loop.js';
import { isTerminating } from '../pod-facts.js';
import { earlier, stayOf } from './plan.js';

const byNode = 'taint-eviction/node';

const evicting = (node: Node) => (node.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');

/** The work of one start. Keys are those of pods; running deadlines belong to uids (C31). */
export function taintEviction(context: LoopContext): LoopWork {
  const { client, clock, recorder } = context;
  const nodes = context.informer(Node);
  const pods = context.informer(Pod, { indexers: { [byNode]: (pod) => (pod.spec.nodeName === undefined ? [] : [pod.spec.nodeName]) } });
  /** Wall times by uid. */
  const deadlines = new Map<string, number>();

  const run = async (key: string): Promise<number | undefined> => {
    const pod = await client.get(Pod, key);
    if (!pod || pod.spec.nodeName === undefined || isTerminating(pod)) return undefined;
    const node = await client.get(Node, pod.spec.nodeName);
    const stay = stayOf(pod, node ? evicting(node) : []);
    const { uid } = pod.metadata;
    if (stay.type === 'forever') {
      if (deadlines.delete(uid)) recorder.record(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      return undefined;
    }
    const deadline = earlier(deadlines.get(uid), stay.atMs);
    deadlines.set(uid, deadline);
    const left = deadline - clock.wall();
    if (left > 0) return clock.now() + left;
    await evict(context, pod);
    deadlines.delete(uid);
    return undefined;
  };

  const subscriptions = [
    nodes.subscribe(({ deltas }) => {
      for (const delta of deltas) {
        if (delta.type === 'deleted') continue;
        if (delta.type === 'updated' && equal(evicting(delta.old), evicting(delta.new))) continue;
        for (const pod of pods.cache.byIndex(byNode, delta.new.metadata.name)) context.add(keyOf(pod));
      }
    }),
    pods.subscribe(({ deltas }) => {
      for (const delta of deltas) {
        if (delta.type === 'deleted') { deadlines.delete(delta.old.metadata.uid); continue; }
        const old = delta.type === 'updated' ? delta.old : undefined;
        const isMoved = old?.spec.nodeName !== delta.new.spec.nodeName || old?.metadata.uid !== delta.new.metadata.uid || !equal(old?.spec.tolerations, delta.new.spec.tolerations);
        if (old && old.metadata.uid !== delta.new.metadata.uid) deadlines.delete(old.metadata.uid);
        if (delta.new.spec.nodeName !== undefined && isMoved) context.add(keyOf(delta.new));
      }
    }),
  ];
  return {
    subscriptions,
    initial: () => pods.cache.list().filter(({ spec }) => spec.nodeName !== undefined).map((pod) => keyOf(pod)),
    run,
    close: async () => { await Promise.all([nodes[Symbol.asyncDispose](), pods[Symbol.asyncDispose]()]); },
  };
}

/** Says why, then deletes with the pod's own grace. Rule: C30. */
async function evict({ client, clock, recorder }: LoopContext, pod: Pod): Promise<void> {
  recorder.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`);
  try {
    await patchPodStatus(client, pod, { conditions: disruptionTarget(pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', clock.wall()) });
    await client.delete(Pod, pod, { preconditions: { uid: pod.metadata.uid } });
  } catch (error) {
    // Gone already is as good as deleted.
    if (!isReason(error, 'NotFound')) throw error;
  }
}
