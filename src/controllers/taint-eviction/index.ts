import type { Runnable } from '../../core/index.js';
import { Node, Pod } from '../../kinds/index.js';
import { loop, type LoopHandle } from '../loop.js';
import { taintEviction } from './taint-eviction.js';

/** Deletes pods that do not tolerate a NoExecute taint of their node, or not for so long. Rules: C28–C31. */
export function taintEvictionController(): Runnable<LoopHandle> {
  return loop({ name: 'taint-eviction-controller', kinds: [Node, Pod], concurrency: 8, start: taintEviction });
}
