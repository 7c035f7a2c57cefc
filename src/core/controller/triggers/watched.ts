import type { Batch, Delta } from '../../client/delta.js';
import type { Key, KubeObject, Ref } from '../../resource/object.js';
import type { MapContext } from '../context.js';
import type { ControllerSpec, WatchSpec } from '../spec.js';
import { resourceVersionChanged } from './predicate.js';
import { otherReason } from './reasons.js';
import { primaryKey } from './trigger-key.js';
import { passes, sides, type TriggerPorts } from './trigger-ports.js';

/** Anything else, mapped by the user's function. Rule: R3. */
export function watchHandler(ports: TriggerPorts, watch: WatchSpec): (batch: Batch<KubeObject>) => void {
  const when = watch.when ?? resourceVersionChanged;
  return (batch) => {
    if (batch.initial) return; // the primaries' own initial batch brings every key
    for (const delta of batch.deltas) {
      ports.own.judge(watch.kind, delta, (own) => {
        if (passes(ports, when, delta)) ports.goesOn(mapDelta(ports, watch, delta, own));
      });
    }
  };
}

async function mapDelta(ports: TriggerPorts, watch: WatchSpec, delta: Delta<KubeObject>, own: Key | undefined): Promise<void> {
  try {
    const keys = new Set<Key>();
    for (const object of sides(delta)) {
      const mapped = watch.map(object, contextOf(ports, object, delta), ...ports.services);
      // Awaited only when it is a promise, so that a plain function enqueues in the turn of its event.
      for (const ref of Symbol.iterator in mapped ? mapped : await mapped) addKey(ports, watch, keys, ref, object);
    }
    for (const key of keys) ports.add(key, { reasons: [otherReason('watched', watch.kind.kind, delta)] }, own);
  } catch (error) {
    ports.faults.report({ what: whatOf(watch), about: delta.key, code: 'TriggerFailed', cause: error });
  }
}

/** A ref that is none costs only itself (B87). */
function addKey(ports: TriggerPorts, watch: WatchSpec, keys: Set<Key>, ref: Ref, object: KubeObject): void {
  try {
    keys.add(primaryKey(ports.spec, ref, object.metadata.namespace));
  } catch (error) {
    ports.faults.report({ what: whatOf(watch), code: 'BadKey', cause: error });
  }
}

function whatOf(watch: WatchSpec): string {
  return `the map function for ${watch.kind.kind}`;
}

function contextOf(ports: TriggerPorts, object: KubeObject, delta: Delta<KubeObject>): MapContext<KubeObject, string, KubeObject> {
  return {
    ...ports.readsIn(object.metadata.namespace), delta, log: ports.log,
    byIndex: (index, value) => ports.primary.cache.byIndex(indexName(ports.spec, index), value),
  };
}

/** The name under which a controller's index lives in an informer that others share. */
export function indexName(spec: ControllerSpec, index: string): string {
  return `${spec.name}/${index}`;
}
