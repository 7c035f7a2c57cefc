import type { NewestChange } from '../memory/state.js';
import type { Codec, Item, LeaseId, Revision } from '../store.js';
import { type ByteReader, ByteWriter } from './bytes.js';
import { beginFrame, endFrame } from './frame.js';
import { PastItem, type RawItem } from './past-item.js';
import { formatVersion } from './record.js';

/** The whole of a store at one revision: what a snapshot and a backup hold. */
export interface Image<V> {
  readonly revision: Revision;
  readonly nextLeaseId: LeaseId;
  readonly leases: readonly { readonly id: LeaseId; readonly ttlSeconds: number }[];
  readonly items: readonly Item<V>[];
  /** What that revision changed: a watch from just before it is to be told (S32). */
  readonly newest: readonly NewestChange<V>[];
}

export type ImagePart =
  | { readonly type: 'meta'; readonly revision: Revision; readonly nextLeaseId: LeaseId; readonly leases: Image<unknown>['leases']; readonly newest: readonly { readonly key: string; readonly prev?: RawItem }[] }
  | { readonly type: 'items'; readonly items: readonly RawItem[] }
  | { readonly type: 'end'; readonly items: number };

const tags = { meta: 1, items: 2, end: 3 } as const;
const magic = 'setpoint store';
/** Items are gathered into frames of about this size: one at a time is encoded and written. */
const frameBytes = 256 * 1024;

/** The frames of an image, one after the other; each is valid until the next is asked for. */
export function* imageFrames<V>(image: Image<V>, codec: Codec<V>): Generator<Uint8Array, void> {
  const w = new ByteWriter(frameBytes * 2);
  let place = 0;
  const framed = (write: () => void): Uint8Array => {
    w.clear();
    const start = beginFrame(w, place);
    write();
    endFrame(w, start);
    place += w.length;
    return w.bytes;
  };
  yield framed(() => { writeMeta(w, image, codec); });
  for (let next = 0; next < image.items.length;) {
    yield framed(() => {
      w.u8(tags.items);
      for (const until = w.length + frameBytes; next < image.items.length && w.length < until; next++) {
        w.u8(1);
        writeItem(w, image.items[next] as Item<V>, codec);
      }
      w.u8(0);
    });
  }
  yield framed(() => { w.u8(tags.end); w.u48(image.items.length); });
}

function writeMeta<V>(w: ByteWriter, image: Image<V>, codec: Codec<V>): void {
  w.u8(tags.meta);
  w.text(magic);
  w.u32(formatVersion);
  w.u64(image.revision);
  w.u64(image.nextLeaseId);
  w.u32(image.leases.length);
  for (const { id, ttlSeconds } of image.leases) { w.u64(id); w.u48(ttlSeconds); }
  w.u32(image.newest.length);
  for (const { key, prev } of image.newest) {
    w.text(key);
    w.u8(prev ? 1 : 0);
    if (prev) writeItem(w, prev, codec);
  }
}

function writeItem<V>(w: ByteWriter, item: Item<V>, codec: Codec<V>): void {
  w.text(item.key);
  w.u64(item.createRevision);
  w.u64(item.modRevision);
  w.u64(item.version);
  w.u64(item.lease);
  w.blob(PastItem.bytesOf(item, codec));
}

/** @throws RangeError for what no version of this code has written. */
export function readPart(r: ByteReader): ImagePart {
  const tag = r.u8();
  switch (tag) {
    case tags.meta: return readMeta(r);
    case tags.items: return { type: 'items', items: readItems(r) };
    case tags.end: return { type: 'end', items: r.u48() };
    default: throw new RangeError(`there are no parts with tag ${String(tag)}`);
  }
}

function readMeta(r: ByteReader): ImagePart {
  if (r.text() !== magic) throw new RangeError('it is no image of a store');
  const format = r.u32();
  if (format !== formatVersion) throw new RangeError(`its format ${String(format)} is not known here`);
  const revision = r.u64();
  const nextLeaseId = r.u64();
  const leases = readMany(r, () => ({ id: r.u64(), ttlSeconds: r.u48() }));
  const newest = readMany(r, () => {
    const key = r.text();
    return r.u8() === 1 ? { key, prev: readItem(r) } : { key };
  });
  return { type: 'meta', revision, nextLeaseId, leases, newest };
}

function readMany<T>(r: ByteReader, read: () => T): T[] {
  const all: T[] = [];
  for (let left = r.u32(); left > 0; left--) all.push(read());
  return all;
}

function readItems(r: ByteReader): RawItem[] {
  const items: RawItem[] = [];
  while (r.u8() === 1) items.push(readItem(r));
  return items;
}

function readItem(r: ByteReader): RawItem {
  return { key: r.text(), createRevision: r.u64(), modRevision: r.u64(), version: r.u64(), lease: r.u64(), bytes: r.blob() };
}
