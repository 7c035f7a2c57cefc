import type { ByteWriter } from './bytes.js';
import { crc32c } from './crc32c.js';

/**
 * A record on disk: u32 length of the payload, u32 CRC-32C of the payload, payload. A payload begins with the record's
 * own place in its file, so that bytes of a value which look like a record are none. Rule: S64.
 */
export const headBytes = 8;
const placeBytes = 6;
/** Where the content of a frame begins, counted from the frame. */
export const contentAt = headBytes + placeBytes;

/** Begins a frame that is going to stand at this place of its file. */
export function beginFrame(writer: ByteWriter, place: number): number {
  const start = writer.length;
  writer.u32(0);
  writer.u32(0);
  writer.u48(place);
  return start;
}

/** Ends the frame that began at `start` of the writer. */
export function endFrame(writer: ByteWriter, start: number): void {
  const payload = start + headBytes;
  writer.setU32(start, writer.length - payload);
  writer.setU32(start + 4, crc32c(writer.bytes, payload, writer.length));
}

/** The end of the frame at `at`, or undefined when there is no good one. `place`: where `bytes` begin in their file. */
export function frameEnd(bytes: Buffer, at: number, place = 0): number | undefined {
  if (at + contentAt > bytes.length || placeOf(bytes, at) !== place + at) return undefined;
  return wholeEnd(bytes, at);
}

/**
 * The first good frame at or after `from`, wherever it may stand. One that belongs further back in the file counts:
 * something before it was taken out. One that belongs further ahead is a copy, in a value.
 */
export function findFrame(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + contentAt <= bytes.length; at++) {
    // Its place decides nearly always, before any checksum is counted.
    const place = placeOf(bytes, at);
    if (place >= at && place < maxPlace && wholeEnd(bytes, at) !== undefined) return at;
  }
  return undefined;
}

/** No log is as long. */
const maxPlace = 2 ** 32;

function placeOf(bytes: Buffer, at: number): number {
  return bytes.readUIntLE(at + headBytes, placeBytes);
}

function wholeEnd(bytes: Buffer, at: number): number | undefined {
  const length = bytes.readUInt32LE(at);
  const end = at + headBytes + length;
  if (length < placeBytes || end > bytes.length) return undefined;
  return bytes.readUInt32LE(at + 4) === crc32c(bytes, at + headBytes, end) ? end : undefined;
}

const sectorBytes = 512;
/** Fewer zeros than this may well be the record's own. */
const leastZeros = 32;

/** A sector of zeros in what should be a record: that page never reached the disk (as etcd tells torn from damaged). */
export function hasLostSector(bytes: Uint8Array, from: number, to: number): boolean {
  for (let start = from; start < to;) {
    const end = Math.min(to, (Math.floor(start / sectorBytes) + 1) * sectorBytes);
    const isEnough = end - start >= leastZeros || (start === from && end === to);
    if (isEnough && bytes.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}
