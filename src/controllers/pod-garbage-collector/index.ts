import type { Runnable } from '../../core/index.js';
import { Node, Pod } from '../../kinds/index.js';
import { loop, type LoopHandle } from '../loop.js';
import { podGarbageCollection } from './pod-garbage-collection.js';

export interface PodGarbageCollectorOptions {
  /** Ended pods that may be kept; 0 or less: all. Default 12,500. */
  readonly terminatedPodGCThreshold?: number;
}

/** How often it looks, and how long a node has to be missing before its pods go, in milliseconds. */
export const podGarbageCollectorTimes = Object.freeze({ periodMs: 20_000, quarantineMs: 40_000 });

/** Deletes pods that ended long ago, and those that no node agent will ever end. Rules: C83–C86. */
export function podGarbageCollectorController(o: PodGarbageCollectorOptions = {}): Runnable<LoopHandle> {
  return loop({
    name: 'pod-garbage-collector-controller', kinds: [Node, Pod], concurrency: 1,
    start: (context) => podGarbageCollection(context, { ...podGarbageCollectorTimes, threshold: o.terminatedPodGCThreshold ?? 12_500 }),
  });
}
