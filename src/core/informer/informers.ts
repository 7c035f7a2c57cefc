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
   * The informer that cached reads of a kind use, started on the first call and kept until all are disposed.
   * @throws Disposed
   */
  forReads<T extends KubeObject>(kind: Kind<T, unknown>, namespaces?: readonly string[]): SharedInformer<T>;
  /** The same, if it runs already. */
  runningForReads(kind: AnyKind, namespaces?: readonly string[]): SharedInformer<KubeObject> | undefined;
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
  const reads = new Map<string, SharedInformer<KubeObject>>();
  const ids = functionIds();
  let isDisposed = false;

  const open = <T extends KubeObject, I extends string>(kind: Kind<T, unknown>, o: InformerOptions<T, I>): Running => {
    if (isDisposed) throw new Disposed('the set of informers');
    const namespaces = o.namespaces && kind.namespaced ? [...new Set(o.namespaces)].sort() : undefined;
    const { labelSelector, fieldSelector } = canonicalSelectors(kind, o);
    const { pageSize, listSemantic, streaming, metadataOnly = false, transform } = o;
    const id = JSON.stringify([qualifiedKind(kind), kind.version, namespaces, labelSelector, fieldSelector, metadataOnly, transform && ids(transform), listSemantic, streaming]);
    const found = running.get(id);
    if (found) return found;
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

  return {
    api, runtime,
    get size() { return running.size; },
    get isDisposed() { return isDisposed; },
    for<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o: InformerOptions<T, I> = {}): Informer<T, I> {
      const held = open(kind, o);
      held.holders++;
      return openHandle<T, I>(held.shared as unknown as SharedInformer<T>, o.indexers, ids, () => {
        if (--held.holders === 0) held.shared.stop();
      });
    },
    forReads<T extends KubeObject>(kind: Kind<T, unknown>, namespaces?: readonly string[]): SharedInformer<T> {
      const id = readId(kind, namespaces);
      let shared = reads.get(id);
      if (!shared) {
        const held = open(kind, namespaces ? { namespaces } : {});
        held.holders++;
        reads.set(id, (shared = held.shared));
      }
      return shared as unknown as SharedInformer<T>;
    },
    runningForReads: (kind, namespaces) => reads.get(readId(kind, namespaces)),
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
