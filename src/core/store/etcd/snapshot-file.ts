import { BackupCorrupt } from '../backup.js';
import type { LeaseId, Revision } from '../store.js';
import { bucketOf, type BoltFile, openBolt } from './bolt.js';
import { decodeKeyValue } from './messages.js';
import { eachField, int64 } from './wire.js';

/** What a snapshot of etcd holds, as far as a store is made of it. */
export interface EtcdSnapshot {
  readonly revision: Revision;
  readonly leases: readonly { readonly id: LeaseId; readonly ttlSeconds: number }[];
  readonly items: readonly SnapshotItem[];
}

export interface SnapshotItem {
  readonly key: string;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  readonly version: bigint;
  readonly lease: LeaseId;
  readonly bytes: Uint8Array;
}

/** A revision in the bucket `key`: its number, `_`, the place in it, and `t` for a deletion. */
const plainKeyBytes = 17;

/**
 * The present state in the database that etcd hands out as its snapshot, without its checksum.
 * @throws BackupCorrupt. Rule: S91.
 */
export function readEtcdSnapshot(bytes: Buffer): EtcdSnapshot {
  try {
    return read(openBolt(bytes));
  } catch (error) {
    // Offsets that lead out of the file, fields that are none: whatever it is, it is no snapshot.
    throw error instanceof BackupCorrupt ? error : new BackupCorrupt('it is neither of a store in a folder nor of etcd', { cause: error });
  }
}

function read(file: BoltFile): EtcdSnapshot {
  const items = new Map<string, SnapshotItem>();
  const text = new TextDecoder('utf-8', { fatal: true });
  let revision: Revision = 1n;
  for (const { key, value } of bucketOf(file, 'key')) {
    revision = key.readBigUInt64BE(0);
    const kv = decodeKeyValue(value);
    const name = text.decode(kv.key);
    if (key.length > plainKeyBytes) items.delete(name);
    else items.set(name, { key: name, createRevision: kv.createRevision, modRevision: kv.modRevision, version: kv.version, lease: kv.lease, bytes: kv.value });
  }
  // In the order of the keys' bytes, as an image has them.
  const sorted = [...items.values()].map((item) => ({ item, order: Buffer.from(item.key) })).sort((a, b) => a.order.compare(b.order));
  return { revision, leases: [...bucketOf(file, 'lease')].map(({ value }) => leaseOf(value)), items: sorted.map(({ item }) => item) };
}

function leaseOf(bytes: Uint8Array): { readonly id: LeaseId; readonly ttlSeconds: number } {
  let id = 0n;
  let ttlSeconds = 0;
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: id = int64(reader); return true;
      case 2: ttlSeconds = Number(int64(reader)); return true;
      default: return false;
    }
  });
  return { id, ttlSeconds };
}
