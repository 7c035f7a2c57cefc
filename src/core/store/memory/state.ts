import type { Runtime } from '../../runtime/runtime.js';
import { checkTxn, type TxnLimits } from '../check-txn.js';
import { Compacted, Fenced, FutureRevision, InvalidRevision, RevisionExhausted } from '../errors.js';
import type { Codec, Compare, Interval, Item, OpResult, ReadOp, Revision, Txn, TxnResult, WriteOp } from '../store.js';
import { Feed, type FeedOptions } from './feed.js';
import type { Record, Version } from './history.js';
import type { Journal } from './journal.js';
import { LeaseTable } from './lease-table.js';
import { Quota } from './quota.js';
import { SortedRecords, type Bounds } from './sorted-records.js';

export interface StateOptions extends FeedOptions {
  readonly limits: TxnLimits;
  /** Of keys and values together (S70). */
  readonly maxBytes?: number;
}

/** A write of before, its value as it was stamped then. */
export type PastOp<V> = WriteOp<V> & { readonly corrupt?: Error };

/** One key that the newest revision put or deleted, and what it held before. */
export interface NewestChange<V> {
  readonly key: string;
  readonly prev?: Item<V> | undefined;
}

const lastRevision = 2n ** 63n - 1n;

/** All that one memory store holds; every method is one atomic step. */
export class State<V> {
  readonly leases: LeaseTable;
  /** Every key with a state in the history, deleted ones too. */
  readonly records = new Map<string, Record<V>>();
  readonly live = new SortedRecords<Record<V>>();
  readonly dead = new SortedRecords<Record<V>>();
  readonly feed: Feed<V>;
  readonly #limits: TxnLimits;
  readonly #quota: Quota<V> | undefined;
  #journal: Journal<V> | undefined;
  #replaying = false;

  constructor(options: StateOptions) {
    this.#limits = options.limits;
    this.#quota = options.maxBytes === undefined ? undefined : new Quota(options.maxBytes);
    this.feed = new Feed<V>(options, (version) => { this.#forget(version); });
    this.leases = new LeaseTable({
      granted: (id, ttlSeconds) => { this.#journal?.granted(id, ttlSeconds); },
      ending: (id, keys) => { this.#journal?.ended(id, keys.length > 0 ? this.revision + 1n : this.revision); },
      ended: (keys) => { this.#deleteKeys(keys); },
    });
  }

  /** From here on every change is written down before it is made. */
  keepJournal(journal: Journal<V>): void {
    this.#journal = journal;
  }

  get revision(): Revision {
    return this.feed.revision;
  }

  start(runtime: Runtime, signal: AbortSignal): void {
    this.feed.start(runtime.clock);
    this.leases.start(runtime.clock, signal);
  }

  /** @throws InvalidRevision, FutureRevision, Compacted. Rule: S14. */
  checkReadable(revision: Revision): void {
    if (revision < 1n || revision > lastRevision) throw new InvalidRevision('a revision to read at');
    if (revision > this.revision) throw new FutureRevision();
    if (revision < this.feed.compacted) throw new Compacted(this.feed.compacted);
  }

  current(key: string): Item<V> | undefined {
    return this.records.get(key)?.head.item;
  }

  commit(txn: Txn<V>, codec: Codec<V>): TxnResult<V> {
    const sizeBytes = checkTxn(txn, this.#limits, codec);
    for (const guard of txn.guards ?? []) {
      const [expected, actual] = 'modRevision' in guard
        ? [guard.modRevision, this.current(guard.key)?.modRevision ?? 0n]
        : [guard.createRevision, this.current(guard.key)?.createRevision ?? 0n];
      if (expected !== actual) throw new Fenced(guard.key, expected, actual);
    }
    for (const compare of txn.compare) {
      if (!holds(compare, this.current(compare.key))) return { ok: false, revision: this.feed.revision, results: (txn.else ?? []).map((op) => this.#get(op)) };
    }
    return this.#write(txn.then, codec, sizeBytes);
  }

  /** @throws InvalidRevision, Compacted, FutureRevision. Rule: S52. */
  compact(revision: Revision): void {
    this.feed.checkCompact(revision);
    this.#journal?.compacted(revision);
    this.feed.compact(revision);
  }

  #get(op: ReadOp): OpResult<V> {
    const item = this.current(op.key);
    return item ? { type: 'get', item } : { type: 'get' };
  }

  /** Makes a revision again, whatever limits hold today. Each put brings its size. */
  replay(ops: readonly PastOp<V>[], sizeBytes: number): void {
    this.#replaying = true;
    this.#write(ops, { stamp: (value) => value, encode: () => new Uint8Array() }, sizeBytes);
    this.#replaying = false;
  }

  /** These operations as one revision, whatever their number; none when they change nothing (S2). */
  #write(ops: readonly PastOp<V>[], codec: Pick<Codec<V>, 'stamp' | 'encode'>, sizeBytes: number): TxnResult<V> {
    const revision = this.feed.revision + 1n;
    if (ops.length > 0 && revision > lastRevision) throw new RevisionExhausted();
    // Whatever can throw comes before the first change: all or nothing (S19).
    const stamped: (V | undefined)[] = [];
    for (const op of ops) {
      if (op.type === 'put' && op.lease) this.leases.check(op.lease);
      stamped.push(op.type === 'put' ? codec.stamp(op.value, revision) : undefined);
    }
    const sizes = this.#quota?.sizesOf(ops, codec);
    if (sizes && !this.#replaying) this.#quota?.check(ops, sizes, ops.flatMap((op) => this.#deletedBy(op)));
    if (this.#journal && ops.some((op) => this.#changes(op))) this.#journal.txn(revision, ops);
    const versions: Version<V>[] = [];
    const results = ops.map((op, i): OpResult<V> => (op.type === 'put'
      // Stamped above, at the same index.
      ? this.#put(op, stamped[i] as V, revision, versions)
      : this.#delete(op, op.prev === true, revision, versions)));
    sizes?.forEach((size, i) => {
      const op = ops[i];
      if (op?.type === 'put' && size !== undefined) this.#quota?.set(op.key, size);
    });
    if (versions.length > 0) this.feed.append(revision, versions, sizeBytes);
    return { ok: true, revision: this.feed.revision, results };
  }

  /** An item of before, without a past; the store holds nothing of its key yet. Its lease is restored first (S68). */
  restore(item: Item<V>, sizeBytes: number): void {
    this.#add(item.key, item);
    this.#quota?.set(item.key, item.key.length + sizeBytes);
    if (item.lease !== 0n) this.leases.attach(item.lease, item.key);
  }

  /** What the newest revision changed, so that it is told to a watch from just before it (S32). After all items. */
  restoreNewest(changes: readonly NewestChange<V>[]): void {
    const versions = changes.map(({ key, prev }) => {
      const record = this.records.get(key) ?? this.#addDead(key);
      if (prev) record.head.older = { record, modRevision: prev.modRevision, item: prev, older: undefined };
      return record.head;
    });
    this.feed.restore(versions);
  }

  #addDead(key: string): Record<V> {
    // As in #add.
    const record = { key } as Record<V>;
    record.head = { record, modRevision: this.revision, item: undefined, older: undefined };
    this.records.set(key, record);
    this.dead.insert(record);
    return record;
  }

  #changes(op: WriteOp<V>): boolean {
    if (op.type === 'put') return true;
    return 'key' in op ? this.current(op.key) !== undefined : this.live.count(boundsOf(op)) > 0;
  }

  #deletedBy(op: WriteOp<V>): readonly string[] {
    if (op.type === 'put') return [];
    if ('key' in op) return [op.key];
    const keys: string[] = [];
    this.live.each(boundsOf(op), ({ key }) => { keys.push(key); });
    return keys;
  }

  #put({ key, lease = 0n, prev: wantsPrev, corrupt }: PastOp<V> & { readonly type: 'put' }, value: V, revision: Revision, versions: Version<V>[]): OpResult<V> {
    const record = this.records.get(key);
    const prev = record?.head.item;
    const plain: Item<V> = {
      key, value, createRevision: prev ? prev.createRevision : revision, modRevision: revision, version: prev ? prev.version + 1n : 1n, lease,
    };
    const item = corrupt ? { ...plain, corrupt } : plain;
    if (record) {
      record.head = { record, modRevision: revision, item, older: record.head };
      versions.push(record.head);
      if (!prev) {
        this.dead.remove(key);
        this.live.insert(record);
      }
    } else versions.push(this.#add(key, item));
    if (prev && prev.lease !== lease && prev.lease !== 0n) this.leases.detach(prev.lease, key);
    if (lease !== 0n) this.leases.attach(lease, key);
    return wantsPrev === true && prev ? { type: 'put', stored: value, prev } : { type: 'put', stored: value };
  }

  #add(key: string, item: Item<V>): Version<V> {
    // The head refers to its record and the other way round, so one of them is set a line later.
    const record = { key } as Record<V>;
    record.head = { record, modRevision: item.modRevision, item, older: undefined };
    this.records.set(key, record);
    this.live.insert(record);
    return record.head;
  }

  #delete(interval: Interval, wantsPrev: boolean, revision: Revision, versions: Version<V>[]): OpResult<V> {
    const found: Record<V>[] = [];
    if ('key' in interval) {
      const record = this.records.get(interval.key);
      if (record?.head.item) found.push(record);
    } else this.live.each(boundsOf(interval), (record) => { found.push(record); });
    const prev = found.map((record) => this.#bury(record, revision, versions));
    return wantsPrev ? { type: 'delete', deleted: found.length, prev } : { type: 'delete', deleted: found.length };
  }

  #bury(record: Record<V>, revision: Revision, versions: Version<V>[]): Item<V> {
    // Only live records come here.
    const item = record.head.item as Item<V>;
    record.head = { record, modRevision: revision, item: undefined, older: record.head };
    versions.push(record.head);
    this.live.remove(record.key);
    this.dead.insert(record);
    this.#quota?.delete(record.key);
    if (item.lease !== 0n) this.leases.detach(item.lease, record.key);
    return item;
  }

  #deleteKeys(keys: readonly string[]): void {
    const revision = this.feed.revision + 1n;
    const versions: Version<V>[] = [];
    for (const key of keys) {
      const record = this.records.get(key);
      if (record?.head.item) this.#bury(record, revision, versions);
    }
    if (versions.length > 0) this.feed.append(revision, versions, 0);
  }

  /** The last state of a deleted key, when no history needs it any more. */
  #forget(version: Version<V>): void {
    const { record } = version;
    if (version.item || record.head !== version) return;
    this.records.delete(record.key);
    this.dead.remove(record.key);
  }
}

export function boundsOf(interval: Interval): Bounds {
  if ('key' in interval) return { start: interval.key, end: `${interval.key}\0` };
  if ('prefix' in interval) return { start: interval.prefix, prefix: interval.prefix };
  return { start: interval.start, end: interval.end };
}

function holds<V>(compare: Compare, item: Item<V> | undefined): boolean {
  const [wanted, found] = 'modRevision' in compare ? [compare.modRevision, item?.modRevision]
    : 'createRevision' in compare ? [compare.createRevision, item?.createRevision]
      : 'version' in compare ? [compare.version, item?.version]
        : [compare.lease, item?.lease];
  const actual = found ?? 0n;
  switch (compare.op) {
    case '=': return actual === wanted;
    case '!=': return actual !== wanted;
    case '<': return actual < wanted;
    default: return actual > wanted;
  }
}
