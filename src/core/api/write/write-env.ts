import type { KubeObject } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';
import type { Random } from '../../runtime/random.js';
import type { Compare, Item } from '../../store/store.js';
import type { Address, WriteParams, Written } from '../api.js';
import type { AdmissionChain } from '../admission/admission-chain.js';
import type { NoopApplies } from '../apply/noop-applies.js';
import { objectKey } from '../layout.js';
import type { PlugContext } from '../plugs.js';
import { badRequest, fromStore, unreadable } from '../refusals.js';
import type { Served } from '../served.js';
import { pathSegmentProblem } from '../../resource/names.js';
import type { CommitPorts } from './commit.js';
import type { Turns } from './turns.js';
import type { Warnings } from './warnings.js';

/** What every write leans on. */
export interface WriteEnv extends CommitPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: AdmissionChain;
  readonly context: PlugContext;
  readonly turns: Turns;
  readonly noops: NoopApplies;
  /** The time of day as metadata has it; made once a second. */
  readonly timestamp: () => string;
  /** Whether the namespace may be filled, as facts that must still hold when the object is stored (A97). */
  readonly content: (served: Served, namespace: string, name: string) => Promise<readonly Compare[]>;
}

/** Which part of an object a write may change (A65). */
export type Part =
  | { readonly type: 'main' }
  | { readonly type: 'status' }
  /** A subresource with code of its own, which alone decides what changes. */
  | { readonly type: 'own'; readonly subresource: string };

/** One write on its way through the stages of A1. */
export interface WriteRequest {
  readonly served: Served;
  readonly namespace: string | undefined;
  readonly params: WriteParams;
  readonly warnings: Warnings;
  readonly part: Part;
  /** An apply keeps its managedFields, however large the object gets (A85). */
  readonly applying: boolean;
}

/** A request to one object. */
export interface NamedWriteRequest extends WriteRequest {
  readonly name: string;
}

export function subresourceOf(part: Part): string | undefined {
  switch (part.type) {
    case 'main': return undefined;
    case 'status': return 'status';
    case 'own': return part.subresource;
  }
}

/** The item as the store has it now. @throws ApiError 500 for one that does not decode (B100) */
export async function readItem(env: WriteEnv, { served, namespace, name, params }: NamedWriteRequest): Promise<Item<KubeObject> | undefined> {
  const key = objectKey(served.prefix, namespace, name);
  try {
    const { items } = await env.store.range({ key, ...(params.signal === undefined ? {} : { signal: params.signal }) });
    const item = items[0];
    if (item?.corrupt) throw unreadable(key, item.corrupt);
    return item;
  } catch (thrown) {
    throw fromStore(thrown, key);
  }
}

/** Nothing was written: what is there is what was asked for (A34). */
export function unchanged({ served, namespace, name, warnings }: NamedWriteRequest, item: Item<KubeObject>): Written {
  const object = served.cache.shared(objectKey(served.prefix, namespace, name), item.value);
  const { resourceVersion } = object.metadata;
  return { object, appliedTo: resourceVersion, resourceVersion, gone: false, created: false, warnings: warnings.list() };
}

/** The namespace of a request: none for cluster-scoped kinds. @throws ApiError 400 (A15, B23) */
export function scopeOf(served: Served, at: Address): string | undefined {
  if (!served.kind.namespaced) return undefined;
  const { namespace } = at;
  if (namespace === undefined || namespace === '') throw badRequest('Namespace parameter required.', { hint: `${served.kind.kind} is namespaced: say in which namespace` });
  checkSegment('Namespace', namespace);
  return namespace;
}

/** @throws ApiError 400 (B23) */
export function nameOf(at: Address): string {
  if (at.name === undefined || at.name === '') throw badRequest('Name parameter required.');
  checkSegment('Name', at.name);
  return at.name;
}

/** Keeps an address inside its resource's keys. */
export function checkSegment(what: string, text: string): void {
  // Past the types a caller may hand in anything.
  const problem = typeof text === 'string' ? (text.includes('\0') ? 'may not contain NUL' : pathSegmentProblem(text)) : 'must be a string';
  if (problem !== undefined) throw badRequest(`${what} parameter invalid: "${String(text).slice(0, 253)}": ${problem}`);
}
