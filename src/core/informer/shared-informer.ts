import { BehaviorSubject, Observable } from 'rxjs';
import type { Api } from '../api/api.js';
import type { ObjectList } from '../client/client.js';
import { listOf } from '../client/object-list.js';
import type { Delta } from '../client/delta.js';
import { qualifiedResource, type AnyKind } from '../resource/kind.js';
import { keyOf, type Key, type KubeObject, type ResourceVersion } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';
import type { SetpointError } from '../runtime/errors.js';
import type { Metric } from '../runtime/metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import { CacheBehind, CacheSyncTimeout } from './errors.js';
import { createFanOut, type FanOut } from './fan-out.js';
import { InformerFigures } from './informer-figures.js';
import type { InformerStatus } from './informer.js';
import { createObjectCache, type ObjectCache } from './object-cache.js';
import type { Shape } from './object-shape.js';
import { Waiters } from './seen-waiters.js';
import type { WatchState } from './watch-core.js';
import { startWatchStream, type StreamTarget, type WatchStream } from './watch-stream.js';

/** One selection of objects, as all who ask for it share it. */
export interface Selection extends Omit<StreamTarget, 'namespace'> {
  /** undefined: all of them. */
  readonly namespaces: readonly string[] | undefined;
}

export interface WaitLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** Streams, cache and fan-out of one selection. Ended by `stop()`; handles count who still needs it. */
export interface SharedInformer<T extends KubeObject> {
  readonly kind: AnyKind;
  readonly cache: ObjectCache<T>;
  readonly fanOut: FanOut<T>;
  readonly status$: Observable<InformerStatus>;
  readonly hasSynced: boolean;
  /** What all its streams have seen; '0' before. */
  readonly seen: ResourceVersion;
  /** What the stream that covers this namespace has seen; undefined: none covers it, or nothing yet. */
  seenIn(namespace: string | undefined): ResourceVersion | undefined;
  covers(namespace: string | undefined): boolean;
  /** Objects of the cache as the answer to a list; for an array of the cache's own the very same one until it changes (I25). */
  listOf(objects: readonly T[]): ObjectList<T>;
  ready(o?: WaitLimits): Promise<void>;
  /** Resolves when `isMet`, which is asked after each change and each `check()`; `want` is for the error. @throws CacheBehind */
  waitUntil(isMet: () => boolean, want: () => Wanted, o?: WaitLimits): Promise<void>;
  check(): void;
  /** Called after each step of a stream, when cache and subscribers have it. The answer takes it away. */
  onMove(listener: () => void): () => void;
  metrics(): readonly Metric[];
  /** Builds an index, or counts one more who needs it. */
  holdIndex(name: string, valuesOf: (object: T) => readonly string[]): void;
  /** Drops it when nobody needs it any more. */
  releaseIndex(name: string): void;
  stop(): void;
}

export interface SharedInformerOptions<T> {
  readonly shape: Shape<T>;
  readonly onFault: (fault: SetpointError, what: string) => void;
  readonly onStop: () => void;
}

/** What is waited for. */
export interface Wanted {
  readonly key?: Key | undefined;
  readonly rv?: ResourceVersion | undefined;
}

const syncTimeoutMs = 120_000;
export const behindTimeoutMs = 10_000;

export function createSharedInformer<T extends KubeObject>(api: Api, rt: Runtime, selection: Selection, o: SharedInformerOptions<T>): SharedInformer<T> {
  return new Shared(api, rt, selection, o);
}

/** True when `seen` is at or past `want`. Versions that do not compare must be equal (I16). */
export function hasSeen(seen: ResourceVersion | undefined, want: ResourceVersion): boolean {
  return seen !== undefined && (compareVersions(seen, want) ?? -1) >= 0;
}

interface Part {
  readonly namespace: string | undefined;
  stream: WatchStream | undefined;
  synced: boolean;
  absorbed: ResourceVersion | undefined;
}

class Shared<T extends KubeObject> implements SharedInformer<T> {
  readonly kind: AnyKind;
  readonly cache: ObjectCache<T>;
  readonly fanOut: FanOut<T>;
  readonly status$: Observable<InformerStatus>;
  hasSynced = false;
  private readonly what: string;
  private readonly parts: readonly Part[];
  private readonly waiters: Waiters;
  private readonly listeners = new Set<() => void>();
  private readonly status: BehaviorSubject<InformerStatus>;
  private readonly indexHolders = new Map<string, number>();
  private readonly lists = new WeakMap<readonly T[], ObjectList<T>>();
  private readonly figures = new InformerFigures();
  private lastFault: SetpointError | undefined;
  private stopped = false;

  constructor(api: Api, private readonly rt: Runtime, selection: Selection, private readonly o: SharedInformerOptions<T>) {
    this.kind = selection.kind;
    this.what = qualifiedResource(selection.kind);
    this.waiters = new Waiters(rt.clock, `the informer of ${this.what}`);
    const fault = (error: SetpointError) => { this.onFault(error); };
    this.cache = createObjectCache({ kind: this.kind.kind, shape: o.shape, onFault: fault });
    this.fanOut = createFanOut<T>({
      what: this.what, seen: () => this.seen, onFault: fault,
      current: () => this.cache.list().map((object) => ({ key: keyOf(object), object })),
    });
    this.status = new BehaviorSubject<InformerStatus>({ phase: 'idle', seen: '0' as ResourceVersion, since: rt.clock.now(), attempts: 0 });
    // Worked out for those who look: events need not pay for it.
    this.status$ = new Observable((observer) => {
      this.publish();
      return this.status.subscribe(observer);
    });
    this.parts = (selection.namespaces ?? [undefined]).map((namespace): Part => ({ namespace, stream: undefined, synced: false, absorbed: undefined }));
    for (const part of this.parts) part.stream = this.start(api, part, selection);
  }

  private start(api: Api, part: Part, selection: Selection): WatchStream {
    const { namespaces: _, ...target } = selection;
    const moveTo = (rv: ResourceVersion, deltas: readonly Delta<T>[]) => {
      part.absorbed = rv;
      this.fanOut.send(deltas);
    };
    return startWatchStream(api, this.rt, { ...target, namespace: part.namespace }, {
      replace: (items, rv) => { moveTo(rv, this.cache.replace(items, rv, part.namespace)); },
      apply: (events, rv) => {
        this.figures.received(events);
        moveTo(rv, events.length === 0 ? [] : this.cache.apply(events));
      },
      rolledBack: () => {
        const rv = part.absorbed ?? this.seen;
        part.absorbed = undefined;
        this.fanOut.send(this.cache.clear(rv, part.namespace));
      },
      synced: () => {
        part.synced = true;
        if (!this.parts.every((p) => p.synced)) return;
        this.hasSynced = true;
        this.fanOut.open();
      },
      fault: (error) => { this.onFault(error); },
      asked: (verb) => { this.figures.asked(verb); },
      stepped: () => { this.onStep(); },
    });
  }

  get seen(): ResourceVersion {
    const all = this.parts.map((part) => part.absorbed);
    if (all.length === 1) return all[0] ?? ('0' as ResourceVersion);
    return all.reduce<ResourceVersion>((least, rv) => (rv === undefined ? ('0' as ResourceVersion) : hasSeen(rv, least) ? least : rv), all[0] ?? ('0' as ResourceVersion));
  }

  seenIn(namespace: string | undefined): ResourceVersion | undefined {
    if (this.parts.length === 1 && this.parts[0]?.namespace === undefined) return this.parts[0]?.absorbed;
    if (namespace === undefined) return this.parts.some((part) => part.absorbed === undefined) ? undefined : this.seen;
    return this.parts.find((part) => part.namespace === namespace)?.absorbed;
  }

  covers(namespace: string | undefined): boolean {
    return this.parts.some((part) => part.namespace === undefined || part.namespace === namespace);
  }

  listOf(objects: readonly T[]): ObjectList<T> {
    const known = this.lists.get(objects);
    if (known) return known;
    const list = listOf<T>({ items: objects, resourceVersion: this.seen });
    // All empty answers are one array, and none is worth remembering.
    if (objects.length > 0) this.lists.set(objects, list);
    return list;
  }

  ready(o: WaitLimits = {}): Promise<void> {
    const timeoutMs = o.timeout ?? syncTimeoutMs;
    const late = () => new CacheSyncTimeout(this.what, timeoutMs, this.lastFault ? { cause: this.lastFault } : {});
    return this.waiters.wait(() => this.hasSynced, { signal: o.signal, timeoutMs, late });
  }

  waitUntil(isMet: () => boolean, want: () => Wanted, o: WaitLimits = {}): Promise<void> {
    const timeoutMs = o.timeout ?? behindTimeoutMs;
    const late = () => {
      const { key, rv } = want();
      return new CacheBehind(this.kind.kind, key, rv, this.seen, timeoutMs);
    };
    return this.waiters.wait(isMet, { signal: o.signal, timeoutMs, late });
  }

  check(): void { this.waiters.check(); }

  holdIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    const holders = this.indexHolders.get(name) ?? 0;
    if (holders === 0) this.cache.addIndex(name, valuesOf);
    this.indexHolders.set(name, holders + 1);
  }

  releaseIndex(name: string): void {
    const holders = (this.indexHolders.get(name) ?? 0) - 1;
    this.indexHolders.set(name, holders);
    if (holders > 0) return;
    this.indexHolders.delete(name);
    this.cache.dropIndex(name);
  }

  metrics(): readonly Metric[] {
    return this.figures.metrics({ resource: this.what }, { objects: this.cache.size, seen: this.seen, backlog: this.fanOut.backlog });
  }

  onMove(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  private onStep(): void {
    if (this.stopped) return;
    for (const listener of this.listeners) listener();
    this.waiters.check();
    if (this.status.observed || this.phaseMoved()) this.publish();
  }

  private onFault(error: SetpointError): void {
    this.lastFault = error;
    this.figures.failed(error.code);
    this.rt.log.warn('informer fault', { kind: this.kind.kind, code: error.code, error: error.message });
    this.o.onFault(error, this.what);
  }

  /** Also unobserved, so that `since` is right when somebody looks. */
  private phaseMoved(): boolean {
    return this.parts.length > 1 || phaseOf(this.parts[0]?.stream?.core.state ?? { type: 'Empty' }) !== this.status.value.phase;
  }

  private publish(): void {
    if (this.stopped) return;
    const streams = this.parts.flatMap((part) => (part.stream ? [part.stream] : []));
    const next = statusOf(streams, this.seen, this.lastFault);
    const last = this.status.value;
    const since = last.phase === next.phase ? last.since : this.rt.clock.now();
    if (since !== last.since || last.seen !== next.seen || last.fault !== next.fault || last.attempts !== next.attempts || last.phase !== next.phase || last.nextAttempt !== next.nextAttempt) this.status.next({ ...next, since });
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    for (const part of this.parts) part.stream?.stop();
    this.waiters.dispose();
    this.fanOut.close();
    this.listeners.clear();
    this.status.next({ ...this.status.value, phase: 'stopped', since: this.rt.clock.now() });
    this.status.complete();
    this.o.onStop();
  }
}

const phases = ['watching', 'idle', 'listing', 'backoff', 'absent'] as const;

/** Of several streams the one that is worst off speaks for all. */
function statusOf(streams: readonly WatchStream[], seen: ResourceVersion, fault: SetpointError | undefined): Omit<InformerStatus, 'since'> {
  let worst = 0;
  let attempts = 0;
  let nextAttempt: number | undefined;
  for (const { core } of streams) {
    worst = Math.max(worst, phases.indexOf(phaseOf(core.state)));
    attempts = Math.max(attempts, core.attempts);
    if (core.state.type === 'Backoff') nextAttempt = Math.min(nextAttempt ?? Infinity, core.state.until);
  }
  return { phase: phases[worst] ?? 'idle', seen, attempts, ...(fault ? { fault } : {}), ...(nextAttempt === undefined ? {} : { nextAttempt }) };
}

function phaseOf(state: WatchState): (typeof phases)[number] {
  switch (state.type) {
    case 'Watching': return 'watching';
    case 'InitPage': case 'InitialWatch': return 'listing';
    case 'Backoff': return state.absent ? 'absent' : 'backoff';
    default: return 'idle';
  }
}
