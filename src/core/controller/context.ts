import type { Reads, Writes } from '../client/client.js';
import type { Delta } from '../client/delta.js';
import type { Reason } from '../queue/queue.js';
import type { Kind } from '../resource/kind.js';
import type { Epoch, Key, KubeObject } from '../resource/object.js';
import type { Logger } from '../runtime/logger.js';
import type { Observed } from './outcome.js';

/** Events about the object of this run (R37). */
export interface ObjectEvents {
  normal(reason: string, message: string): void;
  warning(reason: string, message: string): void;
}

/**
 * The world of one run. Every verb is a free function and may be destructured; reads come from the cache and see this
 * controller's own writes. Rules: R15, R28–R33.
 */
export interface Reconcile<T extends KubeObject, S = unknown, C extends string = string> extends Reads, Writes {
  readonly object: T;
  readonly spec: T['spec'];
  readonly status: T['status'];
  readonly meta: T['metadata'];
  readonly key: Key;
  /** Why this run takes place (R9). */
  readonly reasons: readonly Reason[];
  /** 0 for the first try. */
  readonly attempt: number;
  /** The leader's term; undefined without election. */
  readonly epoch?: Epoch | undefined;
  /** Aborts at the deadline, on stop and when leadership ends (R23). */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly deadline: number;
  readonly log: Logger;
  readonly events: ObjectEvents;
  /** The children of this kind whose controller owner is the object, by uid. */
  readonly owned: <Child extends KubeObject>(child: Kind<Child, unknown>) => Promise<readonly Child[]>;
  /** The same name in each run and process: `<name>-<10 characters>`, at most 63 (R30). */
  readonly childName: (...parts: readonly string[]) => string;
  /** What to write even if this run throws later; same shape as the outcome (R32). */
  readonly setStatus: (observed: Observed<S, C>) => void;
}

/** The world of a map function. */
export interface MapContext<T extends KubeObject, I extends string, C> extends Reads {
  readonly delta: Delta<C>;
  readonly byIndex: (index: I, value: string) => readonly T[];
  readonly log: Logger;
}
