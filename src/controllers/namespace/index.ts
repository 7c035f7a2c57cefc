import { Namespace, type Runnable } from '../../core/index.js';
import { loop, type LoopHandle } from '../loop.js';
import { namespaceDeletion } from './namespace-deletion.js';

export interface NamespaceOptions {
  /** Namespaces emptied at one time; default 10 (C7). */
  readonly concurrentNamespaceSyncs?: number;
}

/** Empties namespaces that are being deleted, then lets them go. Rules: C79–C82. */
export function namespaceController(o: NamespaceOptions = {}): Runnable<LoopHandle> {
  return loop({ name: 'namespace-controller', kinds: [Namespace], concurrency: o.concurrentNamespaceSyncs ?? 10, start: namespaceDeletion });
}
