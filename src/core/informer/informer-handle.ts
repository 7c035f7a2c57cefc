import { Observable, type Subscriber } from 'rxjs';
import type { Batch } from '../client/delta.js';
import { keyOf, type KubeObject } from '../resource/object.js';
import { Disposed } from '../runtime/errors.js';
import { UnknownIndex } from './errors.js';
import type { Cache, Informer, InformerOptions, InformerStatus, InformerSubscription } from './informer.js';
import { hasSeen, type SharedInformer } from './shared-informer.js';

/**
 * One user's view of a shared informer: its index names, its subscriptions. Two users may call different functions by
 * one index name; equal functions are one index.
 */
export function openHandle<T extends KubeObject, I extends string>(
  shared: SharedInformer<T>,
  indexers: InformerOptions<T, I>['indexers'],
  idOf: (fn: object) => string,
  release: () => void,
): Informer<T, I> {
  return new Handle<T, I>(shared, indexers, idOf, release);
}

class Handle<T extends KubeObject, I extends string> implements Informer<T, I> {
  readonly cache: Cache<T, I>;
  readonly changes$: Observable<Batch<T>>;
  readonly status$: Observable<InformerStatus>;
  /** By this handle's index name: the shared index's. */
  private readonly indexes = new Map<string, string>([['namespace', 'namespace']]);
  private readonly subscriptions = new Set<InformerSubscription>();
  private readonly observers = new Set<Subscriber<never>>();
  private isReleased = false;

  constructor(private readonly shared: SharedInformer<T>, indexers: InformerOptions<T, I>['indexers'], private readonly idOf: (fn: object) => string, private readonly release: () => void) {
    for (const [name, values] of Object.entries<(object: T) => readonly string[]>(indexers ?? {})) this.addIndex(name, values);
    this.cache = this.openCache();
    this.changes$ = new Observable((observer) => {
      if (!this.observe(observer)) return;
      const subscription = this.subscribe((batch) => { observer.next(batch); });
      observer.add(() => { subscription.unsubscribe(); });
    });
    this.status$ = new Observable((observer) => {
      if (!this.observe(observer)) return;
      observer.add(this.shared.status$.subscribe(observer));
    });
  }

  get hasSynced(): boolean { return this.shared.hasSynced; }

  ready(o: { readonly signal?: AbortSignal; readonly timeout?: number } = {}): Promise<void> {
    if (this.isReleased) return Promise.reject(new Disposed(`the informer of ${this.shared.kind.kind}`));
    return this.shared.ready(o);
  }

  subscribe(handler: (batch: Batch<T>) => void | Promise<void>): InformerSubscription {
    const inner = this.shared.fanOut.subscribe(handler);
    const subscription: InformerSubscription = {
      get hasSynced() { return inner.hasSynced; },
      synced: () => inner.synced(),
      unsubscribe: () => { this.subscriptions.delete(subscription); inner.unsubscribe(); },
    };
    if (this.isReleased) inner.unsubscribe();
    else this.subscriptions.add(subscription);
    return subscription;
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    const shared = `${name}#${this.idOf(values)}`;
    const before = this.indexes.get(name);
    if (before === shared) return;
    this.shared.holdIndex(shared, values);
    this.indexes.set(name, shared);
    if (before !== undefined && before !== 'namespace') this.shared.releaseIndex(before);
  }

  /** Remembers who is to be told of the end; false when that has come. */
  private observe(observer: Subscriber<never> | Subscriber<Batch<T>> | Subscriber<InformerStatus>): boolean {
    if (this.isReleased) {
      observer.complete();
      return false;
    }
    // Only complete() is called on it, which takes no value.
    const ending = observer as Subscriber<never>;
    this.observers.add(ending);
    observer.add(() => { this.observers.delete(ending); });
    return true;
  }

  private openCache(): Cache<T, I> {
    const { shared } = this;
    const known = (name: string): string => {
      const found = this.indexes.get(name);
      if (this.isReleased && found === undefined) throw new Disposed(`the informer of ${shared.kind.kind}`);
      if (found === undefined) throw new UnknownIndex(shared.kind.kind, name, [...this.indexes.keys()]);
      return found;
    };
    return {
      peek: (ref) => shared.cache.get(keyOf(ref)),
      list: () => shared.cache.list(),
      // A known name is an index of the shared cache.
      byIndex: (name, value) => shared.cache.byIndex(known(name), value) as readonly T[],
      indexValues: (name) => shared.cache.indexValues(known(name)) as readonly string[],
      get seen() { return shared.seen; },
      get size() { return shared.cache.size; },
      waitFor: (rv, o = {}) => shared.waitUntil(() => hasSeen(shared.seen, rv), () => ({ rv }), o),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.isReleased) {
      this.isReleased = true;
      for (const subscription of [...this.subscriptions]) subscription.unsubscribe();
      for (const observer of [...this.observers]) observer.complete();
      this.release();
      for (const index of this.indexes.values()) if (index !== 'namespace') this.shared.releaseIndex(index);
      this.indexes.clear();
    }
    return Promise.resolve();
  }
}
