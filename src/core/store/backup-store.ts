import { systemRuntime, type Runtime } from '../runtime/runtime.js';
import { NoBackup, type Restored, type RestoreOptions } from './backup.js';
import { bytesCodec } from './bytes-codec.js';
import type { Store } from './provider.js';
import type { Backup } from './store.js';

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
