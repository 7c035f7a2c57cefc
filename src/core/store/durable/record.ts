import type { Codec, Interval, LeaseId, Revision, WriteOp } from '../store.js';
import type { ByteReader, ByteWriter } from './bytes.js';

/** The format of logs and snapshots; another one is refused. */
export const formatVersion = 1;

/** A write as it is on disk: the value still as bytes. */
export type RawOp =
  | { readonly type: 'put'; readonly key: string; readonly lease: LeaseId; readonly bytes: Uint8Array }
  | ({ readonly type: 'delete' } & Interval);

/** One record of the log, but for `syncedTo`: what of the file was surely on disk when it was written. */
export type LogRecord =
  /** The first of each file. `base`: the revision before it. `origin`: nothing was before. */
  | { readonly type: 'header'; readonly format: number; readonly number: number; readonly base: Revision; readonly origin: boolean }
  | { readonly type: 'txn'; readonly revision: Revision; readonly ops: readonly RawOp[] }
  | { readonly type: 'granted'; readonly id: LeaseId; readonly ttlSeconds: number }
  /** `revision`: the store's afterwards. */
  | { readonly type: 'ended'; readonly id: LeaseId; readonly revision: Revision }
  | { readonly type: 'compacted'; readonly revision: Revision };

const tags = { header: 1, txn: 2, granted: 3, ended: 4, compacted: 5 } as const;
const opTags = { put: 1, key: 2, prefix: 3, range: 4 } as const;

export function writeHeader(w: ByteWriter, number: number, base: Revision, origin: boolean): void {
  w.u8(tags.header);
  w.u32(formatVersion);
  w.u32(number);
  w.u64(base);
  w.u8(origin ? 1 : 0);
}

export function writeTxn<V>(w: ByteWriter, revision: Revision, ops: readonly WriteOp<V>[], codec: Codec<V>): void {
  w.u8(tags.txn);
  w.u64(revision);
  w.u32(ops.length);
  for (const op of ops) {
    if (op.type === 'put') {
      w.u8(opTags.put);
      w.text(op.key);
      w.u64(op.lease ?? 0n);
      w.blob(codec.encode(op.value));
    } else writeInterval(w, op);
  }
}

function writeInterval(w: ByteWriter, interval: Interval): void {
  if ('key' in interval) {
    w.u8(opTags.key);
    w.text(interval.key);
  } else if ('prefix' in interval) {
    w.u8(opTags.prefix);
    w.text(interval.prefix);
  } else {
    w.u8(opTags.range);
    w.text(interval.start);
    w.text(interval.end);
  }
}

export function writeGranted(w: ByteWriter, id: LeaseId, ttlSeconds: number): void {
  w.u8(tags.granted);
  w.u64(id);
  w.u48(ttlSeconds);
}

export function writeEnded(w: ByteWriter, id: LeaseId, revision: Revision): void {
  w.u8(tags.ended);
  w.u64(id);
  w.u64(revision);
}

export function writeCompacted(w: ByteWriter, revision: Revision): void {
  w.u8(tags.compacted);
  w.u64(revision);
}

/** @throws RangeError for what no version of this code has written. */
export function readRecord(r: ByteReader): LogRecord {
  const record = readBody(r);
  if (!r.atEnd) throw new RangeError('the record is longer than what it holds');
  return record;
}

function readBody(r: ByteReader): LogRecord {
  const tag = r.u8();
  switch (tag) {
    case tags.header: return { type: 'header', format: r.u32(), number: r.u32(), base: r.u64(), origin: r.u8() === 1 };
    case tags.txn: return { type: 'txn', revision: r.u64(), ops: Array.from({ length: checkedCount(r.u32()) }, () => readOp(r)) };
    case tags.granted: return { type: 'granted', id: r.u64(), ttlSeconds: r.u48() };
    case tags.ended: return { type: 'ended', id: r.u64(), revision: r.u64() };
    case tags.compacted: return { type: 'compacted', revision: r.u64() };
    default: throw new RangeError(`there are no records with tag ${String(tag)}`);
  }
}

const maxOps = 1_000_000;

/** A count is believed only so far, before memory is taken for it. */
function checkedCount(count: number): number {
  if (count > maxOps) throw new RangeError('the record says to hold more operations than any txn may have');
  return count;
}

function readOp(r: ByteReader): RawOp {
  const tag = r.u8();
  switch (tag) {
    case opTags.put: return { type: 'put', key: r.text(), lease: r.u64(), bytes: r.blob() };
    case opTags.key: return { type: 'delete', key: r.text() };
    case opTags.prefix: return { type: 'delete', prefix: r.text() };
    case opTags.range: return { type: 'delete', start: r.text(), end: r.text() };
    default: throw new RangeError(`there are no operations with tag ${String(tag)}`);
  }
}
