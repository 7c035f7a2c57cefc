import type { KubeObject, ResourceVersion } from '../../resource/object.js';
import { sleep, type Clock } from '../../runtime/clock.js';
import { SetpointError } from '../../runtime/errors.js';
import type { Revision, StoreHandle } from '../../store/store.js';
import type { Address, GetParams, ListParams, ListResult } from '../api.js';
import { objectKey, scopePrefix } from '../layout.js';
import { expired, fromStore, futureVersion, notFound, unreadable } from '../refusals.js';
import type { Served } from '../served.js';
import { checkSegment, nameOf, scopeOf } from '../write/write-env.js';
import { decodeContinue } from './continue-token.js';
import { wantedByList } from './list-options.js';
import { listPage } from './list-page.js';
import { parseRevision } from './revision.js';
import { selectionOf, type Selection } from './selection.js';

export interface ReadEnv {
  readonly store: StoreHandle<KubeObject>;
  readonly clock: Clock;
}

/** How long a read waits for a version that is not there yet (A21). */
const waitMs = 3_000;

/** @throws ApiError. Rules: A21, A3. */
export async function getObject(env: ReadEnv, served: Served, at: Address, params: GetParams): Promise<KubeObject> {
  const name = nameOf(at);
  const key = objectKey(served.prefix, scopeOf(served, at), name);
  const revision = parseRevision(params.resourceVersion);
  if (revision === 0n) {
    const known = served.cache.peek(key);
    if (known) return known;
  } else if (revision !== undefined) await freshTo(env, served, revision, params.signal);
  try {
    const { items } = await env.store.range({ key, ...(revision === 0n ? { serializable: true } : {}), ...signalOf(params) });
    const item = items[0];
    if (!item) throw notFound(served.kind, name);
    if (item.corrupt) throw unreadable(key, item.corrupt);
    return served.cache.shared(key, item.value);
  } catch (thrown) {
    throw fromStore(thrown, key);
  }
}

/** @throws ApiError. Rules: A22–A30. */
export async function listObjects(env: ReadEnv, served: Served, at: Address, params: ListParams): Promise<ListResult> {
  const wanted = wantedByList(params);
  const namespace = namespaceOf(served, at);
  const selection = selectionOf(served, namespace, params);
  const scope = scopePrefix(served.prefix, namespace);
  const limit = Math.max(0, params.limit ?? 0);
  try {
    if (params.continue) return await listPage(env, served, selection, { scope, limit, token: decodeContinue(params.continue, scope), signal: params.signal });
    switch (wanted.type) {
      case 'exact': return await listPage(env, served, selection, { scope, limit, revision: wanted.revision, signal: params.signal });
      case 'any': await served.cache.start(); break;
      case 'notOlderThan': await freshTo(env, served, wanted.revision, params.signal); break;
      case 'newest':
        if (limit > 0) return await listPage(env, served, selection, { scope, limit, signal: params.signal });
        await settle(env, served, undefined, params.signal);
    }
    return fromCache(served, selection);
  } catch (thrown) {
    throw translated(thrown);
  }
}

/** Brings the cache to the store's present revision, or to `atLeast` (A29). */
export async function settle(env: ReadEnv, served: Served, atLeast: Revision | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (atLeast === 0n) return served.cache.start();
  if (atLeast !== undefined) return freshTo(env, served, atLeast, signal);
  await served.cache.start();
  await freshTo(env, served, await currentRevision(env, served, signal), signal);
}

/** Cluster-scoped kinds have no namespaces to list in; all namespaces are listed without one. */
export function namespaceOf(served: Served, at: Address): string | undefined {
  if (!served.kind.namespaced || at.namespace === undefined || at.namespace === '') return undefined;
  checkSegment('Namespace', at.namespace);
  return at.namespace;
}

function fromCache(served: Served, selection: Selection): ListResult {
  const { cache } = served;
  const resourceVersion = (cache.revision ?? 0n).toString() as ResourceVersion;
  const { name, namespace, matches } = selection;
  if (name !== undefined && (namespace !== undefined || !served.kind.namespaced)) {
    const only = cache.peek(objectKey(served.prefix, namespace, name));
    return { items: Object.freeze(only && (matches?.(only) ?? true) ? [only] : []), resourceVersion };
  }
  const objects = cache.list(namespace);
  return { items: selection.selects && matches ? Object.freeze(objects.filter(matches)) : objects, resourceVersion };
}

async function freshTo(env: ReadEnv, served: Served, revision: Revision, signal: AbortSignal | undefined): Promise<void> {
  const { cache } = served;
  await cache.start();
  if ((cache.revision ?? 0n) >= revision) return;
  const late = new AbortController();
  const stop = () => { late.abort(signal?.reason); };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([cache.freshTo(revision, late.signal), sleep(env.clock, waitMs, late.signal).then(() => { throw futureVersion(revision, cache.revision ?? 0n); })]);
  } finally {
    signal?.removeEventListener('abort', stop);
    late.abort();
  }
}

async function currentRevision(env: ReadEnv, served: Served, signal: AbortSignal | undefined): Promise<Revision> {
  const { revision } = await env.store.range({ prefix: served.prefix, countOnly: true, ...(signal === undefined ? {} : { signal }) });
  return revision;
}

function translated(thrown: unknown): Error {
  if (thrown instanceof SetpointError && thrown.code === 'Compacted') return expired('The resourceVersion for the provided list is too old.');
  return fromStore(thrown);
}

export function signalOf({ signal }: { readonly signal?: AbortSignal | undefined }): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

