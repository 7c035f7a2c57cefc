import { BackupCorrupt, FolderInUse, type Restored, type RestoreOptions } from '../backup.js';
import type { Codec, Item, LeaseId, Revision } from '../store.js';
import { checkDigest, digestBytes } from './digest.js';
import type { DiskPorts, FileSystem } from './file-system.js';
import { contentAt } from './frame.js';
import type { Image } from './image.js';
import { BadImage, readImage, writeImage } from './image-file.js';
import { lockFolder } from './lock.js';
import { createLog } from './log.js';
import { contentOf, draftOf, snapshotName } from './names.js';
import { PastItem } from './past-item.js';

const defaultBump = 1_000_000_000n;
const lastRevision = 2n ** 63n - 1n;
/** A restored folder begins with this snapshot and the empty log that follows it. */
const first = 1;

/** Nothing is decoded: every value is still the bytes that it was read as. */
const noCodec: Codec<unknown> = {
  encode: () => { throw new BackupCorrupt('a value is missing'); },
  decode: (bytes) => bytes,
  stamp: (value) => value,
};

/** What a backup holds, of whichever kind. */
export interface BackupContent {
  readonly revision: Revision;
  readonly nextLeaseId: LeaseId;
  readonly leases: Image<unknown>['leases'];
  readonly items: readonly Item<unknown>[];
}

/** @throws BackupCorrupt, FolderInUse, StoreLocked. Rules: S89–S91. */
export async function restoreFolder(ports: DiskPorts, { from, dir, bumpRevision = defaultBump }: RestoreOptions): Promise<Restored> {
  const { files } = ports;
  await checkDigest(files, from);
  const content = await readBackup(files, from);
  const revision = content.revision + bumpRevision;
  if (bumpRevision < 0n || revision > lastRevision) throw new BackupCorrupt('its revision cannot be moved on so far');
  await files.makeDir(dir);
  const lock = await lockFolder(ports, dir);
  try {
    const { logs, snapshots } = contentOf(await files.list(dir));
    if (logs.length + snapshots.length > 0) throw new FolderInUse();
    const place = await createLog(files, dir, first, revision, false);
    await place.file.close();
    const path = files.join(dir, snapshotName(first));
    await writeImage(files, path, draftOf(path), { ...content, revision, newest: [] }, noCodec);
  } finally {
    await lock.release();
  }
  return { dir, items: content.items.length, backupRevision: content.revision, revision };
}

const magic = 'setpoint store';

async function readBackup(files: FileSystem, path: string): Promise<BackupContent> {
  if (await isOurs(files, path)) return readOurs(files, path);
  // Its format brings a library that nothing else here needs.
  const { readEtcdSnapshot } = await import('../etcd/snapshot-file.js');
  const { revision, leases, items } = readEtcdSnapshot(await wholeFile(files, path));
  const nextLeaseId = leases.reduce((most, { id }) => (id > most ? id : most), 0n) + 1n;
  return { revision, nextLeaseId, leases, items: items.map((raw) => new PastItem<unknown>(raw, noCodec)) };
}

/** Length, checksum, place and tag, then the length of the magic text and it. */
const magicAt = contentAt + 1 + 4;

async function isOurs(files: FileSystem, path: string): Promise<boolean> {
  const file = await files.open(path, 'read');
  try {
    const found = Buffer.alloc(magic.length);
    await file.read(found, magicAt);
    return found.toString('latin1') === magic;
  } finally {
    await file.close();
  }
}

async function readOurs(files: FileSystem, path: string): Promise<BackupContent> {
  const items: Item<unknown>[] = [];
  let head: Omit<BackupContent, 'items'> | undefined;
  try {
    for await (const part of readImage(files, path, digestBytes)) {
      if (part.type === 'meta') head = part;
      else if (part.type === 'items') for (const item of part.items) items.push(new PastItem<unknown>(item, noCodec));
    }
  } catch (error) {
    throw error instanceof BadImage ? new BackupCorrupt(error.message, { cause: error }) : error;
  }
  if (!head) throw new BackupCorrupt('it is empty');
  return { revision: head.revision, nextLeaseId: head.nextLeaseId, leases: head.leases, items };
}

async function wholeFile(files: FileSystem, path: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(await files.sizeOf(path) - digestBytes);
  const file = await files.open(path, 'read');
  try {
    for (let at = 0; at < bytes.length;) {
      const count = await file.read(bytes.subarray(at), at);
      if (count === 0) throw new BackupCorrupt('it became shorter while it was read');
      at += count;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
