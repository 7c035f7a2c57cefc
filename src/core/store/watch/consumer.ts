import { Aborted, toError } from '../../runtime/errors.js';
import { Closed, Reset } from '../errors.js';
import type { Delivery, Revision, StoreBatch, StoreWatch } from '../store.js';
import type { Link, Ring } from './ring.js';

/** Reads history for a consumer that starts before the ring; `upTo` is how far it read. May throw Compacted (S32, S43). */
export type Fill<V> = (after: Revision, upTo: Revision) => { readonly batches: readonly StoreBatch<V>[]; readonly upTo: Revision };

export interface ConsumerOptions<V> {
  readonly after: Revision;
  readonly prev?: boolean | undefined;
  /** Ends the watch, without an error (S38). */
  readonly signal?: AbortSignal | undefined;
  /** Read until it has caught up with the ring. */
  readonly fill?: Fill<V> | undefined;
  readonly onClose?: (consumer: Consumer<V>) => void;
}

type Result<V> = IteratorResult<Delivery<V>, undefined>;

interface Pending<V> {
  readonly promise: Promise<Result<V>>;
  readonly resolve: (result: Result<V>) => void;
  readonly reject: (error: Error) => void;
}

interface FreshWaiter {
  readonly revision: Revision;
  settle(error?: Error): void;
}

/** One reader of a channel: a place in the shared ring, nothing more (S40). Also its own iterator. */
export class Consumer<V> implements StoreWatch<V>, AsyncIterator<Delivery<V>, undefined> {
  readonly #channel: Ring<V, Consumer<V>>;
  readonly #wantsPrev: boolean;
  /** The last link taken; undefined while history is being read. */
  link: Link<V> | undefined;
  /** Everything at or below it was handed over. */
  delivered: Revision;
  /** The consumer knows that it has everything up to here: by a batch or by progress. */
  #told: Revision;
  #fill: Fill<V> | undefined;
  #error: Error | undefined;
  #done = false;
  #pending: Pending<V> | undefined;
  #fresh: FreshWaiter[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #onClose: ((consumer: Consumer<V>) => void) | undefined;

  constructor(channel: Ring<V, Consumer<V>>, link: Link<V> | undefined, { after, prev, fill, signal, onClose }: ConsumerOptions<V>) {
    this.#channel = channel;
    this.#wantsPrev = prev ?? false;
    this.delivered = this.#told = after;
    this.link = link;
    this.#fill = fill;
    this.#onClose = onClose;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery<V>, undefined> {
    return this;
  }

  readonly #onAbort = () => { this.close(); };

  next(): Promise<Result<V>> {
    if (this.#pending) return this.#pending.promise.then(() => this.next());
    try {
      const delivery = this.#take();
      if (delivery) {
        this.#settleFresh();
        return Promise.resolve({ done: false, value: delivery });
      }
    } catch (error) {
      this.close();
      return Promise.reject(toError(error));
    }
    if (this.#done) return Promise.resolve({ done: true, value: undefined });
    this.#pending = pending<V>();
    this.#channel.wait(this);
    return this.#pending.promise;
  }

  return(): Promise<Result<V>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  freshTo(revision: Revision, signal?: AbortSignal): Promise<void> {
    if (this.#isAt(revision)) return Promise.resolve();
    if (signal?.aborted) return Promise.reject(new Aborted('freshTo'));
    if (this.#done || this.#error) return Promise.reject(this.#error ?? new Closed());
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#fresh = this.#fresh.filter((other) => other !== waiter);
        waiter.settle(new Aborted('freshTo'));
      };
      const waiter: FreshWaiter = {
        revision,
        settle(error) {
          signal?.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#fresh.push(waiter);
      this.#channel.ask(revision);
    });
  }

  /** Hands over what is new, if somebody waits for it; otherwise it waits on. */
  pump(): void {
    const waiting = this.#pending;
    if (!waiting) return;
    let delivery;
    try {
      delivery = this.#take();
    } catch (error) {
      this.#pending = undefined;
      waiting.reject(toError(error));
      this.close();
      return;
    }
    if (!delivery) {
      this.#channel.wait(this);
      return;
    }
    this.#pending = undefined;
    waiting.resolve({ done: false, value: delivery });
    this.#settleFresh();
  }

  /** Ends with an error: the next or waiting `next()` rejects with it, then it is done. */
  fail(error: Error): void {
    if (this.#done || this.#error) return;
    this.#error = error;
    // Lets go of the ring at once: a stopped consumer must not hold it until it asks again (S40).
    this.link = undefined;
    this.#fill = undefined;
    this.pump();
    this.#channel.leave(this);
    this.#rejectFresh();
  }

  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.link = undefined;
    this.#fill = undefined;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const waiting = this.#pending;
    this.#pending = undefined;
    waiting?.resolve({ done: true, value: undefined });
    this.#rejectFresh();
    this.#channel.leave(this);
    this.#onClose?.(this);
  }

  #rejectFresh(): void {
    for (const waiter of this.#fresh.splice(0)) waiter.settle(this.#error ?? new Closed());
  }

  #isAt(revision: Revision): boolean {
    return this.#told >= revision;
  }

  /** In a turn of its own: whoever waits goes on after the consumer has had its delivery. */
  #settleFresh(): void {
    if (this.#fresh.length === 0) return;
    const due = this.#fresh.filter(({ revision }) => this.#isAt(revision));
    if (due.length === 0) return;
    this.#fresh = this.#fresh.filter(({ revision }) => !this.#isAt(revision));
    queueMicrotask(() => { for (const waiter of due) waiter.settle(); });
  }

  #take(): Delivery<V> | undefined {
    if (this.#error) throw this.#error;
    if (this.#done) return undefined;
    if (this.#fill) {
      const batches = this.#takeHistory(this.#fill);
      const last = batches[batches.length - 1];
      if (last) {
        this.#told = last.revision;
        return { type: 'batches', batches };
      }
    }
    return this.link && (this.#takeRing(this.link) ?? this.#takeProgress());
  }

  #takeHistory(fill: Fill<V>): readonly StoreBatch<V>[] {
    for (;;) {
      const { progressed } = this.#channel;
      const { batches, upTo } = fill(this.delivered, progressed);
      if (upTo > this.delivered) this.delivered = upTo;
      if (upTo >= progressed) {
        this.#fill = undefined;
        this.link = this.#channel.tail;
        return batches;
      }
      if (batches.length > 0) return batches;
    }
  }

  #takeRing(start: Link<V>): Delivery<V> | undefined {
    let from = start;
    // A watch may start in the future: what lies at or below its start is passed over (S27).
    while (from.next && from.next.revision <= this.delivered) from = from.next;
    this.link = from;
    if (!from.next) return undefined;
    if (this.#wantsPrev && from.next.prevLost) throw new Reset('prev-lost', this.delivered);
    const { to, delivery } = this.#channel.runFrom(from);
    this.link = to;
    this.delivered = this.#told = to.revision;
    return delivery;
  }

  #takeProgress(): Delivery<V> | undefined {
    const { progressed } = this.#channel;
    if (progressed > this.delivered) this.delivered = progressed;
    if (this.delivered <= this.#told) return undefined;
    this.#told = this.delivered;
    return { type: 'progress', revision: this.#told };
  }
}

function pending<V>(): Pending<V> {
  let resolve!: Pending<V>['resolve'];
  let reject!: Pending<V>['reject'];
  const promise = new Promise<Result<V>>((done, failed) => { resolve = done; reject = failed; });
  return { promise, resolve, reject };
}
