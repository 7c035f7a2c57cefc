import { systemRuntime, type Runtime } from '../runtime/runtime.js';
import { StoreError, type StoreErrorOptions } from './errors.js';
import type { Store } from './provider.js';
import type { Backup, Codec, Revision } from './store.js';

export interface RestoreOptions {
  /** A backup of a store in a folder, or a snapshot of etcd (S91). */
  readonly from: string;
  /** Where the store is to be; must not hold one yet. */
  readonly dir: string;
  /**
   * How far the revisions move on, so that nobody who saw the store before takes old for new: every watcher has to list
   * again (S89, S90). Default 1 000 000 000, more than a store makes between two backups.
   */
  readonly bumpRevision?: bigint;
}

/** A store that was restored. */
export interface Restored {
  readonly dir: string;
  readonly items: number;
  /** The highest in the backup. */
  readonly backupRevision: Revision;
  /** What the store begins at. */
  readonly revision: Revision;
}

/** The file is no whole backup. Rules: S88, S91. */
export class BackupCorrupt extends StoreError {
  constructor(what: string, options?: StoreErrorOptions) {
    super('BackupCorrupt', `the backup cannot be used: ${what}`, options);
  }
}

/** This kind of store makes no backups: it keeps nothing. */
export class NoBackup extends StoreError {
  constructor(store: string) {
    super('NoBackup', `the store ${store} cannot be backed up`, { hint: 'give it a folder: memory({ dir })' });
  }
}

/** There is a store in the folder already. */
export class FolderInUse extends StoreError {
  constructor() {
    super('FolderInUse', 'the folder to restore to holds a store already', { hint: 'restore into a new folder, and use that one afterwards' });
  }
}

/** Values as their bytes: a backup needs to understand none. */
const bytesCodec: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes, stamp: (value) => value };

/**
 * Writes the whole of a store at one revision to a file that ends in its SHA-256. The file is there whole or not at all.
 * A store that an app has open can be backed up while it works: pass the very value that the app was given.
 * @throws NoBackup, BackupCorrupt, StoreLocked, or what opening the store throws. Rules: S88, S91.
 */
export async function backupStore(store: Store, path: string, options: { readonly signal?: AbortSignal; readonly runtime?: Runtime } = {}): Promise<Backup> {
  const handle = await store.open(bytesCodec, options.runtime ?? systemRuntime());
  try {
    if (!handle.backup) throw new NoBackup(store.name);
    return await handle.backup(path, options.signal);
  } finally {
    await handle[Symbol.asyncDispose]();
  }
}

/**
 * Makes a store in a new folder from a backup, with every item's value, versions and creation as they were, at a revision
 * above all that it ever had.
 * @throws BackupCorrupt, FolderInUse, StoreLocked. Rules: S89–S91.
 */
export async function restoreStore(options: RestoreOptions): Promise<Restored> {
  const [{ restoreFolder }, { nodeDisk }] = await Promise.all([import('./durable/restore.js'), import('./durable/node-disk.js')]);
  return restoreFolder(nodeDisk(), options);
}
