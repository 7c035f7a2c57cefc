/** Castagnoli's polynomial, reflected. */
const polynomial = 0x82f63b78;
const slices = 8;

/** Eight tables, so that eight bytes are taken at a time. */
const tables = makeTables();

function makeTables(): Int32Array {
  const all = new Int32Array(slices * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    all[n] = crc;
  }
  for (let i = 256; i < all.length; i++) {
    const before = all[i - 256] as number;
    all[i] = (all[before & 0xff] as number) ^ (before >>> 8);
  }
  return all;
}

/** CRC-32C of these bytes, as an unsigned number. Rule: S64. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const t = tables;
  let crc = -1;
  let i = start;
  // Indexes are below the lengths of bytes and tables throughout, so nothing is undefined.
  const at = (index: number) => bytes[index] as number;
  for (const last = end - 7; i < last; i += 8) {
    const low = crc ^ (at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24));
    crc = (t[1792 + (low & 0xff)] as number) ^ (t[1536 + ((low >>> 8) & 0xff)] as number)
      ^ (t[1280 + ((low >>> 16) & 0xff)] as number) ^ (t[1024 + (low >>> 24)] as number)
      ^ (t[768 + at(i + 4)] as number) ^ (t[512 + at(i + 5)] as number) ^ (t[256 + at(i + 6)] as number) ^ (t[at(i + 7)] as number);
  }
  for (; i < end; i++) crc = (t[(crc ^ at(i)) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}
