import { Reset } from '../errors.js';
import type { Revision, StoreBatch } from '../store.js';
import { Consumer, type ConsumerOptions } from './consumer.js';
import type { Link, Ring, Run } from './ring.js';

/** How far consumers may lag behind before they have to list again (S40). */
export interface RingLimits {
  readonly events: number;
  readonly sizeBytes: number;
}

export const defaultRing: RingLimits = { events: 102_400, sizeBytes: 64 * 1024 * 1024 };

/** One delivery is bounded, so that a consumer far behind gets its turn to breathe. */
const maxBatches = 1_000;

export interface ChannelOptions {
  readonly prefix: string;
  /** Nothing at or below it is published here. */
  readonly after: Revision;
  readonly ring: RingLimits;
  /** The last consumer has left. */
  onIdle(): void;
  /** A consumer wants to be as new as `revision` (S34). */
  onAsked(revision: Revision): void;
}

/** The changes below one prefix, shared by all its consumers. Rules: S39–S44. */
export class Channel<V> implements Ring<V, Consumer<V>> {
  readonly #options: ChannelOptions;
  readonly #consumers = new Set<Consumer<V>>();
  /** Those that are to be woken, and perhaps some that have left since. */
  #waiting: Consumer<V>[] = [];
  #tail: Link<V>;
  #progressed: Revision;
  #scannedEvents = 0;
  #scannedBytes = 0;
  #run: Run<V> | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#progressed = options.after;
    this.#tail = { revision: options.after, batch: undefined, prevLost: false, events: 0, sizeBytes: 0, next: undefined };
  }

  /** What the keys of all its changes begin with. */
  get prefix(): string {
    return this.#options.prefix;
  }

  /** Every change at or below it is in the ring, or was. */
  get progressed(): Revision {
    return this.#progressed;
  }

  get tail(): Link<V> {
    return this.#tail;
  }

  /** A consumer of everything after `after`: from here on, or first from `fill` until that has caught up. */
  join(options: ConsumerOptions<V>): Consumer<V> {
    const consumer = new Consumer<V>(this, options.fill ? undefined : this.#tail, options);
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Adds a batch; consumers learn of it with the next `wake`. */
  publish(batch: StoreBatch<V>, sizeBytes: number, prevLost = false): void {
    const { events, sizeBytes: before } = this.#tail;
    this.#tail = this.#tail.next = { revision: batch.revision, batch, prevLost, events: events + batch.events.length, sizeBytes: before + sizeBytes, next: undefined };
    this.#progressed = batch.revision;
    this.#cutSlow();
  }

  /** Everything at or below `revision` was published. Never goes back (S33). */
  progress(revision: Revision): void {
    if (revision > this.#progressed) this.#progressed = revision;
  }

  /** True for a link so old that its consumer has to list again. */
  #lags(link: Link<V>): boolean {
    const { ring } = this.#options;
    return this.#tail.events - link.events > ring.events || this.#tail.sizeBytes - link.sizeBytes > ring.sizeBytes;
  }

  /** Every eighth of the ring is often enough to bound what a stopped consumer holds. */
  #cutSlow(): void {
    const { ring } = this.#options;
    const due = (this.#tail.events - this.#scannedEvents) * 8 >= ring.events || (this.#tail.sizeBytes - this.#scannedBytes) * 8 >= ring.sizeBytes;
    if (!due) return;
    this.#scannedEvents = this.#tail.events;
    this.#scannedBytes = this.#tail.sizeBytes;
    for (const consumer of this.#consumers) {
      if (consumer.link && this.#lags(consumer.link)) consumer.fail(new Reset('slow', consumer.delivered));
    }
  }

  /** Hands out what is new to those who wait for it. */
  wake(): void {
    const due = this.#waiting;
    this.#waiting = [];
    for (const consumer of due) consumer.pump();
  }

  /** Ends every consumer with this error (S37), or without one. */
  end(error?: Error): void {
    for (const consumer of [...this.#consumers]) {
      if (error) consumer.fail(error);
      else consumer.close();
    }
  }

  /** What follows `from`, which has a next one, as one delivery; the same object for all who ask from the same place. */
  runFrom(from: Link<V>): Run<V> {
    if (this.#run?.from === from && this.#run.tail === this.#tail) return this.#run;
    const batches: StoreBatch<V>[] = [];
    let to = from;
    for (let link = from.next; link?.batch && batches.length < maxBatches; link = link.next) {
      // Consumers that want previous values stop here (S31).
      if (link.prevLost && batches.length > 0) break;
      batches.push(link.batch);
      to = link;
    }
    return (this.#run = { from, to, tail: this.#tail, delivery: { type: 'batches', batches } });
  }

  wait(consumer: Consumer<V>): void {
    this.#waiting.push(consumer);
  }

  ask(revision: Revision): void {
    this.#options.onAsked(revision);
  }

  leave(consumer: Consumer<V>): void {
    if (!this.#consumers.delete(consumer)) return;
    if (this.#waiting.length > 2 * this.#consumers.size) this.#waiting = this.#waiting.filter((other) => this.#consumers.has(other));
    if (this.#consumers.size === 0) this.#options.onIdle();
  }
}
