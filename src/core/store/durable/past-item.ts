import type { Codec, Item, LeaseId, Revision } from '../store.js';
import { Undecodable } from './errors.js';

/** An item whose value is still bytes. */
export type RawItem = Omit<Item<unknown>, 'value' | 'corrupt'> & { readonly bytes: Uint8Array };

/**
 * An item read from disk. Its value is decoded when somebody first asks for it, and is then the same for all (S8): a
 * store opens in a fraction of the time that decoding everything takes (S68).
 */
export class PastItem<V> implements Item<V> {
  readonly key: string;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  readonly version: bigint;
  readonly lease: LeaseId;
  #bytes: Uint8Array | undefined;
  #codec: Codec<V> | undefined;
  #decoded: { readonly value: V; readonly corrupt?: Error } | undefined;

  constructor(raw: RawItem, codec: Codec<V>) {
    this.key = raw.key;
    this.createRevision = raw.createRevision;
    this.modRevision = raw.modRevision;
    this.version = raw.version;
    this.lease = raw.lease;
    this.#bytes = raw.bytes;
    this.#codec = codec;
  }

  get value(): V {
    return this.#decode().value;
  }

  /** What does not decode is marked; the others are not touched by it (S10). */
  get corrupt(): Error | undefined {
    return this.#decode().corrupt;
  }

  #decode(): { readonly value: V; readonly corrupt?: Error } {
    if (this.#decoded) return this.#decoded;
    // There as long as nothing was decoded.
    this.#decoded = decodeValue(this.#bytes as Uint8Array, this.modRevision, this.#codec as Codec<V>);
    this.#bytes = this.#codec = undefined;
    return this.#decoded;
  }

  /** The stored bytes of an item's value: those it was read as where they are still there. */
  static bytesOf<V>(item: Item<V>, codec: Codec<V>): Uint8Array {
    if (#bytes in item && item.#bytes) return item.#bytes;
    return item.corrupt instanceof Undecodable ? item.corrupt.bytes : codec.encode(item.value);
  }
}

export function decodeValue<V>(bytes: Uint8Array, revision: Revision, codec: Codec<V>): { readonly value: V; readonly corrupt?: Error } {
  try {
    return { value: codec.decode(bytes, revision) };
  } catch (error) {
    // Nobody reads the value of a corrupt item. The bytes are a view of a whole file, which must not stay.
    return { value: undefined as V, corrupt: new Undecodable(bytes.slice(), error) };
  }
}
