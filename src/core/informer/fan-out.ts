import type { Batch, Delta } from '../client/delta.js';
import type { Key, ResourceVersion } from '../resource/object.js';
import { Disposed, type SetpointError } from '../runtime/errors.js';
import { Backlog } from './delta-merge.js';
import { CallbackFault } from './errors.js';
import type { InformerSubscription } from './informer.js';

export type BatchHandler<T> = (batch: Batch<T>) => void | Promise<void>;

/** Hands batches to subscribers: each gets all in order, none waits for another. Rules: I30–I35. */
export interface FanOut<T> {
  subscribe(handler: BatchHandler<T>): InformerSubscription;
  /** The cache is complete: the initial batches go out. */
  open(): void;
  send(deltas: readonly Delta<T>[]): void;
  close(): void;
  /** Keys that wait for slow subscribers. */
  readonly backlog: number;
}

export interface FanOutOptions<T> {
  readonly what: string;
  /** The cache as it is now. */
  readonly current: () => readonly { readonly key: Key; readonly object: T }[];
  readonly seen: () => ResourceVersion;
  readonly onFault: (fault: SetpointError) => void;
}

export function createFanOut<T extends { readonly metadata: { readonly resourceVersion: ResourceVersion } }>(o: FanOutOptions<T>): FanOut<T> {
  const subscribers = new Set<Subscriber<T>>();
  let isOpen = false;
  let isClosed = false;
  const initial = (): Batch<T> => ({
    initial: true, seen: o.seen(),
    deltas: o.current().map(({ key, object }) => {
      const rv = object.metadata.resourceVersion;
      return { type: 'added', key, new: object, revisions: { first: rv, last: rv, count: Infinity } };
    }),
  });
  return {
    subscribe(handler) {
      const subscriber = new Subscriber<T>(o, handler, initial, () => { subscribers.delete(subscriber); });
      if (isClosed) subscriber.unsubscribe();
      else subscribers.add(subscriber);
      // Not inside this call, so that the caller has its subscription before its first batch.
      if (isOpen && !isClosed) void Promise.resolve().then(() => { subscriber.begin(); });
      return subscriber;
    },
    open() {
      if (isOpen) return;
      isOpen = true;
      for (const subscriber of [...subscribers]) subscriber.begin();
    },
    send(deltas) {
      if (!isOpen || deltas.length === 0) return;
      const batch: Batch<T> = { initial: false, seen: o.seen(), deltas };
      // One that a handler removes is skipped by the set itself; one that it adds has not begun.
      for (const subscriber of subscribers) subscriber.send(batch);
    },
    close() {
      isClosed = true;
      for (const subscriber of [...subscribers]) subscriber.unsubscribe();
    },
    get backlog() {
      let total = 0;
      for (const subscriber of subscribers) total += subscriber.backlog.size;
      return total;
    },
  };
}

class Subscriber<T> implements InformerSubscription {
  readonly backlog = new Backlog<T>();
  hasSynced = false;
  private began = false;
  private ended = false;
  private busy = false;
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(
    private readonly o: FanOutOptions<T>,
    private readonly handler: BatchHandler<T>,
    private readonly initial: () => Batch<T>,
    private readonly onEnd: () => void,
  ) {}

  begin(): void {
    if (this.began || this.ended) return;
    this.began = true;
    this.deliver(this.initial());
  }

  send(batch: Batch<T>): void {
    if (!this.began || this.ended) return;
    if (this.busy) this.backlog.add(batch.deltas);
    else this.deliver(batch);
  }

  private deliver(batch: Batch<T>): void {
    this.busy = true;
    let pending: void | Promise<void> = undefined;
    try {
      pending = this.handler(batch);
    } catch (thrown) {
      this.fail(thrown);
    }
    if (pending === undefined) this.settle();
    else pending.then(undefined, (thrown: unknown) => { this.fail(thrown); }).then(() => { this.settle(); }, () => undefined);
  }

  private settle(): void {
    this.busy = false;
    if (this.ended) return;
    if (!this.hasSynced) {
      this.hasSynced = true;
      for (const { resolve } of this.waiting.splice(0)) resolve();
    }
    if (this.backlog.size > 0) this.deliver({ initial: false, seen: this.o.seen(), deltas: this.backlog.take() });
  }

  private fail(thrown: unknown): void {
    this.o.onFault(new CallbackFault('SubscriberFailed', `a subscriber of ${this.o.what} failed; it gets the next batch as usual`, { cause: thrown }));
  }

  synced(): Promise<void> {
    if (this.hasSynced) return Promise.resolve();
    if (this.ended) return Promise.reject(new Disposed(`the subscription to ${this.o.what}`));
    return new Promise((resolve, reject) => { this.waiting.push({ resolve, reject }); });
  }

  unsubscribe(): void {
    if (this.ended) return;
    this.ended = true;
    this.backlog.take();
    this.onEnd();
    for (const { reject } of this.waiting.splice(0)) reject(new Disposed(`the subscription to ${this.o.what}`));
  }
}
