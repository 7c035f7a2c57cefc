import type { Codec, Revision, StoreBatch, StoreEvent } from '../store.js';
import type { RingLimits } from '../watch/channel.js';
import type { KeyValue } from './messages.js';
import type { WireEvent } from './watch-messages.js';

/** One event as received, decoded when the first consumer's prefix matches, and then for all (S39). */
export interface RawEvent<V> {
  readonly key: string;
  readonly wire: WireEvent;
  event: StoreEvent<V> | undefined;
}

export interface RawBatch<V> {
  readonly revision: Revision;
  readonly events: readonly RawEvent<V>[];
  readonly sizeBytes: number;
  /** Some update or delete came without its previous value (S31). */
  readonly prevLost: boolean;
}

const text = new TextDecoder();

export function rawBatch<V>(revision: Revision, events: readonly WireEvent[]): RawBatch<V> {
  let sizeBytes = 0;
  let prevLost = false;
  const raw = events.map((wire): RawEvent<V> => {
    sizeBytes += (wire.kv?.value.length ?? 0) + (wire.kv?.key.length ?? 0);
    const created = !wire.deleted && wire.kv?.createRevision === wire.kv?.modRevision;
    if (!created && wire.prev === undefined) prevLost = true;
    return { key: text.decode(wire.kv?.key), wire, event: undefined };
  });
  return { revision, events: raw, sizeBytes, prevLost };
}

/** The part of a batch below a prefix, decoded. */
export function decodeBatch<V>(batch: RawBatch<V>, prefix: string, codec: Codec<V>): StoreBatch<V> | undefined {
  const events = batch.events.filter(({ key }) => key.startsWith(prefix)).map((raw) => (raw.event ??= decodeEvent(raw, codec)));
  return events.length === 0 ? undefined : { revision: batch.revision, events };
}

function decodeEvent<V>({ key, wire }: RawEvent<V>, codec: Codec<V>): StoreEvent<V> {
  const { deleted, kv, prev } = wire;
  const before = prev && decodeValue(prev, codec);
  const after = kv && !deleted ? decodeValue(kv, codec) : undefined;
  const corrupt = after?.corrupt;
  return {
    type: deleted ? 'delete' : 'put', key,
    createRevision: kv?.createRevision ?? 0n, modRevision: kv?.modRevision ?? 0n, version: kv?.version ?? 0n, lease: kv?.lease ?? 0n,
    ...(after && !after.corrupt ? { value: after.value } : {}),
    ...(before && !before.corrupt ? { prev: before.value } : {}),
    ...(corrupt ? { corrupt } : {}),
  };
}

/** The value with the item's own revision, never one saved in the bytes; or why it cannot be read (S10). */
export function decodeValue<V>(kv: KeyValue, codec: Codec<V>): { readonly value: V; readonly corrupt?: undefined } | { readonly corrupt: Error } {
  try {
    return { value: codec.decode(kv.value, kv.modRevision) };
  } catch (error) {
    return { corrupt: error instanceof Error ? error : new Error('the value could not be decoded', { cause: error }) };
  }
}

/** The newest batches received, for consumers that come later but start earlier (S40, S43). */
export class RawRing<V> {
  readonly #limits: RingLimits;
  #batches: (RawBatch<V> | undefined)[] = [];
  #first = 0;
  #events = 0;
  #sizeBytes = 0;
  /** Every change after this revision is here. */
  start: Revision;

  constructor(start: Revision, limits: RingLimits) {
    this.start = start;
    this.#limits = limits;
  }

  push(batch: RawBatch<V>): void {
    this.#batches.push(batch);
    this.#events += batch.events.length;
    this.#sizeBytes += batch.sizeBytes;
    while (this.#events > this.#limits.events || this.#sizeBytes > this.#limits.sizeBytes) this.#drop();
  }

  #drop(): void {
    const oldest = this.#batches[this.#first];
    if (!oldest) return;
    this.#batches[this.#first++] = undefined;
    this.#events -= oldest.events.length;
    this.#sizeBytes -= oldest.sizeBytes;
    this.start = oldest.revision;
    if (this.#first > 1_024 && this.#first * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The batches with a revision above `after`, oldest first. */
  *after(after: Revision): Generator<RawBatch<V>> {
    let low = this.#first;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#batches[middle] as RawBatch<V>).revision <= after) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#batches.length; low++) yield this.#batches[low] as RawBatch<V>;
  }
}
