import { UnknownOutcome } from '../runtime/errors.js';
import { CannotSettle, Compacted } from './errors.js';
import type { Codec, Compare, Item, Revision, StoreEvent, StoreHandle, Txn, WriteOp } from './store.js';

export interface SettleOptions {
  /** What the store's revision was known to be before the txn was sent: its `seen` at that time. The txn came after it, if at all. */
  readonly after: Revision;
  readonly signal?: AbortSignal;
}

export type Settled = 'applied' | 'not-applied';

/** How often the store may lose an answer to this, too. */
const attempts = 10;

/**
 * Whether a txn that ended with `UnknownOutcome` was applied. Reading alone cannot say: a write that is not there may
 * still be on its way. So its way is barred first: the key of one of its compares is written anew, with the value that it
 * has, and the compare can never hold again. A txn that asks for an absent key and nothing else that changes cannot be
 * barred without leaving a key behind; it is committed again instead, and was then applied, once.
 *
 * An equal write of somebody else, which found what this one had to find, is taken for it.
 * @throws CannotSettle for a txn without a compare that can be made to fail for good, or whose history was compacted;
 * and what the store's verbs throw. Rule: S58.
 */
export async function settle<V>(store: StoreHandle<V>, codec: Codec<V>, txn: Txn<V>, options: SettleOptions): Promise<Settled> {
  const witness = txn.then.find((op) => op.type === 'put') ?? txn.then.find((op) => 'key' in op);
  if (!witness || !('key' in witness)) throw new CannotSettle('it puts nothing and deletes no single key');
  const bar = barOf(txn.compare);
  if (!bar) throw new CannotSettle('none of its compares can be made to fail for good; one of modRevision, version, or of an absent key can');
  for (let attempt = 1; ; attempt++) {
    try {
      const { isBarred, by } = await barring(store, bar, options);
      const changes = await changesOf(store, witness.key, options);
      for (const change of changes) if (change.modRevision !== by && await didAll(store, codec, txn, change, options)) return 'applied';
      if (isBarred) return 'not-applied';
      const { guards, compare, then } = txn;
      if ((await store.txn({ ...(guards ? { guards } : {}), compare, then, ...withSignal(options) })).ok) return 'applied';
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || attempt === attempts || options.signal?.aborted) throw error;
    }
  }
}

/** The compare that is to fail: at best one that a further write makes false for ever. */
function barOf(compares: readonly Compare[]): Compare | undefined {
  const equal = compares.filter(({ op }) => op === '=');
  return equal.find((one) => 'modRevision' in one && one.modRevision !== 0n) ?? equal.find((one) => 'version' in one && one.version !== 0n) ?? equal.find(isOfAbsent);
}

function isOfAbsent(compare: Compare): boolean {
  return ('modRevision' in compare && compare.modRevision === 0n) || ('createRevision' in compare && compare.createRevision === 0n) || ('version' in compare && compare.version === 0n);
}

/** Sees to it that the compare does not hold. Not barred: its key is absent, as it asks for, and that cannot be changed. */
async function barring<V>(store: StoreHandle<V>, bar: Compare, options: SettleOptions): Promise<{ readonly isBarred: boolean; readonly by?: Revision }> {
  for (;;) {
    const { items: [item] } = await store.range({ key: bar.key, ...withSignal(options) });
    if (isOfAbsent(bar)) return { isBarred: item !== undefined };
    if (!item || !holds(bar, item)) return { isBarred: true };
    if (item.corrupt) throw new CannotSettle('the key of its compare holds bytes that do not decode', { cause: item.corrupt });
    const { key, value, modRevision, lease } = item;
    const { ok, revision } = await store.txn({ compare: [{ key, op: '=', modRevision }], then: [{ type: 'put', key, value, ...(lease === 0n ? {} : { lease }) }], ...withSignal(options) });
    if (ok) return { isBarred: true, by: revision };
  }
}

function holds<V>(bar: Compare, item: Item<V>): boolean {
  return 'modRevision' in bar ? item.modRevision === bar.modRevision : 'version' in bar && item.version === bar.version;
}

/** Whether the revision of a change did all that the txn was to do. */
async function didAll<V>(store: StoreHandle<V>, codec: Codec<V>, txn: Txn<V>, change: StoreEvent<V>, options: SettleOptions): Promise<boolean> {
  for (const op of txn.then) {
    if (!(isDone(op, change, codec) ?? await isDoneAt(store, op, change.modRevision, codec, options))) return false;
  }
  return true;
}

/** What became of a key since. */
async function changesOf<V>(store: StoreHandle<V>, key: string, { after, signal }: SettleOptions): Promise<readonly StoreEvent<V>[]> {
  const { revision } = await store.range({ key, keysOnly: true, ...(signal ? { signal } : {}) });
  if (revision <= after) return [];
  const stop = new AbortController();
  const changes: StoreEvent<V>[] = [];
  const watch = store.watch({ prefix: key, after: after === 0n ? 1n : after, signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal });
  const read = (async () => {
    for await (const delivery of watch) {
      if (delivery.type === 'batches') changes.push(...delivery.batches.flatMap(({ events }) => events.filter((event) => event.key === key)));
    }
  })();
  try {
    await Promise.race([watch.freshTo(revision, signal), new Promise((_, reject) => { read.catch(reject); })]);
  } catch (error) {
    throw error instanceof Compacted ? new CannotSettle('the store has forgotten what happened since', { cause: error }) : error;
  } finally {
    stop.abort();
    await read.catch(() => { /* told above */ });
  }
  return changes;
}

/** Whether the event is what the operation does; undefined: it is of another key. */
function isDone<V>(op: WriteOp<V>, event: StoreEvent<V>, codec: Codec<V>): boolean | undefined {
  if (!('key' in op) || op.key !== event.key) return undefined;
  if (op.type === 'delete') return event.type === 'delete';
  return event.type === 'put' && !event.corrupt && event.lease === (op.lease ?? 0n) && equalBytes(codec.encode(op.value), codec.encode(event.value as V)); // a put has its value
}

/** Whether a revision did this operation, too. */
async function isDoneAt<V>(store: StoreHandle<V>, op: WriteOp<V>, revision: Revision, codec: Codec<V>, options: SettleOptions): Promise<boolean> {
  const { items } = await store.range({ ...intervalOf(op), revision, ...withSignal(options) });
  if (op.type === 'delete') return items.length === 0;
  const [item] = items;
  return item !== undefined && !item.corrupt && item.modRevision === revision && item.lease === (op.lease ?? 0n) && equalBytes(codec.encode(op.value), codec.encode(item.value));
}

function intervalOf<V>(op: WriteOp<V>) {
  if ('key' in op) return { key: op.key };
  return 'prefix' in op ? { prefix: op.prefix } : { start: op.start, end: op.end };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function withSignal({ signal }: SettleOptions): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
