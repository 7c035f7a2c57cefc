import type { Pod } from '../../kinds/index.js';
import type { ClusterEvent, Happened, Hint } from '../cluster-event.js';
import { leaveAlone } from '../status.js';
import type { QueuedPod } from './queued-pod.js';

/** What one plugin registered for one event. */
export interface Registration {
  readonly plugin: string;
  readonly hint: Hint<never> | undefined;
}

/** Which plugins want which events. Rule: K39. */
export class HintTable {
  readonly #byEvent = new Map<string, Registration[]>();

  constructor(plugins: Iterable<{ readonly name: string; readonly events: readonly ClusterEvent[] }> = []) {
    for (const { name, events } of plugins) {
      for (const { resource, action, hint } of events) {
        const key = `${resource}/${action}`;
        const registrations = this.#byEvent.get(key) ?? [];
        registrations.push({ plugin: name, hint });
        this.#byEvent.set(key, registrations);
      }
    }
  }

  /** Whoever asked for one of the event's actions. */
  of(event: Happened): readonly Registration[] {
    return event.actions.flatMap((action) => this.#byEvent.get(`${event.resource}/${action}`) ?? []);
  }
}

/** What to do with a rejected pod after an event. */
export type Requeue = 'now' | 'afterBackoff' | 'stay';

/**
 * What the event means for a pod that was rejected: a plugin it is pending on says Queue → at once; a plugin that
 * rejected it → after its back-off. Rule: K39.
 */
export function judge(entry: QueuedPod, event: Happened, registrations: readonly Registration[]): Requeue {
  if (event.resource === 'Wildcard') return 'afterBackoff';
  if (event.target !== undefined && event.target !== entry.uid) return 'stay';
  // That a pod was forgotten by its own failed binding makes room for others, not for itself (K46).
  if (event.resource === 'AssignedPod' && (event.new ?? event.old)?.metadata.uid === entry.uid) return 'stay';
  let answer: Requeue = 'stay';
  for (const { plugin, hint } of registrations) {
    const pendingOn = entry.pendingOn.has(plugin);
    if (!pendingOn && !(answer === 'stay' && entry.rejectedBy.has(plugin))) continue;
    if (!saysQueue(hint, entry.pod, event)) continue;
    if (pendingOn) return 'now';
    answer = 'afterBackoff';
  }
  return answer;
}

/** No hint, or one that throws, means Queue: better one attempt too many than a pod forgotten. */
function saysQueue(hint: Hint<never> | undefined, pod: Pod, { old, new: next }: Happened): boolean {
  if (!hint) return true;
  // `event()` tied the hint to the resource of its registration; here only that pairing is lost.
  const change = { ...(old ? { old } : {}), ...(next ? { new: next } : {}) } as { old?: never; new?: never };
  try {
    const answer = hint(pod, change);
    leaveAlone(answer);
    return answer !== 'QueueSkip';
  } catch {
    return true;
  }
}
