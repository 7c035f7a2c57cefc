import { alarm, type Alarm, type Clock } from '../../runtime/clock.js';
import { LeaseNotFound } from '../errors.js';
import { compareKeys } from '../keys.js';
import { checkTtl } from '../lease-ttl.js';
import type { LeaseId } from '../store.js';

/** etcd's least ttl at its default election timeout (S45). */
const minTtlSeconds = 2;

interface Lease {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  endsAtMs: number;
  readonly keys: Set<string>;
}

/** How long a lease waits whose end could not be written down. */
const retryMs = 1_000;

/** Who is told about leases. What `granted` and `ending` throw keeps the lease as it was. */
export interface LeaseEvents {
  /** Before a lease is there: the place to write it down. */
  granted(id: LeaseId, ttlSeconds: number): void;
  /** Before it goes; `keys` are those attached to it, in their order. */
  ending(id: LeaseId, keys: readonly string[]): void;
  /** Deletes these keys, in their order, in one revision (S47). */
  ended(keys: readonly string[]): void;
}

/** Leases and the keys attached to them. Ends them by the injected clock, never early. Rules: S45–S49. */
export class LeaseTable {
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #events: LeaseEvents;
  #nextId = 1n;
  #clock: Clock | undefined;
  #alarm: Alarm | undefined;

  constructor(events: LeaseEvents) {
    this.#events = events;
  }

  /** No lease had this id, or a higher one. */
  get nextId(): LeaseId {
    return this.#nextId;
  }

  *[Symbol.iterator](): Iterator<{ readonly id: LeaseId; readonly ttlSeconds: number }> {
    yield* this.#leases.values();
  }

  /** A lease of before, with its whole ttl (S68). */
  restore(id: LeaseId, ttlSeconds: number): void {
    this.#leases.set(id, { id, ttlSeconds, endsAtMs: this.#now() + ttlSeconds * 1_000, keys: new Set() });
    this.skipIds(id + 1n);
  }

  /** Ids below this one are not given again. */
  skipIds(nextId: LeaseId): void {
    if (nextId > this.#nextId) this.#nextId = nextId;
  }

  /** Time goes on by this clock; every lease gets its whole ttl again. */
  start(clock: Clock, signal: AbortSignal): void {
    this.#clock = clock;
    this.#alarm = alarm(clock, signal, () => { this.#expire(); });
    for (const lease of this.#leases.values()) lease.endsAtMs = clock.now() + lease.ttlSeconds * 1_000;
    this.#arm();
  }

  /** @throws InvalidLease, and what `granted` throws. Rule: S45. */
  grant(ttlSeconds: number): { readonly id: LeaseId; readonly ttlSeconds: number } {
    checkTtl(ttlSeconds);
    const granted = Math.max(minTtlSeconds, ttlSeconds);
    const id = this.#nextId;
    this.#events.granted(id, granted);
    this.restore(id, granted);
    this.#arm();
    return { id, ttlSeconds: granted };
  }

  /** @throws LeaseNotFound. Rules: S48, S49. */
  keepAlive(id: LeaseId): { readonly ttlSeconds: number } {
    const lease = this.#get(id);
    // The alarm stays where it is: when it fires it finds nothing due and moves on.
    lease.endsAtMs = this.#now() + lease.ttlSeconds * 1_000;
    return { ttlSeconds: lease.ttlSeconds };
  }

  /** @throws LeaseNotFound, and what `ending` throws. Rule: S47. */
  revoke(id: LeaseId): void {
    this.#end(this.#get(id));
    this.#arm();
  }

  /** @throws LeaseNotFound. Rule: S46. */
  check(id: LeaseId): void {
    this.#get(id);
  }

  /** The key goes with the lease; of one that is not there nothing happens, as of 0. */
  attach(id: LeaseId, key: string): void {
    this.#leases.get(id)?.keys.add(key);
  }

  /** The key stays when the lease ends. */
  detach(id: LeaseId, key: string): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  #get(id: LeaseId): Lease {
    const lease = this.#leases.get(id);
    if (!lease) throw new LeaseNotFound(id);
    return lease;
  }

  #now(): number {
    return this.#clock?.now() ?? 0;
  }

  #arm(): void {
    let next: number | undefined;
    for (const { endsAtMs } of this.#leases.values()) if (next === undefined || endsAtMs < next) next = endsAtMs;
    this.#alarm?.set(next);
  }

  #expire(): void {
    const now = this.#now();
    const due = [...this.#leases.values()].filter(({ endsAtMs }) => endsAtMs <= now);
    due.sort((a, b) => a.endsAtMs - b.endsAtMs);
    for (const lease of due) {
      try {
        this.#end(lease);
      } catch {
        // Nobody waits for this end: a full disk may have room later, and until then the lease lives on (S48).
        lease.endsAtMs = now + retryMs;
      }
    }
    this.#arm();
  }

  #end(lease: Lease): void {
    const keys = [...lease.keys].sort(compareKeys);
    this.#events.ending(lease.id, keys);
    this.#leases.delete(lease.id);
    if (keys.length > 0) this.#events.ended(keys);
  }
}
