import { Observable } from 'rxjs';
import type { Client, ClientSettings, ListOptions, ObjectList, ReadOptions } from '../client/client.js';
import { createClient } from '../client/direct-client.js';
import type { Batch } from '../client/delta.js';
import { refAddress } from '../client/ref-address.js';
import type { AnyKind, Kind } from '../resource/kind.js';
import { keyOf, type Key, type KubeObject, type Ref } from '../resource/object.js';
import type { LabelMatcher } from '../resource/selector/label-selector.js';
import { Aborted, ConfigError } from '../runtime/errors.js';
import { OutOfScope } from './errors.js';
import type { Informers } from './informers.js';
import { ownWrites, type OwnWrites } from './own-writes.js';
import { readLive } from './read-live.js';
import { canonicalSelectors, labelMatcher } from './selection-key.js';
import type { SharedInformer } from './shared-informer.js';

export interface CachedClientOptions {
  /** The only namespaces it may read; default all (R5). */
  readonly namespaces?: readonly string[];
  /** `eventual`: reads never wait for own writes (I40). */
  readonly consistency?: 'ownWrites' | 'eventual';
  /** Whose reads these are: informers that they start end with `informers.releaseReads(owner)`, else with all (R40). */
  readonly owner?: object;
}

/**
 * A client whose reads come from shared caches and show its own writes: `get` waits for the last write of that key,
 * `list` for all of that kind. The first read of a kind starts its informer and waits until it is complete. Reads with
 * `live`, `limit`, `continue` or a field selector ask the api. Cheap to make: one a run is fine, and each waits for
 * its own writes only. Rules: I37–I42, R5.
 *
 * Reads reject with CacheSyncTimeout after 2 minutes without a complete cache, with CacheBehind after 10 seconds
 * without the write, with OutOfScope outside `namespaces`, with Aborted.
 */
export function cachedClient(settings: ClientSettings, informers: Informers, o: CachedClientOptions = {}): Client {
  const own = ownWrites({
    clock: informers.runtime.clock,
    cacheOf: (kind) => informers.runningForReads(kind, o.namespaces),
    readLive: (kind, key) => readLive(settings, kind, key),
  });
  const direct = createClient({
    ...settings,
    onWrite: (report) => {
      own.record(report);
      settings.onWrite?.(report);
    },
  });
  const reads = new CachedReads(settings, informers, own, o);
  return Object.freeze<Client>({
    ...direct,
    get: (kind, ref, options) => (options?.live === true ? direct.get(kind, ref, options) : reads.get(kind, ref, options)),
    list: (kind, options) => (isForApi(options) ? direct.list(kind, options) : reads.list(kind, options, () => direct.list(kind, options))),
    watch$: (kind, options) => watch$(informers, kind, options, settings.signal),
  });
}

/** The current objects as one batch, then every change; completes when the informers end or `signal` aborts, never errors. Rule: I30. @throws SelectorError */
export function watch$<T extends KubeObject>(informers: Informers, kind: Kind<T, unknown>, o: ListOptions = {}, signal?: AbortSignal): Observable<Batch<T>> {
  if (o.limit !== undefined || o.continue !== undefined) throw new ConfigError([{ path: 'watch$', message: 'a watch has no limit and no continue' }]);
  const { namespace } = o;
  const { labelSelector, fieldSelector } = canonicalSelectors(kind, o);
  return new Observable((observer) => {
    if (informers.isDisposed || signal?.aborted) {
      observer.complete();
      return;
    }
    const onAbort = () => { observer.complete(); };
    signal?.addEventListener('abort', onAbort, { once: true });
    observer.add(() => { signal?.removeEventListener('abort', onAbort); });
    const informer = informers.for(kind, {
      ...(namespace === undefined ? {} : { namespaces: [namespace] }), ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }),
    });
    observer.add(() => { void informer[Symbol.asyncDispose](); });
    observer.add(informer.changes$.subscribe(observer));
  });
}

/** What a cache cannot answer: pages, and fields that only the api knows how to select by. */
function isForApi(o: (ListOptions & ReadOptions) | undefined): boolean {
  return o !== undefined && (o.live === true || o.limit !== undefined || o.continue !== undefined || o.fieldSelector !== undefined);
}

class CachedReads {
  constructor(private readonly settings: ClientSettings, private readonly informers: Informers, private readonly own: OwnWrites, private readonly o: CachedClientOptions) {}

  async get<T extends KubeObject>(kind: Kind<T, unknown>, ref: Ref, o: ReadOptions = {}): Promise<T | undefined> {
    const at = refAddress(kind, ref, this.settings.namespace ?? 'default');
    const key = keyOf(at);
    this.checkScope(kind, at.namespace, key);
    const informer = await this.informer(kind, o);
    if (this.o.consistency !== 'eventual') await this.own.waitFor(kind, key, { signal: this.signalOf(o) });
    return informer.cache.get(key);
  }

  async list<T extends KubeObject>(kind: Kind<T, unknown>, o: ListOptions & ReadOptions = {}, live: () => Promise<ObjectList<T>>): Promise<ObjectList<T>> {
    const namespace = kind.namespaced ? o.namespace : undefined;
    if (namespace !== undefined) this.checkScope(kind, namespace, undefined);
    let matcher: LabelMatcher | undefined;
    try {
      matcher = labelMatcher(o.labelSelector);
    } catch {
      return live(); // the api refuses it in its own words
    }
    const informer = await this.informer(kind, o);
    if (this.o.consistency !== 'eventual') await this.own.waitForAll(kind, namespace, { signal: this.signalOf(o) });
    const all = namespace === undefined ? informer.cache.list() : informer.cache.byIndex('namespace', namespace) ?? [];
    return informer.listOf(matcher === undefined ? all : all.filter((object) => matcher.matches(object.metadata.labels)));
  }

  private async informer<T extends KubeObject>(kind: Kind<T, unknown>, o: ReadOptions): Promise<SharedInformer<T>> {
    const signal = this.settings.signal;
    if (signal?.aborted || o.signal?.aborted) throw new Aborted(`reading ${kind.plural}`, { cause: signal?.aborted ? signal.reason : o.signal?.reason });
    const informer = this.informers.forReads(kind, kind.namespaced ? this.o.namespaces : undefined, this.o.owner);
    if (!informer.hasSynced) await informer.ready({ signal: this.signalOf(o) });
    return informer;
  }

  private signalOf(o: ReadOptions): AbortSignal | undefined {
    const { signal } = this.settings;
    return signal && o.signal ? AbortSignal.any([signal, o.signal]) : signal ?? o.signal;
  }

  private checkScope(kind: AnyKind, namespace: string | undefined, key: Key | undefined): void {
    const { namespaces } = this.o;
    if (!namespaces || namespace === undefined || namespaces.includes(namespace)) return;
    throw new OutOfScope(this.settings.fieldManager, `${kind.kind} ${key ?? `in namespace ${namespace}`}`, namespaces, namespace);
  }
}
