import type { Happened } from '../cluster-event.js';
import type { QueuedPod } from './queued-pod.js';

/**
 * Pods that are being placed, and what happened meanwhile. Each pod remembers where the log stood when it was taken;
 * a pod that fails is judged by all that came after, so that no event between pop and failure is lost. Rule: K40.
 */
export class InFlight {
  /** In the order in which they were taken, so the first has the oldest position. */
  readonly #pods = new Map<string, { readonly entry: QueuedPod; readonly from: number }>();
  #log: Happened[] = [];
  /** Position of the first event that is kept. */
  #base = 0;

  get size(): number {
    return this.#pods.size;
  }

  get logged(): number {
    return this.#log.length;
  }

  get(uid: string): QueuedPod | undefined {
    return this.#pods.get(uid)?.entry;
  }

  entries(): readonly QueuedPod[] {
    return [...this.#pods.values()].map(({ entry }) => entry);
  }

  take(entry: QueuedPod): void {
    this.#pods.set(entry.uid, { entry, from: this.#base + this.#log.length });
  }

  note(event: Happened): void {
    if (this.#pods.size > 0) this.#log.push(event);
  }

  /** Ends the flight of a pod; gives what happened since it was taken, and forgets what nobody needs any more. */
  end(uid: string): readonly Happened[] {
    const flight = this.#pods.get(uid);
    if (!flight) return [];
    const since = this.#log.slice(flight.from - this.#base);
    this.#pods.delete(uid);
    this.#trim();
    return since;
  }

  #trim(): void {
    const oldest = this.#pods.values().next().value;
    const keepFrom = oldest ? oldest.from : this.#base + this.#log.length;
    if (keepFrom === this.#base) return;
    this.#log = this.#log.slice(keepFrom - this.#base);
    this.#base = keepFrom;
  }
}
