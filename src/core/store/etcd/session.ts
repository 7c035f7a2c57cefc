import { sleep } from '../../runtime/clock.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Closed, Corrupt, StoreRolledBack } from '../errors.js';
import type { Codec, Item, Revision } from '../store.js';
import type { TxnLimits } from '../check-txn.js';
import type { CallOptions, Calls } from './calls.js';
import type { Header, KeyValue } from './messages.js';
import type { Method } from './methods.js';
import { decodeValue } from './raw-ring.js';

const text = new TextDecoder();
/** How long a disposed store waits for writes that were sent (S92). */
const drainMs = 1_000;

/** What the verbs share: calls that keep track of how far the store is, and of what is under way. */
export class Session<V> {
  readonly codec: Codec<V>;
  readonly limits: TxnLimits;
  readonly calls: Calls;
  readonly #runtime: Runtime;
  readonly #onRolledBack: (error: StoreRolledBack) => void;
  readonly #underWay = new Set<Promise<unknown>>();
  #seen: Revision = 0n;
  #clusterId = 0n;
  #closed = false;
  #full = false;
  #corrupt = false;

  constructor(codec: Codec<V>, limits: TxnLimits, calls: Calls, runtime: Runtime, onRolledBack: (error: StoreRolledBack) => void) {
    this.codec = codec;
    this.limits = limits;
    this.calls = calls;
    this.#runtime = runtime;
    this.#onRolledBack = onRolledBack;
  }

  /** The newest revision in any answer. */
  get seen(): Revision {
    return this.#seen;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The server refused a put for want of space, and has taken none since (S80). */
  get full(): boolean {
    return this.#full;
  }

  /** The cluster, or an answer of it, said that its data are corrupt. It goes on answering reads, which nobody may believe (S80). */
  get corrupt(): boolean {
    return this.#corrupt;
  }

  noteSpace(enough: boolean): void {
    this.#full = !enough;
  }

  noteCorrupt(corrupt: boolean): void {
    this.#corrupt = corrupt;
  }

  /** @throws Closed, Corrupt */
  checkOpen(): void {
    if (this.#closed) throw new Closed();
    if (this.#corrupt) throw new Corrupt();
  }

  /**
   * A call whose answer has a header. `ordered`: its revision may not be lower than one seen before it was sent, as is
   * so for all but serializable reads and what a lagging member says of itself.
   */
  async call<Request, Response extends { readonly header: Header }>(
    what: string, method: Method<Request, Response>, request: Request, options: CallOptions & { readonly ordered: boolean },
  ): Promise<Response> {
    this.checkOpen();
    const before = this.#seen;
    const call = this.calls.unary(what, method, request, options);
    this.#underWay.add(call);
    let response;
    try {
      response = await call;
    } catch (error) {
      if (error instanceof Corrupt) this.#corrupt = true;
      throw error;
    } finally {
      this.#underWay.delete(call);
    }
    const rolledBack = this.observe(response.header, options.ordered ? before : 0n);
    // A write in the new history did happen; only what was read may not be believed (S37).
    if (rolledBack && options.kind === 'read') throw rolledBack;
    return response;
  }

  /** Notes how far the store is; answers the error when it has gone back behind `before` or is another one. Rule: S37. */
  observe(header: Header, before: Revision): StoreRolledBack | undefined {
    const other = this.#clusterId !== 0n && header.clusterId !== this.#clusterId && header.clusterId !== 0n;
    if (header.clusterId !== 0n) this.#clusterId = header.clusterId;
    if (other || header.revision < before) {
      const error = new StoreRolledBack(this.#seen, header.revision);
      this.#seen = header.revision;
      this.#onRolledBack(error);
      return error;
    }
    if (header.revision > this.#seen) this.#seen = header.revision;
    return undefined;
  }

  item(kv: KeyValue): Item<V> {
    const { createRevision, modRevision, version, lease } = kv;
    const decoded = decodeValue(kv, this.codec);
    const common = { key: text.decode(kv.key), createRevision, modRevision, version, lease };
    // A corrupt item has no value that anybody may read (S10).
    return decoded.corrupt ? { ...common, value: undefined as V, corrupt: decoded.corrupt } : { ...common, value: decoded.value };
  }

  itemWithoutValue({ key, createRevision, modRevision, version, lease }: KeyValue): Item<V> {
    // With keysOnly nobody reads the value (S12).
    return { key: text.decode(key), value: undefined as V, createRevision, modRevision, version, lease };
  }

  /** Refuses new calls and waits, not for long, for those that were sent (S92). */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#underWay.size > 0) {
      const settled = new AbortController();
      const all = Promise.allSettled([...this.#underWay]).then(() => { settled.abort(); });
      await Promise.race([all, sleep(this.#runtime.clock, drainMs, settled.signal).catch(() => { /* all have settled */ })]);
    }
    this.calls.close();
  }
}
