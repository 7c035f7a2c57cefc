import type { Delta } from '../../client/delta.js';
import type { Reason } from '../../queue/queue.js';
import { equal } from '../../resource/json/equal.js';
import type { KubeObject } from '../../resource/object.js';

/** Why a change of the controller's own object starts a run (R9). */
export function primaryReason(delta: Delta<KubeObject>, initial: boolean): Reason {
  if (delta.type === 'deleted') return { source: 'deleted' };
  if (delta.type === 'added') return { source: initial ? 'initial' : 'added' };
  if (delta.new.metadata.deletionTimestamp !== delta.old.metadata.deletionTimestamp) return { source: 'terminating' };
  if (delta.new.metadata.generation !== delta.old.metadata.generation) return { source: 'spec' };
  if (!equal(delta.new.status, delta.old.status)) return { source: 'status' };
  return { source: 'metadata' };
}

/** Why a change of another object starts a run: `owned ConfigMap/a updated`. */
export function otherReason(source: 'owned' | 'watched', kind: string, delta: Delta<KubeObject>): Reason {
  return { source, detail: `${kind}/${delta.key} ${delta.type}` };
}

/** A reason as a person reads it. */
export function reasonText(reason: Reason): string {
  return reason.detail === undefined ? reason.source : `${reason.source} ${reason.detail}`;
}
