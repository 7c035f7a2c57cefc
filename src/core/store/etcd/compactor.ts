import { sleep } from '../../runtime/clock.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Compacted } from '../errors.js';
import type { Revision } from '../store.js';
import type { Calls } from './calls.js';
import { wireInterval } from './intervals.js';
import { compareResult } from './messages.js';
import { methods, type Method } from './methods.js';

/** The key that kube-apiserver's compactors agree by; its version counts their turns, its value is what they compacted to. */
const oneKey = wireInterval({ key: 'compact_rev_key' });
const turnKey = oneKey.key;
const [text, bytes] = [new TextDecoder(), new TextEncoder()];

export interface CompactorOptions {
  readonly calls: Calls;
  readonly runtime: Runtime;
  /** How old a revision is when it is forgotten, and how often that is done. */
  readonly everyMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The last turn that this process knows of, and where the store was then. */
interface Turn {
  readonly number: bigint;
  readonly revision: Revision;
}

/**
 * Forgets what is older than one interval, once per interval and cluster: whoever is first to take the next turn compacts
 * to where the store was at the turn before; the others take note. kube-apiservers of the same cluster are such others.
 * Rule: S54.
 */
export class Compactor {
  readonly #options: CompactorOptions;
  /** The last turn of a kube-apiserver or of one of us; version 0 before there was any. */
  #turn: Turn = { number: 0n, revision: 0n };
  #stoodBack = false;

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { everyMs, signal, runtime: { clock, log } } = this.#options;
    for (;;) {
      try {
        await sleep(clock, everyMs, signal);
        await this.round();
      } catch (error) {
        if (signal.aborted) return;
        log.warn('etcd was not compacted; the next try is in one interval', { reason: String(error), everyMs });
      }
    }
  }

  /** One look at whose turn it is, and the compaction if it is ours. */
  async round(): Promise<void> {
    const { number, revision } = this.#turn;
    const answer = await this.#call('take the turn to compact', methods.txn, {
      compare: [{ key: turnKey, result: compareResult['='], target: 'version', value: number }],
      success: [{ type: 'put', key: turnKey, value: bytes.encode(revision.toString()), lease: 0n, prev: true }],
      failure: [{ type: 'range', ...oneKey }],
    });
    const before = answer.responses[0]?.kvs[0];
    this.#turn = { number: answer.succeeded ? number + 1n : before?.version ?? 0n, revision: answer.header.revision };
    // In the first round nobody here knows yet where the store was an interval ago.
    if (!answer.succeeded || revision === 0n) return;
    if (before && await this.#isForgotten(revisionIn(before.value))) this.#standBack();
    else await this.#compact(revision);
  }

  async #compact(revision: Revision): Promise<void> {
    try {
      await this.#call('compact', methods.compact, { revision });
    } catch (error) {
      // Somebody compacted further: what was to be forgotten is.
      if (!(error instanceof Compacted)) throw error;
    }
  }

  /** More was forgotten than by anybody who takes turns: the server does it by itself. */
  async #isForgotten(revision: Revision): Promise<boolean> {
    if (revision <= 0n) return false;
    const { calls, signal } = this.#options;
    try {
      await calls.unary('look for other compactions', methods.range, { ...oneKey, revision, countOnly: true }, { kind: 'read', signal });
      return false;
    } catch (error) {
      if (error instanceof Compacted) return true;
      throw error;
    }
  }

  #standBack(): void {
    if (!this.#stoodBack) this.#options.runtime.log.info('etcd is compacted by somebody else, such as its own --auto-compaction-retention; this store leaves it to them', {});
    this.#stoodBack = true;
  }

  #call<Request, Response>(what: string, method: Method<Request, Response>, request: Request): Promise<Response> {
    return this.#options.calls.unary(what, method, request, { kind: 'write', signal: this.#options.signal });
  }
}

function revisionIn(value: Uint8Array): Revision {
  const digits = text.decode(value);
  return /^\d+$/.test(digits) ? BigInt(digits) : 0n;
}
