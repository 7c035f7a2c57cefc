import { StoreError, type StoreErrorOptions } from './errors.js';
import type { Revision } from './store.js';

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
