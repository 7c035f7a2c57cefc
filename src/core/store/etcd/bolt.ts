/**
 * Reads the file format of bbolt, which etcd keeps its data in: pages of a B+ tree. Only what reading needs; offsets that
 * lead out of the file throw RangeError. Source: go.etcd.io/bbolt, page.go, bucket.go and db.go.
 */
export interface BoltFile {
  readonly bytes: Buffer;
  readonly pageSize: number;
  /** The page of the bucket of all buckets. */
  readonly root: number;
}

const magic = 0xed0cdaed;
const version = 2;
const pageHeadBytes = 16;
const elementBytes = 16;
const branchPage = 0x01;
const leafPage = 0x02;
const bucketLeaf = 0x01;
/** Deeper than any tree that fits on a disk: a page that leads to itself ends here. */
const maxDepth = 64;

/** @throws RangeError when it is no such file. */
export function openBolt(bytes: Buffer): BoltFile {
  const pageSize = bytes.readUInt32LE(pageHeadBytes + 8);
  // Two copies of the head, written in turn: the newer one that is whole counts.
  const metas = [0, pageSize].flatMap((at) => metaAt(bytes, at) ?? []);
  const [newest] = metas.sort((a, b) => (a.txid < b.txid ? 1 : -1));
  if (!newest) throw new RangeError('it has no good head');
  return { bytes, pageSize: newest.pageSize, root: newest.root };
}

function metaAt(bytes: Buffer, page: number): { readonly pageSize: number; readonly root: number; readonly txid: bigint } | undefined {
  const at = page + pageHeadBytes;
  const checksumAt = at + 56;
  if (checksumAt + 8 > bytes.length || bytes.readUInt32LE(at) !== magic || bytes.readUInt32LE(at + 4) !== version) return undefined;
  if (bytes.readBigUInt64LE(checksumAt) !== fnv1a(bytes.subarray(at, checksumAt))) return undefined;
  return { pageSize: bytes.readUInt32LE(at + 8), root: Number(bytes.readBigUInt64LE(at + 16)), txid: bytes.readBigUInt64LE(at + 48) };
}

/** The 64-bit hash that guards a head. */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

export interface BoltEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** The entries of a bucket in the order of their keys; none when there is no such bucket. */
export function* bucketOf(file: BoltFile, name: string): Generator<BoltEntry, void> {
  for (const { key, value, flags } of leaves(file, pageAt(file, file.root), 0)) {
    if ((flags & bucketLeaf) === 0 || key.toString() !== name) continue;
    const root = Number(value.readBigUInt64LE(0));
    // A small bucket is kept inside its entry, as a page of its own.
    yield* leaves(file, root === 0 ? value.subarray(pageHeadBytes) : pageAt(file, root), 0);
  }
}

function pageAt({ bytes, pageSize }: BoltFile, number: number): Buffer {
  const at = number * pageSize;
  if (at + pageHeadBytes > bytes.length) throw new RangeError('a page lies outside of the file');
  const overflow = bytes.readUInt32LE(at + 12);
  return bytes.subarray(at, at + (overflow + 1) * pageSize);
}

function* leaves(file: BoltFile, page: Buffer, depth: number): Generator<BoltEntry & { readonly flags: number }, void> {
  if (depth > maxDepth) throw new RangeError('a page leads to itself');
  const kind = page.readUInt16LE(8);
  const count = page.readUInt16LE(10);
  for (let i = 0; i < count; i++) {
    const at = pageHeadBytes + i * elementBytes;
    if (kind === branchPage) yield* leaves(file, pageAt(file, Number(page.readBigUInt64LE(at + 8))), depth + 1);
    else if (kind === leafPage) yield leafAt(page, at);
    else throw new RangeError('a page is of no known kind');
  }
}

function leafAt(page: Buffer, at: number): BoltEntry & { readonly flags: number } {
  const start = at + page.readUInt32LE(at + 4);
  const keyEnd = start + page.readUInt32LE(at + 8);
  const end = keyEnd + page.readUInt32LE(at + 12);
  if (end > page.length) throw new RangeError('an entry reaches out of its page');
  return { flags: page.readUInt32LE(at), key: page.subarray(start, keyEnd), value: page.subarray(keyEnd, end) };
}
