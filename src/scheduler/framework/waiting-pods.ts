import type { Clock, Timer } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import type { WaitingPod, WaitingPods } from '../plugin.js';
import { unschedulable, type Status } from '../status.js';

/** How a wait ended. */
export type WaitEnd =
  | { readonly type: 'allowed' }
  | { readonly type: 'rejected'; readonly plugin: string; readonly status: Status }
  | { readonly type: 'preempted'; readonly plugin: string; readonly reason: string };

/** No pod is held longer, whatever a plugin asks for (K15). */
export const longestWaitMs = 15 * 60_000;

interface Waiting {
  readonly pod: Pod;
  readonly node: string;
  /** A timer for each plugin that has not allowed the pod yet. */
  readonly timers: Map<string, Timer>;
  end(how: WaitEnd): void;
}

/** Pods that `permit` holds. Rules: K15, K16. */
export class PermitRoom {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when every plugin has allowed the pod, or one has not. `waits`: milliseconds by plugin. */
  hold(pod: Pod, node: string, waits: ReadonlyMap<string, number>): Promise<WaitEnd> {
    const { uid } = pod.metadata;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        pod, node, timers: new Map(),
        end: (how) => {
          if (!this.#waiting.delete(uid)) return;
          for (const timer of waiting.timers.values()) timer.cancel();
          resolve(how);
        },
      };
      this.#waiting.set(uid, waiting);
      for (const [plugin, ms] of waits) {
        const at = this.#clock.now() + Math.min(ms, longestWaitMs);
        waiting.timers.set(plugin, this.#clock.setTimer(at, () => {
          waiting.end({ type: 'rejected', plugin, status: unschedulable(`timed out while waiting for plugin ${plugin}`) });
        }));
      }
    });
  }

  /** Ends the wait of a pod that went away. */
  drop(uid: string): void {
    this.#waiting.get(uid)?.end({ type: 'rejected', plugin: '', status: unschedulable('the pod was deleted') });
  }

  /** Ends all waits: the scheduler stops, or leads no longer. */
  dropAll(reason: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.end({ type: 'preempted', plugin: '', reason });
  }

  list(): WaitingPods {
    const pods = [...this.#waiting.values()].map(({ pod }) => pod);
    return Object.freeze(Object.assign(pods, { get: (uid: string) => this.#get(uid) }));
  }

  #get(uid: string): WaitingPod | undefined {
    const waiting = this.#waiting.get(uid);
    if (!waiting) return undefined;
    return Object.freeze({
      pod: waiting.pod,
      node: waiting.node,
      waitsFor: [...waiting.timers.keys()],
      allow: (plugin: string) => {
        waiting.timers.get(plugin)?.cancel();
        if (waiting.timers.delete(plugin) && waiting.timers.size === 0) waiting.end({ type: 'allowed' });
      },
      reject: (plugin: string, reason: string) => { waiting.end({ type: 'rejected', plugin, status: unschedulable(reason) }); },
      preempt: (plugin: string, reason: string) => { waiting.end({ type: 'preempted', plugin, reason }); },
    });
  }
}
