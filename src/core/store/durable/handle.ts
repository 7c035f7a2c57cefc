import { Aborted, UnknownOutcome } from '../../runtime/errors.js';
import { Closed, InvalidRevision } from '../errors.js';
import { checkInterval } from '../keys.js';
import { read } from '../memory/read.js';
import type { Backup, Codec, LeaseId, Leases, RangeOptions, RangeResult, Recovery, Revision, StoreHandle, StoreHealth, StoreWatch, Txn, TxnResult, WatchOptions } from '../store.js';
import type { Consumer } from '../watch/consumer.js';
import type { OpenFolder } from './open-folder.js';
import { StoreFailed } from './errors.js';

/**
 * What one app has of a store on disk. Writes are applied at once, so that the next one is judged by them, but no answer
 * leaves before everything that it may rest on is on disk: not that of the write, nor of a read or a failed compare that
 * saw it; watches are told then, too. So nobody ever knows of a write that a crash can take back. Rules: S15, S19, S64.
 */
export class DurableHandle<V> implements StoreHandle<V> {
  readonly lease: Leases;
  readonly recovery: Recovery;
  readonly #folder: OpenFolder<V>;
  readonly #codec: Codec<V>;
  readonly #watches = new Set<Consumer<V>>();
  readonly #onClose: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(folder: OpenFolder<V>, codec: Codec<V>, onClose: () => Promise<void>) {
    this.#folder = folder;
    this.#codec = codec;
    this.#onClose = onClose;
    this.recovery = folder.recovery;
    const { leases } = folder.state;
    this.lease = {
      grant: (ttlSeconds, signal) => this.#write('lease.grant', signal, () => leases.grant(ttlSeconds)),
      keepAlive: (id: LeaseId, signal) => this.#write('lease.keepAlive', signal, () => leases.keepAlive(id)),
      revoke: (id: LeaseId, signal) => this.#write('lease.revoke', signal, () => { leases.revoke(id); }),
    };
  }

  get seen(): Revision {
    return this.#folder.state.feed.shown;
  }

  get health(): StoreHealth {
    if (this.#closing) return { ok: false, detail: 'closed' };
    const { group, isFull } = this.#folder.log;
    if (group.failure) return { ok: false, detail: 'the disk failed; nothing is written any more' };
    return isFull ? { ok: false, detail: 'the disk is full; only deletes are written' } : { ok: true, detail: 'on disk' };
  }

  async range(options: RangeOptions): Promise<RangeResult<V>> {
    this.#check('range', options.signal);
    const { state, log } = this.#folder;
    const settled = log.group.settled();
    if (!settled) return read(state, options);
    let result: RangeResult<V> | Error;
    try {
      result = read(state, options);
    } catch (error) {
      result = error as Error;
    }
    try {
      await settled;
    } catch {
      // What was not written to disk is not shown; what was can still be read (S70).
      return readSafe(state, options);
    }
    if (result instanceof Error) throw result;
    return result;
  }

  txn(txn: Txn<V>): Promise<TxnResult<V>> {
    return this.#write('txn', txn.signal, () => this.#folder.state.commit(txn, this.#codec));
  }

  compact(revision: Revision, signal?: AbortSignal): Promise<void> {
    return this.#write('compact', signal, () => { this.#folder.state.compact(revision); });
  }

  watch(options: WatchOptions): StoreWatch<V> {
    if (this.#closing) throw new Closed();
    if (options.after < 1n) throw new InvalidRevision('`after`');
    checkInterval({ prefix: options.prefix });
    const { prefix, after, prev, signal } = options;
    const watch = this.#folder.state.feed.watch(prefix, { after, prev, signal, onClose: (ended) => { this.#watches.delete(ended); } });
    this.#watches.add(watch);
    if (signal?.aborted) watch.close();
    return watch;
  }

  async backup(path: string, signal?: AbortSignal): Promise<Backup> {
    this.#check('backup', signal);
    return this.#folder.backup(path, signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const watch of [...this.#watches]) watch.close();
    // Writes that were sent are finished (S92).
    await this.#folder.log.group.settled()?.catch(() => undefined);
    await this.#onClose();
  }

  #check(what: string, signal: AbortSignal | undefined): void {
    if (this.#closing) throw new Closed();
    if (signal?.aborted) throw new Aborted(what, { cause: signal.reason });
  }

  /** Done at once, answered when it is safe. @throws UnknownOutcome when that failed, StoreFailed ever after. */
  async #write<T>(what: string, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    this.#check(what, signal);
    const { group } = this.#folder.log;
    if (group.failure) throw new StoreFailed({ cause: group.failure });
    const before = group.written;
    let outcome: { readonly value: T } | { readonly error: Error };
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error: error as Error };
    }
    const wrote = group.written > before;
    try {
      await group.settled();
    } catch (cause) {
      throw wrote ? new UnknownOutcome(what, { cause }) : new StoreFailed({ cause });
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

/** The state that is surely on disk. */
function readSafe<V>(state: OpenFolder<V>['state'], options: RangeOptions): RangeResult<V> {
  const revision = state.feed.shown;
  const result = read(state, options.revision === undefined && options.cursor === undefined ? { ...options, revision } : options);
  return { ...result, revision };
}
