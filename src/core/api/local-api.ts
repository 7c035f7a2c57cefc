import type { Observable } from 'rxjs';
import type { AnyKind } from '../resource/kind.js';
import { definition } from '../resource/kind.js';
import { Namespace, initialNamespaces } from '../resource/namespace.js';
import type { KubeObject } from '../resource/object.js';
import { validators as makeValidators, type Validators } from '../resource/validation/validators.js';
import { timestamp, type Clock } from '../runtime/clock.js';
import { Disposed } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Compare, Revision, StoreHandle } from '../store/store.js';
import { AdmissionChain } from './admission/admission-chain.js';
import { NoopApplies } from './apply/noop-applies.js';
import { admitContent } from './admission/namespace-lifecycle.js';
import type { Address, Api, DeleteParams, GetParams, ListParams, ListResult, Patch, WatchEvent, WatchParams, WriteParams, Written } from './api.js';
import { isReason } from './api-error.js';
import { objectSchema } from './apply/object-schema.js';
import { defaultPrefix, objectKey, resourcePrefix } from './layout.js';
import { allPlugsOf } from './core-plugs.js';
import type { AdmissionPlugin, PlugContext } from './plugs.js';
import { fromStore, methodNotAllowed } from './refusals.js';
import { getObject, listObjects, namespaceOf, settle, type ReadEnv } from './read/reads.js';
import { selectionOf } from './read/selection.js';
import { ServedKinds, type Served } from './served.js';
import { SubresourceDoor } from './subresource-door.js';
import { WatchCache } from './watch/watch-cache.js';
import { WatchRequest } from './watch/watch-request.js';
import { createObject } from './write/create.js';
import { deleteCollection } from './write/delete-collection.js';
import { deleteObject } from './write/delete.js';
import { ExpiryLeases } from './write/expiry-leases.js';
import { kindRules } from './write/kind-rules.js';
import { patchObject } from './write/patch.js';
import { updateObject } from './write/update.js';
import { Turns } from './write/turns.js';
import type { Part, WriteEnv } from './write/write-env.js';

export interface LocalApiOptions {
  /** Opened with `objectCodec()`. The api does not dispose it. */
  readonly store: StoreHandle<KubeObject>;
  readonly runtime: Runtime;
  /** What all keys begin with; default `/registry` (A123). */
  readonly prefix?: string;
  /** Asked in this order, after those of core and before those of the kind (A93). */
  readonly admission?: readonly AdmissionPlugin[];
  /** A create in an absent namespace makes the namespace; default false (A98). */
  readonly createNamespaces?: boolean;
  /** Compiled checks, shared by those who open many apis over the same kinds; default: its own. */
  readonly validators?: Validators;
  /** How long events are kept, in seconds; default 3 600, 0 for ever (A64). */
  readonly eventTtlSeconds?: number;
  /** Changes of a resource that are kept for late and slow watches; default 16 384 (A80). */
  readonly watchHistory?: number;
}

/** The api in this process. */
export interface LocalApi extends Api, AsyncDisposable {
  /**
   * Takes a kind into service; its first request does so as well.
   * @throws ConfigError `KindConflict` when another definition of the kind is served (B77)
   */
  serve(kind: AnyKind): void;
}

const defaultHistory = 16_384;
const defaultEventTtlSeconds = 3_600;
/** A watch that hears nothing else gets a bookmark this often (A77). */
const remindEveryMs = 60_000;

/** The api over a store, in process. It has the first namespaces from its first answer on (A98). */
export function createApi(options: LocalApiOptions): LocalApi {
  return new InProcessApi(options);
}

class InProcessApi implements LocalApi {
  readonly fencing = 'store';
  readonly kinds$: Observable<readonly AnyKind[]>;
  readonly #options: LocalApiOptions;
  readonly #prefix: string;
  readonly #kinds: ServedKinds;
  readonly #validators: Validators;
  readonly #reads: ReadEnv;
  readonly #env: WriteEnv;
  readonly #door: SubresourceDoor;
  readonly #abort = longLived();
  #booted = false;
  #booting: Promise<void> | undefined;
  #moved: Revision = 0n;
  #nudging = false;
  #bookmarkers = 0;
  #stopReminding: (() => void) | undefined;

  constructor(options: LocalApiOptions) {
    const { store, runtime: { clock, random } } = options;
    this.#options = options;
    this.#validators = options.validators ?? makeValidators();
    this.#prefix = options.prefix ?? defaultPrefix;
    this.#kinds = new ServedKinds((kind) => this.#take(kind));
    this.kinds$ = this.#kinds.kinds$;
    this.#reads = { store, clock };
    const context: PlugContext = { clock, random, api: this };
    const expiry = new ExpiryLeases(store, clock, options.eventTtlSeconds ?? defaultEventTtlSeconds);
    this.#env = {
      store, clock, random, context, prefix: this.#prefix, turns: new Turns(), noops: new NoopApplies(), timestamp: secondsOf(clock),
      admission: new AdmissionChain(options.admission ?? [], context),
      expiry: (kind) => expiry.leaseFor(kind),
      onMoved: (revision) => { this.#onMoved(revision); },
      content: (served, namespace, name) => this.#content(served, namespace, name),
    };
    this.#door = new SubresourceDoor(this.#env, this);
  }

  serve(kind: AnyKind): void {
    this.#kinds.serve(kind);
  }

  async get(kind: AnyKind, at: Address, params: GetParams = {}): Promise<KubeObject> {
    const served = await this.#served(kind);
    if (at.subresource !== undefined && !isStatus(served, at.subresource)) return this.#door.get(served, at, params);
    return getObject(this.#reads, served, at, params);
  }

  async list(kind: AnyKind, at: Address, params: ListParams = {}): Promise<ListResult> {
    return listObjects(this.#reads, await this.#served(kind), at, params);
  }

  watch(kind: AnyKind, at: Address, params: WatchParams = {}): AsyncIterable<readonly WatchEvent[]> {
    this.#check();
    const served = this.#kinds.serve(kind);
    const selection = selectionOf(served, namespaceOf(served, at), params);
    return new WatchRequest(async () => {
      await this.#boot();
      return {
        store: this.#options.store, clock: this.#reads.clock, cache: served.cache, capacity: this.#options.watchHistory ?? defaultHistory,
        wantBookmarks: () => this.#wantBookmarks(),
        settle: (atLeast, signal) => settle(this.#reads, served, atLeast, signal),
      };
    }, selection, params);
  }

  async create(kind: AnyKind, at: Address, object: unknown, params: WriteParams = {}): Promise<Written> {
    const served = await this.#served(kind);
    if (at.subresource !== undefined) return this.#door.create(served, at, object, params);
    return createObject(this.#env, served, at, object, params);
  }

  async update(kind: AnyKind, at: Address, object: unknown, params: WriteParams = {}): Promise<Written> {
    const served = await this.#served(kind);
    const part = partOf(served, at);
    if (part === undefined) return this.#door.update(served, at, object, params);
    return updateObject(this.#env, served, at, part, object, params);
  }

  async patch(kind: AnyKind, at: Address, patch: Patch, params: WriteParams = {}): Promise<Written> {
    const served = await this.#served(kind);
    const part = partOf(served, at);
    if (part === undefined) return this.#door.patch(served, at, patch, params);
    return patchObject(this.#env, served, at, part, patch, params);
  }

  async delete(kind: AnyKind, at: Address, params: DeleteParams = {}): Promise<Written> {
    const served = await this.#served(kind);
    if (at.subresource !== undefined) throw methodNotAllowed(kind, 'delete', at.subresource);
    return deleteObject(this.#env, served, at, params);
  }

  async deleteCollection(kind: AnyKind, at: Address, options: ListParams & DeleteParams): Promise<ListResult> {
    return deleteCollection(this.#env, this.#reads, await this.#served(kind), at, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const reason = new Disposed('the api');
    this.#abort.abort(reason);
    this.#stopReminding?.();
    for (const served of this.#kinds.all()) served.cache.dispose(reason);
    this.#kinds.dispose();
    await this.#booting?.catch(() => undefined);
  }

  async #served(kind: AnyKind): Promise<Served> {
    this.#check();
    const served = this.#kinds.serve(kind);
    if (!this.#booted) await this.#boot();
    return served;
  }

  #check(): void {
    if (this.#abort.signal.aborted) throw this.#abort.signal.reason as Error;
  }

  #take(kind: AnyKind): Served {
    const row = kind[definition];
    const plugs = allPlugsOf(kind);
    const prefix = resourcePrefix(this.#prefix, kind);
    const { store, runtime: { clock, log }, watchHistory: capacity = defaultHistory } = this.#options;
    return Object.freeze<Served>({
      kind, definition: row, plugs, strategy: plugs.strategy ?? {}, prefix, schema: objectSchema(row.schema),
      rules: kindRules(kind, this.#validators),
      cache: new WatchCache({ store, prefix, namespaced: kind.namespaced, capacity, clock, log, onMoved: (revision) => { this.#onMoved(revision); } }),
    });
  }

  /** The first namespaces, once; again with the next request when it failed (A98). */
  #boot(): Promise<void> {
    if (this.#booted) return Promise.resolve();
    return (this.#booting ??= this.#makeNamespaces().then(() => { this.#booted = true; }).finally(() => { this.#booting = undefined; }));
  }

  async #makeNamespaces(): Promise<void> {
    const served = this.#kinds.serve(Namespace);
    for (const name of initialNamespaces) await this.#makeNamespace(served, name);
    await served.cache.start();
  }

  async #makeNamespace(served: Served, name: string): Promise<void> {
    try {
      const { items } = await this.#options.store.range({ key: objectKey(served.prefix, undefined, name), keysOnly: true });
      if (items.length > 0) return;
      await createObject(this.#env, served, {}, { apiVersion: Namespace.apiVersion, kind: Namespace.kind, metadata: { name } }, {});
    } catch (thrown) {
      if (!isReason(thrown, 'AlreadyExists')) throw fromStore(thrown);
    }
  }

  /** A cached answer is enough, because the write itself compares the namespace's version (A97, B35). */
  async #content(served: Served, namespace: string, name: string): Promise<readonly Compare[]> {
    const spaces = this.#kinds.serve(Namespace);
    const key = objectKey(spaces.prefix, undefined, namespace);
    let found = spaces.cache.peek(key);
    if (found === undefined || found.metadata.deletionTimestamp !== undefined) {
      found = await this.#readNamespace(key);
      if (found === undefined && this.#options.createNamespaces) {
        await this.#makeNamespace(spaces, namespace);
        found = await this.#readNamespace(key);
      }
    }
    admitContent(served.kind, name, namespace, found);
    return found === undefined ? [] : [{ key, op: '=', modRevision: BigInt(found.metadata.resourceVersion) }];
  }

  async #readNamespace(key: string): Promise<KubeObject | undefined> {
    const { items } = await this.#options.store.range({ key });
    return items[0]?.value;
  }

  /** Watches of other resources learn that the store moved on: by themselves in memory, when asked over etcd. */
  #onMoved(revision: Revision): void {
    if (revision > this.#moved) this.#moved = revision;
    if (this.#nudging || this.#bookmarkers === 0) return;
    this.#nudging = true;
    void this.#reads.clock.yield().then(() => {
      this.#nudging = false;
      if (this.#abort.signal.aborted) return;
      for (const { cache } of this.#kinds.all()) if (cache.bookmarks) cache.nudge(this.#moved);
    });
  }

  #wantBookmarks(): () => void {
    if (this.#bookmarkers++ === 0) this.#remindLater();
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      if (--this.#bookmarkers === 0) this.#stopReminding?.();
    };
  }

  #remindLater(): void {
    const { clock } = this.#reads;
    const timer = clock.setTimer(clock.now() + remindEveryMs, () => {
      for (const { cache } of this.#kinds.all()) if (cache.bookmarks) cache.remind();
      this.#remindLater();
    });
    this.#stopReminding = () => { timer.cancel(); };
  }
}

/** Making a timestamp costs more than comparing two seconds. */
function secondsOf(clock: Clock): () => string {
  let second = -1;
  let text = '';
  return () => {
    const wallMs = clock.wall();
    const now = Math.floor(wallMs / 1_000);
    if (now !== second) {
      second = now;
      text = timestamp(wallMs);
    }
    return text;
  };
}

function isStatus(served: Served, subresource: string): boolean {
  return subresource === 'status' && served.definition.statusSubresource;
}

/** undefined: a subresource with code of its own, or none that there is. */
function partOf(served: Served, { subresource }: Address): Part | undefined {
  if (subresource === undefined) return { type: 'main' };
  return isStatus(served, subresource) ? { type: 'status' } : undefined;
}
