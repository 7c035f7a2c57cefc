import { deepFreeze } from '../../resource/json/deep-freeze.js';
import type { AnyKind } from '../../resource/kind.js';
import { keyOf, type KubeObject } from '../../resource/object.js';
import type { Compare, Guard, Item, LeaseId, Revision, StoreHandle, WriteOp } from '../../store/store.js';
import type { Fence } from '../api.js';
import { isReason } from '../api-error.js';
import { stamp } from '../codec.js';
import { fenceKey, objectKey } from '../layout.js';
import { fromStore } from '../refusals.js';
import type { Served } from '../served.js';
import { fenceChange, isLease } from './fence-record.js';

export interface CommitPorts {
  readonly store: StoreHandle<KubeObject>;
  readonly prefix: string;
  /** The lease that an object of this kind expires with; undefined: none (A64). */
  readonly expiry: (kind: AnyKind) => Promise<LeaseId | undefined>;
  /** The store is at this revision now. */
  readonly onMoved: (revision: Revision) => void;
}

export interface Commit {
  readonly served: Served;
  /** The item that the change was made from; undefined: the key must be absent. */
  readonly from: Item<KubeObject> | undefined;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Frozen; undefined deletes. */
  readonly next: KubeObject | undefined;
  /** Further facts that must still hold: the namespace of a create (A97). */
  readonly compare?: readonly Compare[] | undefined;
  readonly fence?: Fence | undefined;
  readonly signal?: AbortSignal | undefined;
  /** When it is too large for the store it may go there without managedFields (A85). */
  readonly shrinkable: boolean;
}

export type Committed =
  | { readonly ok: true; readonly object: KubeObject; readonly revision: Revision }
  /** Somebody was faster: what is there now. */
  | { readonly ok: false; readonly current: Item<KubeObject> | undefined };

/**
 * One compare-and-swap. A Lease's fence record is written with it (A121).
 * @throws ApiError, UnknownOutcome (A7)
 */
export async function commit(ports: CommitPorts, change: Commit): Promise<Committed> {
  try {
    return await swap(ports, change);
  } catch (thrown) {
    const { next } = change;
    if (!isReason(thrown, 'RequestEntityTooLarge') || !change.shrinkable || next?.metadata.managedFields === undefined) throw thrown;
    const { managedFields: _, ...metadata } = next.metadata;
    return swap(ports, { ...change, next: Object.freeze({ ...next, metadata: Object.freeze(metadata) }) });
  }
}

async function swap(ports: CommitPorts, change: Commit): Promise<Committed> {
  const { served, from, next, namespace, name } = change;
  const key = objectKey(served.prefix, namespace, name);
  const { store } = ports;
  const lease = next && (await ports.expiry(served.kind));
  const write: WriteOp<KubeObject> = next === undefined
    ? { type: 'delete', key }
    : { type: 'put', key, value: next, ...(lease === undefined ? {} : { lease }) };
  try {
    const { ok, revision, results } = await store.txn({
      guards: guards(ports.prefix, change.fence),
      compare: [{ key, op: '=', modRevision: from?.modRevision ?? 0n }, ...(change.compare ?? [])],
      then: [write, ...(isLease(served.kind) ? fenceWrites(ports.prefix, change) : [])],
      else: [{ type: 'get', key }],
      ...(change.signal === undefined ? {} : { signal: change.signal }),
    });
    const first = results[0];
    if (!ok) return { ok: false, current: first?.type === 'get' ? first.item : undefined };
    ports.onMoved(revision);
    if (next === undefined) return { ok: true, object: from?.value ?? absent(name), revision };
    const stored = (first?.type === 'put' ? first.stored : undefined) ?? stamp(next, revision);
    return { ok: true, object: served.cache.remember(key, stored, revision), revision };
  } catch (thrown) {
    throw fromStore(thrown, key);
  }
}

/** A fenced write commits only while the fence record has the epoch's revision (A121, S23). */
function guards(prefix: string, fence: Fence | undefined): readonly Guard[] {
  return fence === undefined ? [] : [{ key: fenceKey(prefix, fence.lease), modRevision: BigInt(fence.epoch) }];
}

function fenceWrites(prefix: string, { from, next, namespace, name }: Commit): readonly WriteOp<KubeObject>[] {
  const key = fenceKey(prefix, keyOf({ name, namespace }));
  switch (fenceChange(from?.value, next)) {
    case 'none': return [];
    case 'delete': return [{ type: 'delete', key }];
    case 'write': return [{ type: 'put', key, value: deepFreeze(fenceRecord(next)) }];
  }
}

/** What stands in the record does not matter, only when it was written; it names its holder for people who look. */
function fenceRecord(lease: KubeObject | undefined): KubeObject {
  const { name, namespace, uid } = lease?.metadata ?? {};
  const holder = (lease?.spec as { readonly holderIdentity?: unknown } | undefined)?.holderIdentity ?? null;
  // Written below no resource's prefix, so nobody reads it as an object of a kind.
  return { apiVersion: 'setpoint/v1', kind: 'Fence', metadata: { name, namespace, uid }, spec: { holderIdentity: holder } } as KubeObject;
}

function absent(name: string): never {
  throw new TypeError(`a delete of ${name} was committed without an item`);
}
