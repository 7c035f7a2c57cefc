/** The wire of protocol buffers, as far as Kubernetes uses it. Rule: T14. */

/** A field as it stands on the wire; fields of other wire types are stepped over. */
export interface WireField {
  readonly number: number;
  /** Of a varint: 64 bits with sign. */
  readonly int: bigint;
  /** Of eight bytes, or of a length and its bytes. */
  readonly bytes: Uint8Array;
}

/** Bytes that are no message. */
export class WireError extends Error {}

const none = new Uint8Array();

/** The fields of a message in the order of the wire. @throws WireError */
export function* readFields(bytes: Uint8Array): Iterable<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new WireError('a number is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new WireError('a number is longer than 64 bits');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new WireError('a field is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0: yield { number, int: varint(), bytes: none }; break;
      case 1: yield { number, int: 0n, bytes: take(8) }; break;
      case 2: yield { number, int: 0n, bytes: take(Number(varint())) }; break;
      case 5: take(4); break;
      default: throw new WireError(`field ${String(number)} has the wire type ${String(tag & 7)}`);
    }
  }
}

/** A message in the making. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];

  int(number: number, value: bigint): void {
    this.#parts.push(varintBytes(BigInt(number) << 3n), varintBytes(BigInt.asUintN(64, value)));
  }

  bytes(number: number, value: Uint8Array): void {
    this.#parts.push(varintBytes((BigInt(number) << 3n) | 2n), varintBytes(BigInt(value.length)), value);
  }

  fixed64(number: number, value: Uint8Array): void {
    this.#parts.push(varintBytes((BigInt(number) << 3n) | 1n), value);
  }

  done(): Uint8Array {
    const made = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      made.set(part, at);
      at += part.length;
    }
    return made;
  }
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? byte : byte | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
