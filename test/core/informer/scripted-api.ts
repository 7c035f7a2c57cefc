import type { Address, Api, ListParams, ListResult, WatchEvent, WatchParams, Written } from '../../../src/core/api/api.js';
import { ApiError, failure } from '../../../src/core/api/api-error.js';
import { definition, type AnyKind, type Kind } from '../../../src/core/resource/kind.js';
import { keyOf, type Key, type KubeObject, type ResourceVersion, type Uid } from '../../../src/core/resource/object.js';
import { of } from 'rxjs';

export interface Thing extends KubeObject {
  readonly spec: { readonly n: number };
}

/** A namespaced kind of the tests' own; nothing of the api is needed but its names. */
export function kindNamed(kind: string): Kind<Thing> {
  const plural = `${kind.toLowerCase()}s`;
  const made = {
    group: 'test.example.com', version: 'v1', kind, apiVersion: 'test.example.com/v1', plural, namespaced: true,
    [definition]: {
      schema: {}, singular: kind.toLowerCase(), shortNames: [], categories: [], statusSubresource: true, columns: [], builtin: false, unconditionalUpdate: false,
      createOnUpdate: false, hasGeneration: true, storageKey: `test.example.com/${plural}`, nameRule: 'subdomain', selectableFields: [],
    },
  };
  return made as unknown as Kind<Thing>;
}
export const Thing = kindNamed('Thing');

export function version(n: number): ResourceVersion { return String(n) as ResourceVersion; }

export function thing(o: { readonly name: string; readonly rv: number; readonly uid?: string; readonly namespace?: string; readonly n?: number; readonly labels?: { readonly [key: string]: string } }): Thing {
  const made: Thing = {
    apiVersion: 'test.example.com/v1', kind: 'Thing',
    metadata: Object.freeze({
      name: o.name, namespace: o.namespace ?? 'default', uid: (o.uid ?? `uid-${o.name}`) as Uid, resourceVersion: version(o.rv), generation: 1, creationTimestamp: '2030-01-01T00:00:00Z',
      ...(o.labels ? { labels: Object.freeze(o.labels) } : {}),
    }),
    spec: Object.freeze({ n: o.n ?? 0 }),
  };
  return Object.freeze(made);
}

interface Stream {
  readonly at: Address;
  readonly params: WatchParams;
  readonly push: (events: readonly WatchEvent[]) => void;
  readonly end: (error?: Error) => void;
}

/**
 * A small in-memory server of one kind that the test holds in its hand: it decides when watches deliver, and which
 * requests fail. It knows streaming lists, pages, bookmarks and compaction.
 */
export interface ScriptedApi extends Api {
  put(name: string, o?: { readonly namespace?: string; readonly n?: number; readonly labels?: { readonly [key: string]: string } }): Thing;
  remove(name: string, namespace?: string): Thing;
  readonly revision: ResourceVersion;
  readonly requests: string[];
  readonly streams: Set<Stream>;
  /** While held, watches deliver nothing. */
  hold(): void;
  release(): void;
  /** The next request of a verb fails so; `answer`: after it was done. */
  failNext(verb: 'list' | 'watch' | 'create' | 'create answer', error: Error): void;
  /** All running watches end. */
  drop(error?: Error): void;
  /** Changes up to now are forgotten: watches from before get 410. */
  compact(): void;
  readonly state: ReadonlyMap<Key, Thing>;
}

export function refusal(code: number, reason: string): ApiError {
  return new ApiError(failure(code, reason, `${reason} as the test wants it`));
}

export function scriptedApi(): ScriptedApi {
  const state = new Map<Key, Thing>();
  const log: { readonly event: WatchEvent; readonly rv: number; readonly namespace: string }[] = [];
  const requests: string[] = [];
  const streams = new Set<Stream>();
  const failing = new Map<string, Error[]>();
  let revision = 10;
  let compacted = 0;
  let uids = 0;
  let held: (() => void)[] | undefined;

  const deliver = (run: () => void) => { if (held) held.push(run); else run(); };
  const matches = (at: Address, o: KubeObject) => at.namespace === undefined || o.metadata.namespace === at.namespace;
  const selected = (params: { readonly labelSelector?: string | undefined; readonly fieldSelector?: string | undefined }, o: KubeObject) => {
    const [label, value] = params.labelSelector?.split('=') ?? [];
    const name = params.fieldSelector?.startsWith('metadata.name=') ? params.fieldSelector.slice('metadata.name='.length) : undefined;
    return (label === undefined || o.metadata.labels?.[label] === value) && (name === undefined || o.metadata.name === name);
  };
  const fail = (verb: string) => {
    const error = failing.get(verb)?.shift();
    if (error) throw error;
  };
  const emit = (event: Extract<WatchEvent, { readonly object: KubeObject }>) => {
    const rv = Number(event.resourceVersion);
    log.push({ event, rv, namespace: event.object.metadata.namespace ?? '' });
    for (const stream of streams) deliver(() => { stream.push(matches(stream.at, event.object) && selected(stream.params, event.object) ? [event] : [{ type: 'BOOKMARK', resourceVersion: event.resourceVersion }]); });
  };

  function open(at: Address, params: WatchParams): AsyncIterable<readonly WatchEvent[]> {
    requests.push(`watch ${at.namespace ?? '*'} rv=${params.resourceVersion ?? ''}${params.sendInitialEvents ? ' initial' : ''}`);
    const queue: (readonly WatchEvent[])[] = [];
    let wake: (() => void) | undefined;
    let over: { readonly error?: Error } | undefined;
    const stream: Stream = {
      at, params,
      push: (events) => { if (!over) { queue.push(events); wake?.(); } },
      end: (error) => { over ??= error ? { error } : {}; streams.delete(stream); wake?.(); },
    };
    const begin = () => {
      fail('watch');
      streams.add(stream);
      params.signal?.addEventListener('abort', () => { stream.end(); }, { once: true });
      const from = Number(params.resourceVersion ?? 0);
      if (params.sendInitialEvents) {
        const initial: WatchEvent[] = [...state.values()].filter((o) => matches(at, o) && selected(params, o)).map((object) => ({ type: 'ADDED', object, resourceVersion: object.metadata.resourceVersion }));
        deliver(() => { stream.push([...initial, { type: 'BOOKMARK', resourceVersion: version(revision), initialEventsEnd: true }]); });
      } else if (from < compacted) {
        deliver(() => { stream.push([{ type: 'ERROR', status: failure(410, 'Expired', `too old resource version: ${String(from)} (${String(compacted)})`) }]); stream.end(); });
      } else {
        for (const { event, rv } of log) if (rv > from && 'object' in event && matches(at, event.object)) deliver(() => { stream.push([event]); });
      }
    };
    return {
      async *[Symbol.asyncIterator]() {
        begin();
        try {
          for (;;) {
            const next = queue.shift();
            if (next) yield next;
            else if (over) {
              if (over.error) throw over.error;
              return;
            } else await new Promise<void>((resolve) => { wake = resolve; });
          }
        } finally {
          stream.end();
        }
      },
    };
  }

  function list(at: Address, params: ListParams = {}): ListResult {
    requests.push(`list ${at.namespace ?? '*'} rv=${params.resourceVersion ?? ''}${params.continue ? ` continue=${params.continue}` : ''}`);
    fail('list');
    const all = [...state.values()].filter((o) => matches(at, o) && selected(params, o));
    const start = Number(params.continue ?? 0);
    const items = params.limit === undefined ? all.slice(start) : all.slice(start, start + params.limit);
    const next = start + items.length;
    return { items, resourceVersion: version(revision), ...(next < all.length ? { continue: String(next) } : {}) };
  }

  const unused = () => Promise.reject(new Error('not part of this test'));
  const written = (object: Thing, appliedTo: ResourceVersion | undefined): Written => ({
    object, appliedTo, resourceVersion: object.metadata.resourceVersion, gone: false, created: appliedTo === undefined, warnings: [],
  });
  const write = async (verb: string, run: () => Written): Promise<Written> => {
    requests.push(verb);
    await Promise.resolve();
    fail(verb);
    const answer = run();
    const lost = failing.get(`${verb} answer`)?.shift();
    if (lost) throw lost;
    return answer;
  };
  const made: ScriptedApi = {
    get revision() { return version(revision); },
    requests, streams, state,
    put(name, o = {}) {
      const key = keyOf({ name, namespace: o.namespace ?? 'default' });
      const old = state.get(key);
      const object = thing({ name, rv: ++revision, uid: old?.metadata.uid ?? `uid-${String(++uids)}`, ...o });
      state.set(key, object);
      emit({ type: old ? 'MODIFIED' : 'ADDED', object, resourceVersion: version(revision) });
      return object;
    },
    remove(name, namespace = 'default') {
      const key = keyOf({ name, namespace });
      const old = state.get(key);
      if (!old) throw new Error(`the test removes ${key}, which is not there`);
      state.delete(key);
      const object = thing({ ...old.metadata, name, namespace, rv: ++revision, n: old.spec.n });
      emit({ type: 'DELETED', object, resourceVersion: version(revision) });
      return object;
    },
    hold() { held ??= []; },
    release() {
      const runs = held ?? [];
      held = undefined;
      for (const run of runs) run();
    },
    failNext(verb, error) { failing.set(verb, [...(failing.get(verb) ?? []), error]); },
    drop(error) { for (const stream of [...streams]) stream.end(error); },
    compact() { compacted = revision; },
    get: (_: AnyKind, at: Address) => {
      requests.push(`get ${at.namespace ?? '*'}/${at.name ?? ''}`);
      const found = state.get(keyOf({ name: at.name ?? '', namespace: at.namespace }));
      return found ? Promise.resolve(found) : Promise.reject(new ApiError(failure(404, 'NotFound', 'not found')));
    },
    list: (_, at, params) => Promise.resolve().then(() => list(at, params)),
    watch: (_, at, params) => open(at, params ?? {}),
    create: (_, at, object) => write('create', () => {
      const { metadata, spec } = object as Thing;
      return written(made.put(metadata.name, { namespace: at.namespace ?? 'default', n: spec.n, ...(metadata.labels ? { labels: metadata.labels } : {}) }), undefined);
    }),
    patch: (_, at, patch) => write('patch', () => {
      const old = state.get(keyOf({ name: at.name ?? '', namespace: at.namespace }));
      const value = ('value' in patch ? patch.value : {}) as Thing;
      return written(made.put(at.name ?? '', { namespace: at.namespace ?? 'default', n: value.spec.n }), old?.metadata.resourceVersion);
    }),
    delete: (_, at) => write('delete', () => {
      const old = state.get(keyOf({ name: at.name ?? '', namespace: at.namespace }));
      return { ...written(made.remove(at.name ?? '', at.namespace), old?.metadata.resourceVersion), gone: true };
    }),
    update: unused, deleteCollection: unused,
    kinds$: of([]),
    fencing: 'none',
  };
  return made;
}
