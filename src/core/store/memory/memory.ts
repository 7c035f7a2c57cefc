import { Aborted, toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Closed, InvalidRevision } from '../errors.js';
import { checkInterval } from '../keys.js';
import type { Store } from '../provider.js';
import type { Codec, LeaseId, Leases, RangeOptions, RangeResult, Revision, StoreHandle, StoreHealth, StoreWatch, Txn, TxnResult, WatchOptions } from '../store.js';
import type { Consumer } from '../watch/consumer.js';
import { stateOptionsOf, type MemoryOptions } from './options.js';
import { read } from './read.js';
import { State, type StateOptions } from './state.js';

export type { MemoryOptions } from './options.js';

/**
 * A store in this process. The value is the store: apps that are given the same one share it, and it keeps what they
 * wrote when they stop. Time is that of the app that opened it first. With `dir` it is on disk, too: every write that
 * was acknowledged is there after a crash, and reads and watches show nothing that is not.
 * @throws ConfigError for options that cannot be met. Opening one with `dir` throws StoreLocked when another process
 * has the folder, and WalCorrupt when its files are damaged.
 *
 * Rules: S1–S53, S61–S70.
 */
export function memory(options: MemoryOptions = {}): Store {
  const { dir } = options;
  const stateOptions = stateOptionsOf(options);
  if (dir !== undefined) return onDisk(options, dir);
  const shared = new Shared(stateOptions);
  return {
    name: 'memory',
    open<V>(codec: Codec<V>, runtime: Runtime) {
      // One store holds the values of one codec's type; who opens it twice opens it with the same.
      return Promise.resolve((shared as Shared<V>).open(codec, runtime));
    },
  };
}

/** What needs a disk is loaded when one is used: importing the package stays cheap. */
function onDisk(options: MemoryOptions, dir: string): Store {
  let loading: Promise<Store> | undefined;
  const load = async () => {
    const [{ durableStore }, { nodeDisk }] = await Promise.all([import('../durable/durable-store.js'), import('../durable/node-disk.js')]);
    return durableStore({ ...options, dir }, nodeDisk());
  };
  return { name: 'memory', open: async (codec, runtime) => (await (loading ??= load())).open(codec, runtime) };
}

/** The state, and who has it open: time passes for its leases only while somebody has. */
class Shared<V> {
  readonly #state: State<V>;
  #handles = 0;
  #running: AbortController | undefined;

  constructor(options: StateOptions) {
    this.#state = new State<V>(options);
  }

  open(codec: Codec<V>, runtime: Runtime): StoreHandle<V> {
    if (this.#handles++ === 0) {
      this.#running = new AbortController();
      this.#state.start(runtime, this.#running.signal);
    }
    return new MemoryHandle(this.#state, codec, () => { if (--this.#handles === 0) this.#running?.abort(); });
  }
}

/** What one app has of the store. */
class MemoryHandle<V> implements StoreHandle<V> {
  readonly lease: Leases;
  readonly #state: State<V>;
  readonly #codec: Codec<V>;
  readonly #watches = new Set<Consumer<V>>();
  readonly #onClose: () => void;
  #closed = false;

  constructor(state: State<V>, codec: Codec<V>, onClose: () => void) {
    this.#state = state;
    this.#codec = codec;
    this.#onClose = onClose;
    this.lease = {
      grant: (ttlSeconds, signal) => this.#step('lease.grant', signal, () => state.leases.grant(ttlSeconds)),
      keepAlive: (id: LeaseId, signal) => this.#step('lease.keepAlive', signal, () => state.leases.keepAlive(id)),
      revoke: (id: LeaseId, signal) => this.#step('lease.revoke', signal, () => { state.leases.revoke(id); }),
    };
  }

  get seen(): Revision {
    return this.#state.revision;
  }

  get health(): StoreHealth {
    return this.#closed ? { ok: false, detail: 'closed' } : { ok: true, detail: 'in memory' };
  }

  range(options: RangeOptions): Promise<RangeResult<V>> {
    return this.#step('range', options.signal, () => read(this.#state, options));
  }

  txn(txn: Txn<V>): Promise<TxnResult<V>> {
    return this.#step('txn', txn.signal, () => this.#state.commit(txn, this.#codec));
  }

  compact(revision: Revision, signal?: AbortSignal): Promise<void> {
    return this.#step('compact', signal, () => { this.#state.compact(revision); });
  }

  watch(options: WatchOptions): StoreWatch<V> {
    if (this.#closed) throw new Closed();
    if (options.after < 1n) throw new InvalidRevision('`after`');
    checkInterval({ prefix: options.prefix });
    const { prefix, after, prev, signal } = options;
    const watch = this.#state.feed.watch(prefix, { after, prev, signal, onClose: (ended) => { this.#watches.delete(ended); } });
    this.#watches.add(watch);
    if (signal?.aborted) watch.close();
    return watch;
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      for (const watch of [...this.#watches]) watch.close();
      this.#onClose();
    }
    return Promise.resolve();
  }

  /** Done at once; only the answer comes in a later turn. */
  #step<T>(what: string, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    try {
      if (this.#closed) throw new Closed();
      if (signal?.aborted) throw new Aborted(what, { cause: signal.reason });
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(toError(error));
    }
  }
}
