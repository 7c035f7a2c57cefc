import type { Api } from '../api/api.js';
import { qualifiedKind, type Kind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import { Disposed, type SetpointError } from '../runtime/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { openHandle } from './informer-handle.js';
import type { Informer, InformerOptions } from './informer.js';
import { shapeOf } from './object-shape.js';
import { canonicalFields, canonicalLabels } from './selection-key.js';
import { createSharedInformer, type SharedInformer } from './shared-informer.js';

/** The informers of one process or app: equal requests share one (I28). Disposing ends all of them. */
export interface Informers extends AsyncDisposable {
  /**
   * A handle on the informer of this selection; it starts at once if it does not run yet. Disposing the handle
   * releases it: with the last one the stream ends in the same turn.
   * @throws Disposed
   */
  for<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o?: InformerOptions<T, I>): Informer<T, I>;
  /** How many run now. */
  readonly size: number;
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
  const ids = functionIds();
  let isDisposed = false;

  const open = <T extends KubeObject, I extends string>(kind: Kind<T, unknown>, o: InformerOptions<T, I>): Running => {
    const namespaces = o.namespaces && kind.namespaced ? [...new Set(o.namespaces)].sort() : undefined;
    const labelSelector = canonicalLabels(o.labelSelector);
    const fieldSelector = canonicalFields(o.fieldSelector);
    const { pageSize, listSemantic, streaming, metadataOnly = false, transform } = o;
    const id = JSON.stringify([qualifiedKind(kind), kind.version, namespaces, labelSelector, fieldSelector, metadataOnly, transform && ids(transform), listSemantic, streaming]);
    const found = running.get(id);
    if (found) return found;
    const selection = {
      kind, namespaces, labelSelector, fieldSelector,
      ...(pageSize === undefined ? {} : { pageSize }), ...(listSemantic === undefined ? {} : { listSemantic }), ...(streaming === undefined ? {} : { streaming }),
    };
    const shared = createSharedInformer<T>(api, runtime, selection, shapeOf({ metadataOnly, transform }), options.onFault ?? (() => undefined));
    // One informer serves all typed handles of its kind; each gets back the type it came with.
    const started: Running = { shared: shared as unknown as SharedInformer<KubeObject>, holders: 0 };
    running.set(id, started);
    shared.status.subscribe({ complete: () => { if (running.get(id) === started) running.delete(id); } });
    return started;
  };

  return {
    api, runtime,
    get size() { return running.size; },
    for<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o: InformerOptions<T, I> = {}): Informer<T, I> {
      if (isDisposed) throw new Disposed('the set of informers');
      const held = open(kind, o);
      held.holders++;
      return openHandle<T, I>(held.shared as unknown as SharedInformer<T>, o.indexers, ids, () => {
        if (--held.holders === 0) held.shared.stop();
      });
    },
    [Symbol.asyncDispose]() {
      isDisposed = true;
      for (const { shared } of [...running.values()]) shared.stop();
      return Promise.resolve();
    },
  };
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
