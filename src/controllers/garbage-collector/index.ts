import type { Runnable } from '../../core/index.js';
import { loop, type LoopHandle } from '../loop.js';
import { garbageCollection } from './garbage-collection.js';

export interface GarbageCollectorOptions {
  /** Objects looked at at one time; default 20 (C7). */
  readonly concurrentGCSyncs?: number;
}

/** Deletes objects whose owners are gone, of every kind that is served. Rules: C67–C77. */
export function garbageCollectorController(o: GarbageCollectorOptions = {}): Runnable<LoopHandle> {
  return loop({ name: 'garbage-collector-controller', kinds: [], concurrency: o.concurrentGCSyncs ?? 20, start: garbageCollection });
}
