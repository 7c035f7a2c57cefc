import { Compacted } from '../errors.js';
import { checkInterval } from '../keys.js';
import { InvalidRevision } from '../errors.js';
import type { Item, RangeOptions, RangeResult, Revision } from '../store.js';
import { findCompacted } from './find-compacted.js';
import { wireInterval } from './intervals.js';
import type { RangeRequest, RangeResponse } from './messages.js';
import { methods } from './methods.js';
import type { Session } from './session.js';

/** Pages of a read without a limit: small first, so that small reads stay small (S16). */
const firstPage = 500;
const largestPage = 10_000;
const lastRevision = 2n ** 63n - 1n;

/** @throws InvalidKey, InvalidRevision, FutureRevision, Compacted, Unavailable, Aborted. Rules: S7, S10–S16. */
export async function readRange<V>(session: Session<V>, options: RangeOptions): Promise<RangeResult<V>> {
  checkInterval(options);
  const asked = options.cursor?.revision ?? options.revision;
  if (asked !== undefined && (asked < 1n || asked > lastRevision)) throw new InvalidRevision('a revision to read at');
  for (;;) {
    try {
      return await readPages(session, options, asked);
    } catch (error) {
      if (!(error instanceof Compacted)) throw error;
      // The revision of the first page was compacted while the others were read: nobody asked for that one.
      if (asked === undefined) continue;
      throw new Compacted(await findCompacted(session.calls, options.signal), { cause: error });
    }
  }
}

async function readPages<V>(session: Session<V>, options: RangeOptions, asked: Revision | undefined): Promise<RangeResult<V>> {
  const { signal, serializable = false, keysOnly = false, countOnly = false } = options;
  const wanted = options.limit !== undefined && options.limit > 0 ? options.limit : Infinity;
  const ask = (request: RangeRequest): Promise<RangeResponse> => session.call('range', methods.range, request, { kind: 'read', signal, ordered: !serializable });
  const { key, rangeEnd } = wireInterval(options, options.cursor);
  if (countOnly) {
    const { header, count } = await ask({ key, rangeEnd, countOnly, serializable, revision: asked ?? 0n });
    return { items: [], revision: header.revision, count };
  }
  const items: Item<V>[] = [];
  let first: RangeResponse | undefined;
  let at = asked;
  let from = key;
  for (let page = firstPage; ; page = Math.min(page * 2, largestPage)) {
    const response = await ask({ key: from, rangeEnd, limit: Math.min(page, wanted - items.length), keysOnly, serializable, revision: at ?? 0n });
    first ??= response;
    // All pages are read at the revision of the first.
    at ??= response.header.revision;
    for (const kv of response.kvs) items.push(keysOnly ? session.itemWithoutValue(kv) : session.item(kv));
    const last = items[items.length - 1];
    const end = { items, revision: first.header.revision, count: first.count };
    if (!response.more || !last) return end;
    if (items.length >= wanted) return { ...end, next: { start: `${last.key}\0`, revision: at } };
    from = wireInterval({ key: `${last.key}\0` }).key;
  }
}
