import type { Batch, Delta } from '../../client/delta.js';
import type { AnyKind } from '../../resource/kind.js';
import { keyOf, type Key, type KubeObject } from '../../resource/object.js';
import { refersTo } from '../../resource/owner-reference.js';
import type { OwnsSpec } from '../spec.js';
import { resourceVersionChanged } from './predicate.js';
import { otherReason } from './reasons.js';
import { passes, sides, type TriggerPorts } from './trigger-ports.js';

/** Children: the owners of the old and the new version, each once. Rule: R2. */
export function ownedHandler(ports: TriggerPorts, owns: OwnsSpec): (batch: Batch<KubeObject>) => void {
  const when = owns.when ?? resourceVersionChanged;
  return (batch) => {
    if (batch.initial) return; // the primaries' own initial batch brings every key
    for (const delta of batch.deltas) ports.own.judge(owns.kind, delta, (own) => { enqueueOwners(ports, owns, when, delta, own); });
  };
}

function enqueueOwners(ports: TriggerPorts, owns: OwnsSpec, when: NonNullable<OwnsSpec['when']>, delta: Delta<KubeObject>, own: Key | undefined): void {
  const owners = ownersOf(ports.spec.kind, delta, owns.anyOwner ?? false);
  if (owners.size === 0 || !passes(ports, when, delta)) return;
  for (const [uid, key] of owners) {
    // Another uid under the name is another object: nobody's child triggers it. One that is not seen yet will be
    // enqueued by its own event.
    if (ports.primary.cache.peek(key)?.metadata.uid === uid) ports.add(key, { reasons: [otherReason('owned', owns.kind.kind, delta)] }, own);
  }
}

function ownersOf(kind: AnyKind, delta: Delta<KubeObject>, anyOwner: boolean): ReadonlyMap<string, Key> {
  const owners = new Map<string, Key>();
  for (const object of sides(delta)) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      if (!(anyOwner || owner.controller === true) || !refersTo(owner, kind)) continue;
      owners.set(owner.uid, keyOf(owner.name, kind.namespaced ? object.metadata.namespace : undefined));
    }
  }
  return owners;
}
