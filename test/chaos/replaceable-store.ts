import { Unavailable } from '../../src/core/store/errors.js';
import type { Runtime } from '../../src/core/runtime/runtime.js';
import type { Store } from '../../src/core/store/provider.js';
import type { Codec, Delivery, Leases, RangeOptions, RangeResult, Revision, StoreHandle, StoreHealth, StoreWatch, Txn, TxnResult, WatchOptions } from '../../src/core/store/store.js';

/**
 * A store that can be taken away and come back as another one, as a server can that many clients use. Who has it open meets
 * what clients of such a server meet: calls fail while it is away; a watch goes on where it was, if it may.
 */
export class ReplaceableStore implements Store {
  readonly name = 'replaceable';
  readonly #doors = new Set<Door<unknown>>();
  #current: Store | undefined;

  constructor(first: Store) {
    this.#current = first;
  }

  async open<V>(codec: Codec<V>, runtime: Runtime): Promise<StoreHandle<V>> {
    const door = new Door(codec, runtime, () => { this.#doors.delete(door as Door<unknown>); });
    if (this.#current) await door.attach(this.#current);
    this.#doors.add(door as Door<unknown>);
    return door;
  }

  /** Ends it for everybody; resolves when what was sent is finished and the folder is free. */
  async takeAway(): Promise<void> {
    this.#current = undefined;
    await Promise.all([...this.#doors].map((door) => door.detach()));
  }

  async bringBack(next: Store): Promise<void> {
    this.#current = next;
    await Promise.all([...this.#doors].map((door) => door.attach(next)));
  }
}

class Door<V> implements StoreHandle<V> {
  readonly #codec: Codec<V>;
  readonly #runtime: Runtime;
  readonly #onClosed: () => void;
  #inner: StoreHandle<V> | undefined;
  #back = turn();
  #seen: Revision = 0n;

  readonly lease: Leases = {
    grant: (ttlSeconds, signal) => this.#ask((store) => store.lease.grant(ttlSeconds, signal)),
    keepAlive: (id, signal) => this.#ask((store) => store.lease.keepAlive(id, signal)),
    revoke: (id, signal) => this.#ask((store) => store.lease.revoke(id, signal)),
  };

  constructor(codec: Codec<V>, runtime: Runtime, onClosed: () => void) {
    this.#codec = codec;
    this.#runtime = runtime;
    this.#onClosed = onClosed;
  }

  async attach(store: Store): Promise<void> {
    this.#inner = await store.open(this.#codec, this.#runtime);
    this.#back.done();
  }

  async detach(): Promise<void> {
    const inner = this.#inner;
    if (!inner) return;
    this.#seen = inner.seen;
    this.#inner = undefined;
    this.#back = turn();
    await inner[Symbol.asyncDispose]();
  }

  get seen(): Revision {
    return this.#inner?.seen ?? this.#seen;
  }

  get health(): StoreHealth {
    return this.#inner?.health ?? { ok: false, detail: 'away' };
  }

  range(options: RangeOptions): Promise<RangeResult<V>> {
    return this.#ask((store) => store.range(options));
  }

  txn(txn: Txn<V>): Promise<TxnResult<V>> {
    return this.#ask((store) => store.txn(txn));
  }

  compact(revision: Revision, signal?: AbortSignal): Promise<void> {
    return this.#ask((store) => store.compact(revision, signal));
  }

  watch(options: WatchOptions): StoreWatch<V> {
    let now: { readonly watch: StoreWatch<V>; readonly of: StoreHandle<V> } | undefined;
    const open = (after: Revision) => {
      if (this.#inner) now = { watch: this.#inner.watch({ ...options, after }), of: this.#inner };
      return now;
    };
    // A wrong call is refused at once, as everywhere.
    open(options.after);
    return {
      freshTo: (revision, signal) => (now ? now.watch.freshTo(revision, signal) : Promise.reject(new Unavailable('the store is away'))),
      [Symbol.asyncIterator]: () => this.#follow(options, () => now, open),
    };
  }

  async *#follow({ after, signal }: WatchOptions, current: () => { readonly watch: StoreWatch<V>; readonly of: StoreHandle<V> } | undefined, open: (after: Revision) => unknown): AsyncGenerator<Delivery<V>, void> {
    let last = after;
    for (;;) {
      const watched = current();
      if (watched) {
        for await (const delivery of watched.watch) {
          last = delivery.type === 'progress' ? delivery.revision : delivery.batches.at(-1)?.revision ?? last;
          yield delivery;
        }
        // It ended by itself, not by the outage.
        if (signal?.aborted || this.#inner === watched.of) return;
      }
      await Promise.race([this.#back.promise, aborted(signal)]);
      if (signal?.aborted) return;
      open(last);
    }
  }

  async #ask<T>(call: (store: StoreHandle<V>) => Promise<T>): Promise<T> {
    if (!this.#inner) throw new Unavailable('the store is away');
    return call(this.#inner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onClosed();
    await this.#inner?.[Symbol.asyncDispose]();
  }
}

function turn(): { readonly promise: Promise<void>; readonly done: () => void } {
  let done = () => { /* set by the promise */ };
  const promise = new Promise<void>((resolve) => { done = resolve; });
  return { promise, done };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => { resolve(); }, { once: true });
  });
}
