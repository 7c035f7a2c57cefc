import { StoreError, type StoreErrorOptions } from '../errors.js';

/** What is on disk contradicts itself. The store does not open, and no file was changed. Rule: S66. */
export class WalCorrupt extends StoreError {
  /** `file` is its name in the store's folder. */
  constructor(readonly file: string, what: string, options?: StoreErrorOptions) {
    super('WalCorrupt', `the store's file ${file} is damaged: ${what}`, { hint: 'restore a backup into a new folder; this one was left as it is', ...options });
  }
}

/** Another process has the folder open. Rule: S69. */
export class StoreLocked extends StoreError {
  /** `host` is given when the holder runs on another machine or in another container, where nobody can look for it from here. */
  constructor(readonly pid: number, readonly host?: string) {
    super('StoreLocked', `the store's folder is in use by process ${String(pid)}${host === undefined ? '' : ` on ${host}`}`, {
      hint: host === undefined ? 'stop that process, or use another folder' : 'stop that process; when it is surely gone, remove the file "lock"',
    });
  }
}

/** Writing to the disk failed, so nothing more is written; what was acknowledged before is safe and can be read. Rule: S70. */
export class StoreFailed extends StoreError {
  constructor(options?: StoreErrorOptions) {
    super('StoreFailed', 'the store could not write to its disk and takes no more writes', { hint: 'look at the disk, then open the store again', ...options });
  }
}

/** The stored bytes of one value do not decode; they are kept as they are. Rule: S10. */
export class Undecodable extends StoreError {
  constructor(readonly bytes: Uint8Array, cause: unknown) {
    super('Undecodable', 'the stored bytes of this value do not decode', { cause });
  }
}
