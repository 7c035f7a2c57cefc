import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/** How a message is written; default values are left out, as proto3 does. */
export type Encode<T> = (message: T) => Uint8Array;
export type Decode<T> = (bytes: Uint8Array) => T;

/** Writes the fields that are set. */
export class Fields {
  readonly #writer = new BinaryWriter();

  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.#writer.tag(field, 2).bytes(value);
    return this;
  }

  text(field: number, value: string): this {
    if (value !== '') this.#writer.tag(field, 2).string(value);
    return this;
  }

  int64(field: number, value: bigint): this {
    if (value !== 0n) this.#writer.tag(field, 0).int64(value);
    return this;
  }

  enum(field: number, value: number): this {
    if (value !== 0) this.#writer.tag(field, 0).int32(value);
    return this;
  }

  flag(field: number, value: boolean | undefined): this {
    if (value === true) this.#writer.tag(field, 0).bool(true);
    return this;
  }

  /** A nested message: written even when it is empty, since its presence means something. */
  message(field: number, value: Uint8Array): this {
    this.#writer.tag(field, 2).bytes(value);
    return this;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

/** Calls `take` for each field; a field that it does not know (answers false for) is passed over. */
export function eachField(bytes: Uint8Array, take: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (!take(field, reader)) reader.skip(wireType, field);
  }
}

/** An int64; the library answers strings only where bigint is missing. */
export function int64(reader: BinaryReader): bigint {
  return BigInt(reader.int64());
}

export function uint64(reader: BinaryReader): bigint {
  return BigInt(reader.uint64());
}
