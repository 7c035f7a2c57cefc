import type { Api } from '../api/api.js';
import { qualifiedKind, type AnyKind, type Kind } from '../resource/kind.js';
import type { KubeObject, ResourceVersion } from '../resource/object.js';
import { Disposed, type SetpointError } from '../runtime/errors.js';
import type { Metric } from '../runtime/metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import { openHandle } from './informer-handle.js';
import type { Informer, InformerOptions } from './informer.js';
import { shapeOf } from './object-shape.js';
import { canonicalSelectors } from './selection-key.js';
import { createSharedInformer, hasSeen, type SharedInformer, type WaitLimits } from './shared-informer.js';

/** The informers of one process or app: equal requests share one (I28). Disposing ends all of them. */
export interface Informers extends AsyncDisposable {
  /**
   * A handle on the informer of this selection; it starts at once if it does not run yet. Disposing the handle
   * releases it: with the last one the stream ends in the same turn.
   * @throws Disposed; SelectorError
   */
  for<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o?: InformerOptions<T, I>): Informer<T, I>;
  /**
   * The informer that cached reads of a kind use, started on the first call. It runs until every `owner` that has read
   * through it is released, or all informers are disposed; without an owner it is kept until then.
   * @throws Disposed
   */
  forReads<T extends KubeObject>(kind: Kind<T, unknown>, namespaces?: readonly string[], owner?: object): SharedInformer<T>;
  /** This owner reads no more (R40). */
  releaseReads(owner: object): void;
  /** The same, if it runs already, whoever started it: reads that begin later will share it. */
  runningForReads(kind: AnyKind, namespaces?: readonly string[]): SharedInformer<KubeObject> | undefined;
  /** Finds the informer of a selection while it runs, whoever started it; never starts one. */
  finder(kind: AnyKind, o?: InformerOptions<KubeObject>): () => SharedInformer<KubeObject> | undefined;
  /** Resolves when every informer has seen this version; for stores whose versions count for all kinds. @throws CacheBehind */
  caughtUp(rv: string, o?: WaitLimits): Promise<void>;
  /** Kinds whose informers are not complete yet. */
  unsynced(): readonly string[];
  metrics(): readonly Metric[];
  /** How many run now. */
  readonly size: number;
  readonly isDisposed: boolean;
  readonly api: Api;
  readonly runtime: Runtime;
}

export interface InformersOptions {
  /** Told of every fault of a stream, an index, a transform or a subscriber; `what` names the resource. */
  readonly onFault?: (fault: SetpointError, what: string) => void;
}

interface Running {
  readonly shared: SharedInformer<KubeObject>;
  holders: number;
}

export function informers(api: Api, runtime: Runtime, options: InformersOptions = {}): Informers {
  const running = new Map<string, Running>();
  const reads = new Map<string, { readonly held: Running; readonly owners: Set<object> }>();
  const ids = functionIds();
  let isDisposed = false;

  const identify = <T extends KubeObject, I extends string>(kind: Kind<T, unknown>, o: InformerOptions<T, I>) => {
    const namespaces = o.namespaces && kind.namespaced ? [...new Set(o.namespaces)].sort() : undefined;
    const { labelSelector, fieldSelector } = canonicalSelectors(kind, o);
    const { listSemantic, streaming, metadataOnly = false, transform } = o;
    const id = JSON.stringify([qualifiedKind(kind), kind.version, namespaces, labelSelector, fieldSelector, metadataOnly, transform && ids(transform), listSemantic, streaming]);
    return { id, namespaces, labelSelector, fieldSelector };
  };
  const open = <T extends KubeObject, I extends string>(kind: Kind<T, unknown>, o: InformerOptions<T, I>): Running => {
    if (isDisposed) throw new Disposed('the set of informers');
    const { id, namespaces, labelSelector, fieldSelector } = identify(kind, o);
    const found = running.get(id);
    if (found) return found;
    const { pageSize, listSemantic, streaming, metadataOnly = false, transform } = o;
    const selection = {
      kind, namespaces, labelSelector, fieldSelector,
      ...(pageSize === undefined ? {} : { pageSize }), ...(listSemantic === undefined ? {} : { listSemantic }), ...(streaming === undefined ? {} : { streaming }),
    };
    const shared = createSharedInformer<T>(api, runtime, selection, {
      shape: shapeOf({ metadataOnly, transform }), onFault: options.onFault ?? (() => undefined), onStop: () => { running.delete(id); },
    });
    // One informer serves all typed handles of its kind; each gets back the type it came with.
    const started: Running = { shared: shared, holders: 0 };
    running.set(id, started);
    return started;
  };

  const release = (held: Running) => { if (--held.holders === 0) held.shared.stop(); };

  return {
    api, runtime,
    get size() { return running.size; },
    get isDisposed() { return isDisposed; },
    for<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o: InformerOptions<T, I> = {}): Informer<T, I> {
      const held = open(kind, o);
      held.holders++;
      return openHandle<T, I>(held.shared as unknown as SharedInformer<T>, o.indexers, ids, () => { release(held); });
    },
    forReads<T extends KubeObject>(kind: Kind<T, unknown>, namespaces?: readonly string[], owner: object = reads): SharedInformer<T> {
      const id = readId(kind, namespaces);
      let read = reads.get(id);
      if (!read) {
        const held = open(kind, namespaces ? { namespaces } : {});
        held.holders++;
        reads.set(id, (read = { held, owners: new Set() }));
      }
      read.owners.add(owner);
      return read.held.shared as unknown as SharedInformer<T>;
    },
    releaseReads(owner) {
      for (const [id, { held, owners }] of [...reads]) {
        if (!owners.delete(owner) || owners.size > 0) continue;
        reads.delete(id);
        release(held);
      }
    },
    runningForReads: (kind, namespaces) => reads.get(readId(kind, namespaces))?.held.shared ?? running.get(identify(kind, namespaces ? { namespaces } : {}).id)?.shared,
    finder(kind, o = {}) {
      const { id } = identify(kind, o);
      return () => running.get(id)?.shared;
    },
    async caughtUp(rv, o) {
      // Versions come in as text from whoever read them last.
      const want = rv as ResourceVersion;
      await Promise.all([...running.values()].map(({ shared }) => shared.waitUntil(() => hasSeen(shared.seen, want), () => ({ rv: want }), o)));
    },
    unsynced: () => [...running.values()].flatMap(({ shared }) => (shared.hasSynced ? [] : [shared.kind.kind])),
    metrics: () => [...running.values()].flatMap(({ shared }) => shared.metrics()),
    [Symbol.asyncDispose]() {
      isDisposed = true;
      reads.clear();
      for (const { shared } of [...running.values()]) shared.stop();
      return Promise.resolve();
    },
  };
}

function readId(kind: AnyKind, namespaces: readonly string[] | undefined): string {
  return `${qualifiedKind(kind)}|${kind.version}|${kind.namespaced ? [...(namespaces ?? ['*'])].sort().join() : '*'}`;
}

/** The same function has the same id. */
function functionIds(): (fn: object) => string {
  const known = new WeakMap<object, string>();
  let last = 0;
  return (fn) => {
    let id = known.get(fn);
    if (id === undefined) known.set(fn, (id = String(++last)));
    return id;
  };
}
