import { sleep, type Clock } from '../../src/core/runtime/clock.js';
import { UnknownOutcome } from '../../src/core/runtime/errors.js';
import { Fenced, StoreError } from '../../src/core/store/errors.js';
import { settle } from '../../src/core/store/settle.js';
import type { Revision, StoreHandle, Txn } from '../../src/core/store/store.js';
import { draws } from '../core/store/durable/draws.js';
import type { RegisterOperation } from '../histories/register.js';
import { stringCodec } from './values.js';

/** An operation on a register, and when it was under way. */
export interface Recorded {
  readonly key: string;
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly what: RegisterOperation;
}

/** A write, by the value that it alone writes. */
export interface Written {
  readonly value: string;
  readonly outcome: 'applied' | 'not-applied';
}

/** A key that one client alone writes. */
interface Own {
  readonly key: string;
  modRevision: Revision;
}

/** All that was said during a run. */
export interface Record {
  readonly operations: Recorded[];
  readonly writes: Written[];
  readonly violations: string[];
}

export const registers = 8;
export const pairs = 4;
export const total = 100;
export const fenceKey = '/fence';

type Store = StoreHandle<string>;

/** Clients that write once a second each, on keys of their own, on registers, on tokens that move between two keys, and behind a fence. */
export class Load {
  readonly record: Record = { operations: [], writes: [], violations: [] };
  readonly #stores: readonly Store[];
  readonly #clock: Clock;
  readonly #random: () => number;
  #values = 0;
  #lastAckAt = 0;
  acknowledged = 0;
  unknown = 0;
  settledApplied = 0;
  fenced = 0;
  longestGapMs = 0;

  constructor(stores: readonly Store[], clock: Clock, seed: number) {
    this.#stores = stores;
    this.#clock = clock;
    this.#random = draws(seed);
  }

  async prepare(): Promise<void> {
    const store = this.#stores[0] as Store;
    for (let pair = 0; pair < pairs; pair++) {
      await store.txn({ compare: [], then: [{ type: 'put', key: tokenKey(pair, 'a'), value: `${String(total)} ` }, { type: 'put', key: tokenKey(pair, 'b'), value: '0 ' }] });
    }
    await store.txn({ compare: [], then: [{ type: 'put', key: fenceKey, value: this.#value() }] });
  }

  /** Until `ends`; what is under way then is finished. */
  async run(clients: number, ends: AbortSignal): Promise<void> {
    this.#lastAckAt = this.#clock.now();
    // What is under way at the end may take its time: nobody begins anything then.
    ends.addEventListener('abort', () => { this.#noteGap(); this.#lastAckAt = Infinity; }, { once: true });
    await Promise.all([
      ...Array.from({ length: clients }, (_, client) => this.#client(client, ends)),
      this.#leader(0, ends), this.#leader(1, ends),
    ]);
  }

  async #client(client: number, ends: AbortSignal): Promise<void> {
    const store = this.#stores[client % this.#stores.length] as Store;
    const own: Own = { key: `/own/${String(client)}`, modRevision: 0n };
    const works = [() => this.#writeOwn(store, own), () => this.#swap(store), () => this.#transfer(store)];
    const work = works[client % works.length] as () => Promise<void>;
    await this.#pause(this.#random() * 1_000, ends);
    while (!ends.aborted) {
      await this.#reached(work);
      await this.#pause(500 + this.#random() * 1_000, ends);
    }
  }

  /** A store that cannot be reached just now is no violation; anything else that is thrown is. */
  async #reached(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StoreError && error.retryable)) this.record.violations.push(`a client met ${String(error)}`);
    }
  }

  async #pause(ms: number, ends: AbortSignal): Promise<void> {
    await sleep(this.#clock, ms, ends).catch(() => { /* the time is over */ });
  }

  /** Writes a key of its own, for which nothing has to be read first. */
  async #writeOwn(store: Store, own: Own): Promise<void> {
    const { key, modRevision } = own;
    const value = this.#value();
    const outcome = await this.#commit(store, { compare: [{ key, op: '=', modRevision }], then: [{ type: 'put', key, value }] }, value, (revision) => { own.modRevision = revision; });
    if (own.modRevision !== modRevision) return;
    // Settled: the key was written by this client in any case, but at which revision only the store knows.
    const { items: [item] } = await store.range({ key });
    own.modRevision = item?.modRevision ?? 0n;
    if (outcome === 'applied' && item?.value !== value) this.record.violations.push(`${key} does not hold ${value}, which was applied`);
  }

  /** Reads a register and swaps its value for another. */
  async #swap(store: Store): Promise<void> {
    const key = `/register/${String(Math.floor(this.#random() * registers))}`;
    const readAt = this.#clock.now();
    const { items: [item] } = await store.range({ key });
    this.#note(key, readAt, { type: 'read', value: item?.value });
    // Time for others to be first.
    if (this.#random() < 0.3) await sleep(this.#clock, this.#random() * 50);
    const to = this.#value();
    const calledAt = this.#clock.now();
    const outcome = await this.#commit(store, { compare: [{ key, op: '=', modRevision: item?.modRevision ?? 0n }], then: [{ type: 'put', key, value: to }] }, to);
    if (outcome === undefined) this.record.operations.push({ key, calledAt, returnedAt: Infinity, what: { type: 'swap', from: item?.value, to, ok: undefined } });
    // Not applied need not mean that the value was another one: settling bars a write by writing the same value anew.
    else if (outcome === 'applied') this.#note(key, calledAt, { type: 'swap', from: item?.value, to, ok: true });
  }

  #note(key: string, calledAt: number, what: RegisterOperation): void {
    this.record.operations.push({ key, calledAt, returnedAt: this.#clock.now(), what });
  }

  /** Moves some of a token; whoever reads the two at one revision finds all of it (S19). */
  async #transfer(store: Store): Promise<void> {
    const pair = Math.floor(this.#random() * pairs);
    const { items } = await store.range({ prefix: tokenKey(pair, '') });
    const [a, b] = items;
    if (!a || !b || amountIn(a.value) + amountIn(b.value) !== total) {
      this.record.violations.push(`token ${String(pair)} is ${items.map(({ value }) => value).join(' + ')}`);
      return;
    }
    const moved = Math.min(amountIn(a.value), 1 + Math.floor(this.#random() * 10)) || -amountIn(b.value);
    const mark = this.#value();
    await this.#commit(store, {
      compare: [{ key: a.key, op: '=', modRevision: a.modRevision }, { key: b.key, op: '=', modRevision: b.modRevision }],
      then: [{ type: 'put', key: a.key, value: `${String(amountIn(a.value) - moved)} ${mark}` }, { type: 'put', key: b.key, value: `${String(amountIn(b.value) + moved)} ${mark}b` }],
    }, `${String(amountIn(a.value) - moved)} ${mark}`);
  }

  /** Takes the fence every few seconds and writes behind it, also when the other has taken it since (S23). */
  async #leader(number: number, ends: AbortSignal): Promise<void> {
    const store = this.#stores[number] as Store;
    while (!ends.aborted) {
      let epoch: Revision | undefined;
      await this.#reached(async () => {
        const { items: [fence] } = await store.range({ key: fenceKey });
        const value = this.#value();
        const took = await this.#commit(store, { compare: [{ key: fenceKey, op: '=', modRevision: fence?.modRevision ?? 0n }], then: [{ type: 'put', key: fenceKey, value }] }, value);
        if (took === 'applied') epoch = (await store.range({ key: fenceKey })).items.find((item) => item.value === value)?.modRevision;
      });
      for (let i = 0; i < 8 && epoch !== undefined && !ends.aborted; i++) {
        const term = epoch;
        await this.#reached(() => this.#writeBehind(store, number, term));
        await this.#pause(200 + this.#random() * 200, ends);
      }
      await this.#pause(this.#random() * 500, ends);
    }
  }

  async #writeBehind(store: Store, number: number, epoch: Revision): Promise<void> {
    const key = `/guarded/${String(number)}`;
    const { items: [item] } = await store.range({ key });
    const value = `${String(epoch)} ${this.#value()}`;
    await this.#commit(store, { guards: [{ key: fenceKey, modRevision: epoch }], compare: [{ key, op: '=', modRevision: item?.modRevision ?? 0n }], then: [{ type: 'put', key, value }] }, value);
  }

  /** Undefined: not even settling told. */
  async #commit(store: Store, txn: Txn<string>, value: string, onApplied?: (revision: Revision) => void): Promise<Written['outcome'] | undefined> {
    const after = store.seen;
    try {
      const { ok, revision } = await store.txn(txn);
      if (ok) onApplied?.(revision);
      return this.#written(value, ok ? 'applied' : 'not-applied');
    } catch (error) {
      if (error instanceof Fenced) {
        this.fenced++;
        return this.#written(value, 'not-applied');
      }
      if (!(error instanceof UnknownOutcome)) {
        this.record.writes.push({ value, outcome: 'not-applied' });
        throw error;
      }
    }
    this.unknown++;
    const outcome = await this.#settled(store, txn, after);
    if (outcome === undefined) return undefined;
    if (outcome === 'applied') this.settledApplied++;
    return this.#written(value, outcome);
  }

  /** A cluster without a leader cannot tell yet. */
  async #settled(store: Store, txn: Txn<string>, after: Revision): Promise<Written['outcome'] | undefined> {
    const giveUpAt = this.#clock.now() + 60_000;
    while (this.#clock.now() < giveUpAt) {
      try {
        return await settle(store, stringCodec, txn, { after });
      } catch (error) {
        // The fence was taken: it was not applied so far, and cannot be any more.
        if (error instanceof Fenced) return 'not-applied';
        if (!(error instanceof UnknownOutcome) && !(error instanceof StoreError && error.retryable)) throw error;
        await sleep(this.#clock, 200);
      }
    }
    this.record.violations.push('a write could not be settled within a minute');
    return undefined;
  }

  #written(value: string, outcome: Written['outcome']): Written['outcome'] {
    this.record.writes.push({ value, outcome });
    this.#noteGap();
    if (outcome === 'applied') this.acknowledged++;
    return outcome;
  }

  #noteGap(): void {
    const now = this.#clock.now();
    this.longestGapMs = Math.max(this.longestGapMs, now - this.#lastAckAt);
    this.#lastAckAt = Math.max(now, this.#lastAckAt);
  }

  #value(): string {
    return `v${String(++this.#values)}`;
  }
}

function tokenKey(pair: number, part: string): string {
  return `/token/${String(pair)}/${part}`;
}

export function amountIn(value: string): number {
  return Number(value.split(' ')[0]);
}
