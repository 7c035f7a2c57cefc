import type { Runtime } from '../../runtime/runtime.js';
import { Compacted, Corrupt, InvalidRevision, Reset, type StoreRolledBack } from '../errors.js';
import { checkInterval } from '../keys.js';
import type { Backup, Leases, RangeOptions, RangeResult, Revision, StoreHandle, StoreHealth, StoreWatch, Txn, TxnResult, Verification, WatchOptions } from '../store.js';
import type { RingLimits } from '../watch/channel.js';
import type { Consumer } from '../watch/consumer.js';
import { backupEtcd } from './backup-etcd.js';
import type { Alarms, MembersFollower } from './cluster-version.js';
import { commit } from './commit.js';
import type { Endpoints } from './endpoints.js';
import { findCompacted } from './find-compacted.js';
import { wholeStore, wireInterval } from './intervals.js';
import { KeepAlives } from './keep-alives.js';
import { methods } from './methods.js';
import { readRange } from './read-range.js';
import type { Assessment } from './server-version.js';
import type { Session } from './session.js';
import { Upstream } from './upstream.js';
import { verifyMembers } from './verify.js';
import { wireLeases } from './wire-leases.js';

export interface HandleOptions {
  readonly endpoints: Endpoints;
  readonly runtime: Runtime;
  readonly ring: RingLimits;
  readonly deadlineMs: number;
  readonly servers: Assessment;
}

/** One app's view of an etcd cluster. */
export class EtcdHandle<V> implements StoreHandle<V>, MembersFollower {
  readonly lease: Leases;
  readonly #session: Session<V>;
  readonly #options: HandleOptions;
  readonly #stopping = new AbortController();
  #servers: Assessment;
  readonly #upstreams = new Map<Upstream<V>, string>();
  readonly #watches = new Set<Consumer<V>>();
  #closing: Promise<void> | undefined;

  constructor(session: Session<V>, options: HandleOptions) {
    this.#session = session;
    this.#options = options;
    this.#servers = options.servers;
    this.lease = wireLeases(session, new KeepAlives(session.calls, options.runtime, this.closing), options.runtime, options.deadlineMs);
  }

  get seen(): Revision {
    return this.#session.seen;
  }

  get health(): StoreHealth {
    const { endpoints } = this.#options;
    const failing = endpoints.failing;
    const members = endpoints.all.length;
    if (this.#session.closed) return { ok: false, detail: 'closed' };
    if (this.#session.corrupt) return { ok: false, detail: 'etcd says that its data are corrupt' };
    if (this.#session.full) return { ok: false, detail: 'etcd is out of space' };
    return { ok: failing < members, detail: `${String(members - failing)} of ${String(members)} endpoints answer` };
  }

  async range(options: RangeOptions): Promise<RangeResult<V>> {
    return readRange(this.#session, options);
  }

  async txn(txn: Txn<V>): Promise<TxnResult<V>> {
    return commit(this.#session, txn);
  }

  async compact(revision: Revision, signal?: AbortSignal): Promise<void> {
    if (revision < 1n) throw new InvalidRevision('a revision to compact to');
    await this.#orCompacted(this.#session.call('compact', methods.compact, { revision }, { kind: 'write', signal, ordered: false }), signal);
  }

  watch({ prefix, after, prev, signal }: WatchOptions): StoreWatch<V> {
    this.#session.checkOpen();
    if (after < 1n) throw new InvalidRevision('`after`');
    checkInterval({ prefix });
    // The server is asked how far a watcher of one prefix is (S81). An older one cannot be: there it is one watcher of
    // everything, in which no revision can be missing, so that its events say how far it is.
    const scope = this.#servers.progress ? prefix : '';
    let upstream: Upstream<V> | undefined;
    for (const [one, its] of this.#upstreams) if (its === scope && one.covers(after)) upstream = one;
    const joined = upstream ?? this.#open(scope, after);
    const watch = joined.join(prefix, { after, prev, signal, onClose: (ended) => { this.#watches.delete(ended); } });
    this.#watches.add(watch);
    if (!upstream) void joined.run();
    if (signal?.aborted) watch.close();
    return watch;
  }

  #open(scope: string, after: Revision): Upstream<V> {
    const { runtime, ring } = this.#options;
    const { progress } = this.#servers;
    const session = this.#session;
    const upstream = new Upstream<V>({
      ...(scope === '' ? wholeStore : wireInterval({ prefix: scope })), after, calls: session.calls, codec: session.codec, runtime, ring, progress,
      checkHistory: (position, signal) => this.#checkHistory(position, signal),
      onHeader: (header) => { session.observe(header, 0n); },
      onStopped: () => { this.#upstreams.delete(upstream); },
    });
    this.#upstreams.set(upstream, scope);
    return upstream;
  }

  /**
   * One small linearizable read: a member that lags behind is no store that went back (S37). Older servers are also asked
   * whether the revision before the first one wanted is still there: if not, the watch could miss deletions (S82).
   */
  async #checkHistory(position: Revision, signal: AbortSignal): Promise<void> {
    const nothing = { ...wireInterval({ key: '\0' }), countOnly: true };
    const { header } = await this.#session.call('watch', methods.range, nothing, { kind: 'read', signal, ordered: true });
    if (!this.#servers.losesDeletes || position > header.revision) return;
    await this.#orCompacted(this.#session.call('watch', methods.range, { ...nothing, revision: position }, { kind: 'read', signal, ordered: true }), signal);
  }

  /** @throws Compacted with its revision, which the server's refusal does not say */
  async #orCompacted<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw error instanceof Compacted ? new Compacted(await findCompacted(this.#session.calls, signal), { cause: error }) : error;
    }
  }

  /** A member that can do less is there (S84): who watches lists again, and is then watched for as that one allows. */
  joined({ progress, losesDeletes }: Assessment): void {
    const had = this.#servers;
    this.#servers = { ...had, progress: had.progress && progress, losesDeletes: had.losesDeletes || losesDeletes };
    if (!had.progress || progress) return;
    for (const watch of [...this.#watches]) watch.fail(new Reset('older-server', watch.delivered));
  }

  /** What the cluster says of itself (S80). */
  alarmed({ corrupt, full }: Alarms): void {
    this.#session.noteSpace(!full);
    this.#session.noteCorrupt(corrupt);
    if (corrupt) for (const watch of [...this.#watches]) watch.fail(new Corrupt());
  }

  /** Ends every watch: what they have delivered belongs to another history. */
  rolledBack(error: StoreRolledBack): void {
    for (const watch of [...this.#watches]) watch.fail(error);
  }

  /** Streams the server's snapshot to a file. Rules: S88, S89. */
  async backup(path: string, signal?: AbortSignal): Promise<Backup> {
    this.#session.checkOpen();
    return backupEtcd(this.#session.calls, this.#options.runtime, path, signal);
  }

  async verify(signal?: AbortSignal): Promise<Verification> {
    const { endpoints, runtime } = this.#options;
    const newest = async () => (await this.range({ key: 'a', countOnly: true, ...(signal ? { signal } : {}) })).revision;
    return verifyMembers(this.#session.calls, endpoints.all, runtime, newest, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  /** Aborts when the handle is disposed. */
  get closing(): AbortSignal {
    return this.#stopping.signal;
  }

  async #close(): Promise<void> {
    this.#stopping.abort();
    for (const watch of [...this.#watches]) watch.close();
    await this.#session.close();
    this.#options.endpoints.close();
  }
}
