import {
  Aborted, Channel, checkInterval, checkTxn, Closed, Compacted, defaultLimits, defaultRing, Fenced, FutureRevision, InvalidRevision, LeaseTable, type Codec, type Compare, type Consumer,
  type Interval, type Item, type LeaseId, type Leases, type OpResult, type RangeOptions, type RangeResult, type ReadOp, type Revision, type Runtime, type Store, type StoreBatch, type StoreEvent, type StoreHandle,
  type StoreHealth, type StoreWatch, type Txn, type TxnResult, type WatchOptions, type WriteOp,
} from 'setpoint/store';
import { Tables, type Change } from './tables.js';

/** A store in a SQLite file. One process at a time; every write is on disk before it is answered. */
export function sqliteStore(file: string): Store {
  let shared: Shared<unknown> | undefined;
  return {
    name: 'sqlite',
    open<V>(codec: Codec<V>, runtime: Runtime): Promise<StoreHandle<V>> {
      shared ??= new Shared<unknown>(file, runtime, () => { shared = undefined; });
      // Who opens it twice opens it with codecs of one type.
      return Promise.resolve(new SqliteHandle(shared as Shared<V>, codec));
    },
  };
}

/** The open file, and what all handles on it share: watchers, and leases that end by the clock. */
class Shared<V> {
  readonly tables: Tables;
  readonly leases: LeaseTable;
  readonly channels = new Map<string, Channel<V>>();
  readonly #stop = new AbortController();
  readonly #onClosed: () => void;
  #handles = 0;
  #published: Revision;
  #codec: Codec<V> | undefined;

  constructor(file: string, runtime: Runtime, onClosed: () => void) {
    this.tables = new Tables(file);
    this.#onClosed = onClosed;
    this.#published = this.tables.revision;
    this.leases = new LeaseTable({
      granted: (id, ttlSeconds) => { this.tables.atomically(() => { this.tables.addLease(id, ttlSeconds); }); },
      ending: (id, keys) => {
        this.tables.atomically(() => {
          this.tables.removeLease(id);
          if (keys.length > 0) this.tables.append(keys.map((key) => deleted(key, this.tables.revision + 1n)));
        });
      },
      ended: () => { this.told(); },
    });
    for (const { id, ttlSeconds, keys } of this.tables.leases()) {
      this.leases.restore(id, ttlSeconds);
      for (const key of keys) this.leases.attach(id, key);
    }
    this.leases.skipIds(this.tables.lastLease + 1n);
    this.leases.start(runtime.clock, this.#stop.signal);
  }

  opened(codec: Codec<V>): void {
    this.#handles++;
    this.#codec = codec;
  }

  closed(): void {
    if (--this.#handles > 0) return;
    this.#stop.abort();
    this.tables.close();
    this.#onClosed();
  }

  /** Watchers hear of it in a turn of their own. */
  told(): void {
    queueMicrotask(() => {
      if (this.#stop.signal.aborted) return;
      this.#publish();
      for (const channel of [...this.channels.values()]) channel.wake();
    });
  }

  #publish(): void {
    const { revision } = this.tables;
    for (const channel of this.channels.values()) {
      for (const batch of this.batches(channel.prefix, this.#published, revision)) channel.publish(batch, sizeOf(batch), batch.events.some(lacksPrev));
      channel.progress(revision);
    }
    this.#published = revision;
  }

  batches(prefix: string, after: Revision, upTo: Revision): readonly StoreBatch<V>[] {
    const batches: { revision: Revision; events: StoreEvent<V>[] }[] = [];
    for (const change of this.tables.changes(prefix, after, upTo)) {
      if (batches.at(-1)?.revision !== change.revision) batches.push({ revision: change.revision, events: [] });
      batches.at(-1)?.events.push(this.#event(change));
    }
    return batches;
  }

  #event({ revision, key, value, createRevision, version, lease }: Change): StoreEvent<V> {
    const before = value === undefined || version > 1n ? this.tables.before(key, revision) : undefined;
    const prev = before?.value && this.item(before);
    const common = { key, createRevision, modRevision: revision, version, lease, ...(prev ? { prev: prev.value } : {}) };
    if (value === undefined) return { type: 'delete', ...common };
    const { value: decoded, corrupt } = this.item({ revision, key, value, createRevision, version, lease });
    return { type: 'put', ...common, value: decoded, ...(corrupt ? { corrupt } : {}) };
  }

  item({ revision, key, value, createRevision, version, lease }: Change, codec = this.#codec): Item<V> {
    const common = { key, createRevision, modRevision: revision, version, lease };
    try {
      return { ...common, value: codec?.decode(value ?? new Uint8Array(), revision) as V };
    } catch (error) {
      // Nobody reads the value of a corrupt item (S10).
      return { ...common, value: undefined as V, corrupt: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  watch({ prefix, after, prev, signal }: WatchOptions, onClose: (ended: Consumer<V>) => void): Consumer<V> {
    this.#publish();
    const channel = this.channels.get(prefix) ?? new Channel<V>({ prefix, after: this.#published, ring: defaultRing, onAsked: () => {}, onIdle: () => { this.channels.delete(prefix); } });
    this.channels.set(prefix, channel);
    const fill = (from: Revision, upTo: Revision) => {
      if (from + 1n < this.tables.compacted) throw new Compacted(this.tables.compacted);
      return { batches: this.batches(prefix, from, upTo), upTo };
    };
    const watch = channel.join({ after, prev, signal, onClose, ...(after < this.#published ? { fill } : {}) });
    if (after + 1n < this.tables.compacted) watch.fail(new Compacted(this.tables.compacted));
    return watch;
  }
}

class SqliteHandle<V> implements StoreHandle<V> {
  readonly #shared: Shared<V>;
  readonly #codec: Codec<V>;
  readonly #watches = new Set<Consumer<V>>();
  #closed = false;

  readonly lease: Leases = {
    grant: (ttlSeconds, signal) => this.#step(signal, () => this.#shared.leases.grant(ttlSeconds)),
    keepAlive: (id, signal) => this.#step(signal, () => this.#shared.leases.keepAlive(id)),
    revoke: (id, signal) => this.#step(signal, () => { this.#shared.leases.revoke(id); }),
  };

  constructor(shared: Shared<V>, codec: Codec<V>) {
    this.#shared = shared;
    this.#codec = codec;
    shared.opened(codec);
  }

  get seen(): Revision {
    return this.#shared.tables.revision;
  }

  get health(): StoreHealth {
    return this.#closed ? { ok: false, detail: 'closed' } : { ok: true, detail: 'on disk' };
  }

  range(options: RangeOptions): Promise<RangeResult<V>> {
    return this.#step(options.signal, () => this.#range(options));
  }

  #range({ revision: asked, limit = 0, cursor, keysOnly = false, countOnly = false, ...interval }: RangeOptions): RangeResult<V> {
    checkInterval(interval);
    const { tables } = this.#shared;
    const { revision } = tables;
    const at = cursor?.revision ?? asked ?? revision;
    if (at < 1n) throw new InvalidRevision('a revision to read at');
    if (at > revision) throw new FutureRevision();
    const count = tables.count(interval, at, cursor?.start);
    if (countOnly) return { items: [], revision, count };
    const changes = tables.list(interval, at, { limit, from: cursor?.start });
    const items = changes.map((change) => (keysOnly ? withoutValue<V>(change) : this.#shared.item(change, this.#codec)));
    const last = items.at(-1);
    return count > items.length && last ? { items, revision, count, next: { start: `${last.key}\0`, revision: at } } : { items, revision, count };
  }

  txn(txn: Txn<V>): Promise<TxnResult<V>> {
    return this.#step(txn.signal, () => {
      checkTxn(txn, { ...defaultLimits, checks: 'deep' }, this.#codec);
      const changes: Written[] = [];
      const result = this.#shared.tables.atomically(() => this.#commit(txn, changes));
      for (const { key, lease, replaced } of changes) {
        this.#shared.leases.detach(replaced, key);
        this.#shared.leases.attach(lease, key);
      }
      if (changes.length > 0) this.#shared.told();
      return result;
    });
  }

  #commit({ guards = [], compare, then, else: otherwise = [] }: Txn<V>, changes: Written[]): TxnResult<V> {
    const { tables, leases } = this.#shared;
    for (const guard of guards) {
      const found = tables.current(guard.key);
      const [expected, actual] = 'modRevision' in guard ? [guard.modRevision, found?.revision ?? 0n] : [guard.createRevision, found?.createRevision ?? 0n];
      if (expected !== actual) throw new Fenced(guard.key, expected, actual);
    }
    if (!compare.every((one) => holds(one, tables.current(one.key)))) return { ok: false, revision: tables.revision, results: otherwise.map((op) => this.#get(op)) };
    for (const op of then) if (op.type === 'put' && op.lease) leases.check(op.lease);
    const revision = tables.revision + 1n;
    const results = then.map((op) => this.#write(op, revision, changes));
    if (changes.length > 0) tables.append(changes);
    return { ok: true, revision: tables.revision, results };
  }

  #get({ key }: ReadOp): OpResult<V> {
    const found = this.#shared.tables.current(key);
    return found ? { type: 'get', item: this.#shared.item(found, this.#codec) } : { type: 'get' };
  }

  #write(op: WriteOp<V>, revision: Revision, changes: Written[]): OpResult<V> {
    const { tables } = this.#shared;
    if (op.type === 'delete') {
      const found = tables.list(intervalOf(op), tables.revision);
      for (const { key, lease } of found) changes.push({ ...deleted(key, revision), replaced: lease });
      return op.prev === true ? { type: 'delete', deleted: found.length, prev: found.map((change) => this.#shared.item(change, this.#codec)) } : { type: 'delete', deleted: found.length };
    }
    const { key, value, lease = 0n } = op;
    const before = tables.current(key);
    changes.push({ revision, key, value: this.#codec.encode(value), createRevision: before?.createRevision ?? revision, version: (before?.version ?? 0n) + 1n, lease, replaced: before?.lease ?? 0n });
    const stored = this.#codec.stamp(value, revision);
    return op.prev === true && before ? { type: 'put', stored, prev: this.#shared.item(before, this.#codec) } : { type: 'put', stored };
  }

  watch(options: WatchOptions): StoreWatch<V> {
    if (this.#closed) throw new Closed();
    if (options.after < 1n) throw new InvalidRevision('`after`');
    checkInterval({ prefix: options.prefix });
    const watch = this.#shared.watch(options, (ended) => { this.#watches.delete(ended); });
    this.#watches.add(watch);
    if (options.signal?.aborted) watch.close();
    return watch;
  }

  compact(revision: Revision, signal?: AbortSignal): Promise<void> {
    return this.#step(signal, () => {
      const { tables } = this.#shared;
      if (revision < 1n) throw new InvalidRevision('a revision to compact to');
      if (revision <= tables.compacted) throw new Compacted(tables.compacted);
      if (revision > tables.revision) throw new FutureRevision();
      tables.atomically(() => { tables.compact(revision); });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      for (const watch of [...this.#watches]) watch.close();
      this.#shared.closed();
    }
    return Promise.resolve();
  }

  /** SQLite answers at once; only the promise comes later. */
  #step<T>(signal: AbortSignal | undefined, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw new Closed();
      if (signal?.aborted) throw new Aborted('sqlite', { cause: signal.reason });
      resolve(work());
    });
  }
}

/** A change, and the lease that its key had before. */
type Written = Change & { readonly replaced: LeaseId };

function holds(compare: Compare, found: Change | undefined): boolean {
  const [wanted, actual] = 'modRevision' in compare ? [compare.modRevision, found?.revision ?? 0n]
    : 'createRevision' in compare ? [compare.createRevision, found?.createRevision ?? 0n]
      : 'version' in compare ? [compare.version, found?.version ?? 0n]
        : [compare.lease, found?.lease ?? 0n];
  switch (compare.op) {
    case '=': return actual === wanted;
    case '!=': return actual !== wanted;
    case '<': return actual < wanted;
    default: return actual > wanted;
  }
}

function deleted(key: string, revision: Revision): Change {
  return { revision, key, value: undefined, createRevision: 0n, version: 0n, lease: 0n };
}

function withoutValue<V>({ key, revision, createRevision, version, lease }: Change): Item<V> {
  return { key, value: undefined as V, createRevision, modRevision: revision, version, lease };
}

function intervalOf(op: Interval): Interval {
  if ('key' in op) return { key: op.key };
  return 'prefix' in op ? { prefix: op.prefix } : { start: op.start, end: op.end };
}

/** An update or a delete of which it is not known any more what was before. */
function lacksPrev<V>({ type, version, prev }: StoreEvent<V>): boolean {
  return prev === undefined && (type === 'delete' || version > 1n);
}

/** Roughly: what is held back for slow consumers is bounded by it. */
function sizeOf<V>({ events }: StoreBatch<V>): number {
  return events.length * 1_024;
}
