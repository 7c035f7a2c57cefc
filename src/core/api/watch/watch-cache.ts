import type { KubeObject } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';
import { SetpointError, toError } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import type { Revision, StoreBatch, StoreEvent, StoreHandle, StoreWatch } from '../../store/store.js';
import { endOf, isObjectKey, scopePrefix } from '../layout.js';
import { internal, unreadable } from '../refusals.js';
import { Change, ChangeBatch } from './change.js';
import { ChangeRing } from './change-ring.js';
import { SortedObjects } from './sorted-objects.js';
import { Subscribers, type Subscriber } from './subscribers.js';

export interface WatchCacheOptions {
  readonly store: StoreHandle<KubeObject>;
  /** What the resource's keys begin with. */
  readonly prefix: string;
  readonly namespaced: boolean;
  /** Events kept for watches that begin in the past, and that a slow watch may lag behind. */
  readonly capacity: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a change was seen at this revision. */
  readonly onMoved: (revision: Revision) => void;
}

interface Waiter {
  readonly revision: Revision;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** All that is known of the resource since one read of it. Replaced by a new one when the store's watch breaks. */
interface Running {
  readonly abort: AbortController;
  readonly objects: SortedObjects;
  readonly ring: ChangeRing;
  readonly watch: StoreWatch<KubeObject>;
  revision: Revision;
}

/**
 * The present state of one resource and its newest changes, fed by one watch of the store. It starts with its first
 * user; when the store's watch breaks its watches end, and the next user starts it anew.
 * Rules: A29, A30, A79.
 */
export class WatchCache {
  readonly prefix: string;
  readonly #options: WatchCacheOptions;
  readonly #subscribers = new Subscribers();
  readonly #corrupt = new Map<string, Error>();
  readonly #own = new Map<string, KubeObject>();
  readonly #waiters = new Set<Waiter>();
  #running: Running | undefined;
  #starting: Promise<Running> | undefined;
  #disposed: Error | undefined;
  #announcing = false;

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.prefix = options.prefix;
  }

  /** The revision that the state is at; undefined before the first use. */
  get revision(): Revision | undefined {
    return this.#running?.revision;
  }

  /** Keys below the prefix that hold no readable object (B100). */
  get corrupt(): ReadonlyMap<string, Error> {
    return this.#corrupt;
  }

  /** Some watch waits to be told how far the store is. */
  get bookmarks(): boolean {
    return this.#subscribers.bookmarks;
  }

  async start(): Promise<void> {
    if (this.#disposed) throw this.#disposed;
    if (this.#running) return;
    this.#starting ??= this.#open().finally(() => { this.#starting = undefined; });
    await this.#starting;
  }

  peek(key: string): KubeObject | undefined {
    return this.#running?.objects.get(key);
  }

  /** The very reference that everybody else reads, when this is the state that the cache has (A2). */
  shared(key: string, object: KubeObject): KubeObject {
    const known = this.#own.get(key) ?? this.#running?.objects.get(key);
    return known?.metadata.resourceVersion === object.metadata.resourceVersion ? known : object;
  }

  /** A write of this process was answered: its change, which is still to come, shall carry this reference (A2). */
  remember(key: string, object: KubeObject, revision: Revision): KubeObject {
    const running = this.#running;
    if (!running) return object;
    if (revision <= running.revision) return this.shared(key, object);
    this.#own.set(key, object);
    return object;
  }

  /** In key order. @throws ApiError 500 when a key in there does not decode (B100) */
  list(namespace: string | undefined): readonly KubeObject[] {
    const scope = scopePrefix(this.prefix, namespace);
    for (const [key, cause] of this.#corrupt) if (key.startsWith(scope)) throw unreadable(key, cause);
    const objects = this.#running?.objects;
    if (!objects) return [];
    return namespace === undefined ? objects.all() : objects.between(scope, endOf(scope));
  }

  /** Resolves when the state is at `revision` or later; starts the cache. @throws the signal's reason */
  async freshTo(revision: Revision, signal?: AbortSignal): Promise<void> {
    await this.start();
    const running = this.#running;
    if (!running || running.revision >= revision) return;
    const reached = new Promise<void>((resolve, reject) => {
      const done = () => { this.#waiters.delete(waiter); signal?.removeEventListener('abort', onAbort); };
      const waiter: Waiter = { revision, resolve: () => { done(); resolve(); }, reject: (reason) => { done(); reject(reason); } };
      const onAbort = () => { waiter.reject(toError(signal?.reason)); };
      this.#waiters.add(waiter);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort);
    });
    this.#askProgress(running, revision);
    await reached;
  }

  /** From here on every batch goes to `subscriber`, after those that the ring holds beyond `after`. False when some of these are gone. */
  subscribe(subscriber: Subscriber, after: Revision): boolean {
    const running = this.#running;
    const missed = running?.ring.after(after < running.revision ? after : running.revision);
    if (!missed) return false;
    for (const batch of missed) subscriber.catchUp(batch);
    this.#subscribers.add(subscriber);
    return true;
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /** Asks the store how far it is, where it does not say so by itself (S34). */
  nudge(revision: Revision): void {
    if (this.#running && this.#running.revision < revision) this.#askProgress(this.#running, revision);
  }

  /** A sign of life for idle watches (A77). */
  remind(): void {
    if (this.#running) this.#subscribers.remind(this.#running.revision);
  }

  dispose(reason: Error): void {
    this.#disposed = reason;
    this.#running?.abort.abort(reason);
    this.#running = undefined;
    for (const waiter of [...this.#waiters]) waiter.reject(reason);
    this.#subscribers.end(undefined);
  }

  async #open(): Promise<Running> {
    const { store, prefix, capacity } = this.#options;
    const abort = new AbortController();
    const { items, revision } = await store.range({ prefix, signal: abort.signal });
    if (this.#disposed) throw this.#disposed;
    const objects = new SortedObjects();
    this.#corrupt.clear();
    for (const item of items) {
      if (!this.#isObject(item.key)) continue;
      if (item.corrupt) this.#corrupt.set(item.key, item.corrupt);
      else objects.set(item.key, item.value);
    }
    const watch = store.watch({ prefix, after: revision, signal: abort.signal });
    const running: Running = { abort, objects, ring: new ChangeRing(capacity, revision), watch, revision };
    this.#running = running;
    void this.#pump(running);
    return running;
  }

  async #pump(running: Running): Promise<void> {
    let fault: Error | undefined;
    try {
      for await (const delivery of running.watch) {
        if (this.#running !== running) return;
        if (delivery.type === 'batches') for (const batch of delivery.batches) this.#apply(running, batch);
        else if (delivery.revision > running.revision) running.revision = delivery.revision;
        this.#wake(running);
        this.#bookmarkSoon(running);
      }
    } catch (thrown) {
      fault = toError(thrown);
    }
    if (this.#running === running) this.#broke(fault);
  }

  #apply(running: Running, batch: StoreBatch<KubeObject>): void {
    const changes: Change[] = [];
    for (const event of batch.events) {
      const change = this.#change(running, event);
      if (change) changes.push(change);
    }
    running.revision = batch.revision;
    if (changes.length === 0) return;
    const made = new ChangeBatch(batch.revision, changes);
    running.ring.push(made);
    this.#subscribers.batch(made);
    this.#options.onMoved(batch.revision);
  }

  #change(running: Running, event: StoreEvent<KubeObject>): Change | undefined {
    const { key } = event;
    if (!this.#isObject(key)) return undefined;
    const old = running.objects.get(key);
    const own = this.#own.get(key);
    if (own) this.#own.delete(key);
    this.#corrupt.delete(key);
    if (event.corrupt) this.#corrupt.set(key, event.corrupt);
    const next = event.corrupt ? undefined : event.type === 'put' ? event.value : undefined;
    if (next === undefined) {
      running.objects.delete(key);
      return old && new Change(key, event.modRevision, old, undefined);
    }
    const object = own && own.metadata.resourceVersion === next.metadata.resourceVersion ? own : next;
    running.objects.set(key, object);
    return new Change(key, event.modRevision, old, object);
  }

  /** One bookmark a turn, however many revisions it saw: readers that wait are served, and nobody is flooded. */
  #bookmarkSoon(running: Running): void {
    if (this.#announcing || !this.#subscribers.bookmarks) return;
    this.#announcing = true;
    void this.#options.clock.yield().then(() => {
      this.#announcing = false;
      if (this.#running === running) this.#subscribers.progress(running.revision);
    });
  }

  #isObject(key: string): boolean {
    return isObjectKey(this.prefix, key, this.#options.namespaced);
  }

  #wake(running: Running): void {
    for (const waiter of [...this.#waiters]) if (waiter.revision <= running.revision) waiter.resolve();
  }

  /** The store's watch says how far it is only when asked, where nothing changes (S34). */
  #askProgress(running: Running, revision: Revision): void {
    running.watch.freshTo(revision).catch(() => {
      // The pump meets the same end of the watch and tells every waiter.
    });
  }

  #broke(fault: Error | undefined): void {
    this.#running?.abort.abort();
    this.#running = undefined;
    this.#own.clear();
    const reason = fault ?? internal('the watch of the store ended');
    this.#options.log.warn('the watch of the store broke; its watches list again', { prefix: this.prefix, error: reason.message });
    for (const waiter of [...this.#waiters]) waiter.reject(reason);
    this.#subscribers.end({ code: fault instanceof SetpointError ? fault.code : undefined, message: reason.message });
  }
}
