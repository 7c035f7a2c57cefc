/** Little-endian bytes in a buffer that grows; used again and again. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 4_096) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, until the next write. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  u8(value: number): void {
    this.#room(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
  }

  u32(value: number): void {
    this.#room(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  u48(value: number): void {
    this.#room(6);
    this.#length = this.#buffer.writeUIntLE(value, this.#length, 6);
  }

  u64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
  }

  text(value: string): void {
    // A UTF-16 unit takes at most 3 bytes of UTF-8.
    this.#room(4 + 3 * value.length);
    const sizeBytes = this.#buffer.write(value, this.#length + 4, 'utf8');
    this.#buffer.writeUInt32LE(sizeBytes, this.#length);
    this.#length += 4 + sizeBytes;
  }

  blob(value: Uint8Array): void {
    this.#room(4 + value.length);
    this.#buffer.writeUInt32LE(value.length, this.#length);
    this.#buffer.set(value, this.#length + 4);
    this.#length += 4 + value.length;
  }

  setU32(at: number, value: number): void {
    this.#buffer.writeUInt32LE(value, at);
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

/** Reads what a ByteWriter wrote. @throws RangeError beyond its end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#step(1));
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#step(4));
  }

  u48(): number {
    return this.#bytes.readUIntLE(this.#step(6), 6);
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#step(8));
  }

  text(): string {
    const sizeBytes = this.u32();
    const at = this.#step(sizeBytes);
    return this.#bytes.toString('utf8', at, at + sizeBytes);
  }

  /** A view, not a copy. */
  blob(): Uint8Array {
    const sizeBytes = this.u32();
    const at = this.#step(sizeBytes);
    return this.#bytes.subarray(at, at + sizeBytes);
  }

  #step(sizeBytes: number): number {
    const at = this.#at;
    if (at + sizeBytes > this.#bytes.length) throw new RangeError('the record is shorter than what it says to hold');
    this.#at = at + sizeBytes;
    return at;
  }
}
