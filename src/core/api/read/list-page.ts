import type { KubeObject, ResourceVersion } from '../../resource/object.js';
import { SetpointError } from '../../runtime/errors.js';
import type { Item, Revision, StoreHandle } from '../../store/store.js';
import type { ListResult } from '../api.js';
import { endOf, isObjectKey } from '../layout.js';
import { expired, futureVersion, unreadable } from '../refusals.js';
import type { Served } from '../served.js';
import { encodeContinue, type ContinueToken } from './continue-token.js';
import type { Selection } from './selection.js';

export interface Page {
  readonly scope: string;
  /** 0: all that is left. */
  readonly limit: number;
  readonly token?: ContinueToken;
  /** The state to read; undefined: the newest. */
  readonly revision?: Revision;
  readonly signal?: AbortSignal | undefined;
}

/** A request of 10^12 objects is no reason to ask the store for as many at once (B63). */
const largestRead = 10_000;
const inconsistent = 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** One page out of the store at one revision: the first, or one that a token leads to. Rules: A23, A25–A27. */
export async function listPage(env: { readonly store: StoreHandle<KubeObject> }, served: Served, selection: Selection, page: Page): Promise<ListResult> {
  const { scope, limit, token } = page;
  const end = endOf(scope);
  let start = token?.start ?? scope;
  let revision = token && token.revision > 0n ? token.revision : page.revision;
  const items: KubeObject[] = [];
  for (;;) {
    const asked = limit === 0 ? largestRead : Math.min(largestRead, selection.selects ? Math.max(limit, 500) : limit - items.length);
    const read = await readAt(env.store, { start, end, revision, limit: asked, signal: page.signal }, page);
    revision ??= read.revision;
    let taken = 0;
    for (const item of read.items) {
      if (limit > 0 && items.length === limit) break;
      taken++;
      start = `${item.key}\0`;
      take(served, selection, item, items);
    }
    const left = read.count - taken;
    if (left > 0 && (limit === 0 || items.length < limit)) continue;
    const resourceVersion = revision.toString() as ResourceVersion;
    if (left <= 0) return { items: Object.freeze(items), resourceVersion };
    const next = encodeContinue({ revision, start }, scope);
    return { items: Object.freeze(items), resourceVersion, continue: next, ...(selection.selects ? {} : { remainingItemCount: left }) };
  }
}

function take(served: Served, selection: Selection, item: Item<KubeObject>, items: KubeObject[]): void {
  if (!isObjectKey(served.prefix, item.key, served.kind.namespaced)) return;
  if (item.corrupt) throw unreadable(item.key, item.corrupt);
  if (!selection.selects || (selection.matches?.(item.value) ?? true)) items.push(served.cache.shared(item.key, item.value));
}

interface Read {
  readonly start: string;
  readonly end: string;
  readonly revision: Revision | undefined;
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws ApiError 410, 504 (A23, A27) */
async function readAt(store: StoreHandle<KubeObject>, { start, end, revision, limit, signal }: Read, { scope, token }: Page) {
  try {
    return await store.range({ start, end, limit, ...(revision === undefined ? {} : { revision }), ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    if (!(thrown instanceof SetpointError)) throw thrown;
    if (thrown.code === 'FutureRevision') throw futureVersion(revision ?? 0n, store.seen);
    if (thrown.code !== 'Compacted') throw thrown;
    if (token) throw expired(inconsistent, encodeContinue({ revision: -1n, start }, scope));
    throw expired('The resourceVersion for the provided list is too old.');
  }
}
