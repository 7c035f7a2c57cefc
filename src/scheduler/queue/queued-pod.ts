import type { Pod } from '../../kinds/index.js';

/**
 * Where a pod of the queue is; exactly one at every time (K33).
 * - `active`: to be placed as soon as its turn comes.
 * - `rejected`: was rejected, something happened that may help, its back-off runs.
 * - `error`: an attempt failed for no fault of its own; retried by time (K26).
 * - `unschedulable`: was rejected, or is gated; waits for an event.
 * - `inFlight`: popped, neither bound nor failed yet.
 */
export type Place = 'active' | 'rejected' | 'error' | 'unschedulable' | 'inFlight';

/** A pod with what the queue knows of it. */
export interface QueuedPod {
  readonly uid: string;
  /** Arrival; decides between pods that are equal otherwise (K34). */
  readonly sequence: number;
  pod: Pod;
  place: Place;
  /** When it entered the queue, or failed last (K34). */
  enteredAt: number;
  /** When it was laid down as unschedulable or last looked at there (K38). */
  lyingSince: number;
  /** End of its back-off. */
  dueAt: number;
  /** How often it was popped. */
  attempts: number;
  /** Attempts that ended in rejection (K35). */
  rejections: number;
  /** Errors since the last other outcome (K35). */
  errors: number;
  /** Plugins that rejected it at its last attempt, or the one that gates it (K43). */
  rejectedBy: ReadonlySet<string>;
  /** Plugins that wait for something (K43). */
  pendingOn: ReadonlySet<string>;
  gatedBy: string | undefined;
  /** A plugin asked for it while it was in flight (K47). */
  activate: boolean;
}

export function queuedPod(pod: Pod, sequence: number, now: number): QueuedPod {
  return {
    uid: pod.metadata.uid, sequence, pod, place: 'active', enteredAt: now, lyingSince: now, dueAt: now, attempts: 0, rejections: 0, errors: 0,
    rejectedBy: new Set(), pendingOn: new Set(), gatedBy: undefined, activate: false,
  };
}
