import { isReason } from '../../core/index.js';
import { Node, Pod } from '../../kinds/index.js';
import { disruptionTarget, patchPodStatus } from '../disruption-target.js';
import type { LoopContext, LoopWork } from '../loop.js';
import { excess, lastPhase, missingNodes, unattended } from './plan.js';

interface Settings {
  readonly threshold: number;
  readonly periodMs: number;
  readonly quarantineMs: number;
}

/** The only key: one look at everything. */
const everything = 'pods';

/** The work of one start. */
export function podGarbageCollection(context: LoopContext, { threshold, periodMs, quarantineMs }: Settings): LoopWork {
  const { client, clock } = context;
  const nodes = context.informer(Node);
  const pods = context.informer(Pod);
  /** Monotonic times since when nodes are missing. */
  const missingSince = new Map<string, number>();

  const run = async (_key: string, signal: AbortSignal): Promise<number> => {
    const all = pods.cache.list();
    const present = new Map(nodes.cache.list().map((node) => [node.metadata.name, node]));
    for (const pod of excess(all, threshold)) await dispose(context, pod, undefined);
    const missing = missingNodes(all, present);
    for (const name of missingSince.keys()) if (!missing.has(name)) missingSince.delete(name);
    for (const name of missing) {
      signal.throwIfAborted();
      const since = missingSince.get(name) ?? clock.now();
      missingSince.set(name, since);
      // The cache may be behind, and a machine may come back under its name.
      if (clock.now() - since < quarantineMs || await client.get(Node, name, { live: true })) continue;
      const orphans = all.filter(({ spec }) => spec.nodeName === name);
      for (const pod of orphans) await dispose(context, pod, 'PodGC: node no longer exists');
    }
    for (const pod of unattended(all, present)) await dispose(context, pod, undefined);
    return clock.now() + periodMs;
  };

  // Looked at by time alone: subscriptions are there so that the caches have synced before the first look.
  const subscriptions = [nodes.subscribe(() => undefined), pods.subscribe(() => undefined)];
  return {
    subscriptions, initial: () => [everything], run,
    close: async () => { await Promise.all([nodes[Symbol.asyncDispose](), pods[Symbol.asyncDispose]()]); },
  };
}

/** Failed unless it has ended, then deleted at once. Rules: C84–C86. */
async function dispose({ client, clock }: LoopContext, pod: Pod, orphaned: string | undefined): Promise<void> {
  const phase = lastPhase(pod);
  try {
    if (phase) {
      await patchPodStatus(client, pod, {
        phase,
        ...(orphaned === undefined ? {} : { conditions: disruptionTarget(pod, 'DeletionByPodGC', orphaned, clock.wall()) }),
      });
    }
    await client.delete(Pod, pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}
