import type { Runtime } from '../../runtime/runtime.js';
import { NoSpace } from '../errors.js';
import type { Revision } from '../store.js';
import { ByteWriter } from './bytes.js';
import { StoreFailed } from './errors.js';
import { isDiskFull, type FileSystem, type OpenFile } from './file-system.js';
import { beginFrame, endFrame } from './frame.js';
import { GroupSync, type SyncPolicy } from './group-sync.js';
import { logName } from './names.js';
import { writeHeader } from './record.js';
import type { Reserve } from './reserve.js';

/** Where a log goes on. */
export interface LogPlace {
  readonly file: OpenFile;
  readonly number: number;
  readonly sizeBytes: number;
}

export interface LogOptions {
  readonly files: FileSystem;
  readonly dir: string;
  readonly sync: SyncPolicy;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  readonly reserve: Reserve;
  /** Everything up to this revision is safe. */
  onSafe(revision: Revision): void;
}

/** Writes one file of the log after the other. What `append` throws was not written. Rules: S64, S67, S70. */
export class Log {
  readonly group: GroupSync;
  readonly #options: LogOptions;
  readonly #writer = new ByteWriter();
  /** The store's revision after each record that is not safe yet. */
  readonly #revisions: Revision[] = [];
  #file: OpenFile;
  #number: number;
  #sizeBytes: number;
  #syncedBytes: number;
  #syncing: Promise<void> = Promise.resolve();
  /** Files that are not written any more are closed when no sync uses them. */
  #retiring: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(place: LogPlace, options: LogOptions) {
    this.#options = options;
    this.#file = place.file;
    this.#number = place.number;
    this.#sizeBytes = this.#syncedBytes = place.sizeBytes;
    this.group = new GroupSync({
      policy: options.sync, clock: options.runtime.clock, signal: options.signal,
      sync: () => this.#sync(),
      onSynced: (records) => {
        const revision = this.#revisions.splice(0, records).pop();
        if (revision !== undefined) options.onSafe(revision);
      },
    });
  }

  get number(): number {
    return this.#number;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The disk has room for deletes only. */
  get isFull(): boolean {
    return !this.#options.reserve.held;
  }

  /**
   * Writes a record, after which the store is at this revision. `frees`: it may use the reserve when the disk is full.
   * @throws NoSpace, StoreFailed
   */
  append(revision: Revision, frees: boolean, write: (writer: ByteWriter) => void): void {
    const { group } = this;
    const { reserve } = this.#options;
    if (group.failure) throw new StoreFailed({ cause: group.failure });
    const bytes = this.#frame(write);
    if (!frees && !reserve.ready()) throw new NoSpace();
    try {
      this.#write(bytes);
    } catch (error) {
      if (!isDiskFull(error)) throw this.#fail(error);
      if (!reserve.spend() || !frees) throw new NoSpace({ cause: error });
      this.#writeAgain(bytes);
    }
    this.#revisions.push(revision);
    group.add();
  }

  #frame(write: (writer: ByteWriter) => void): Uint8Array {
    const writer = this.#writer;
    writer.clear();
    const start = beginFrame(writer, this.#sizeBytes);
    writer.u48(this.#syncedBytes);
    write(writer);
    endFrame(writer, start);
    return writer.bytes;
  }

  #write(bytes: Uint8Array): void {
    try {
      this.#file.appendNow(bytes);
    } catch (error) {
      // A part of a record must not stay before the next one.
      this.#file.truncateNow(this.#sizeBytes);
      throw error;
    }
    this.#sizeBytes += bytes.length;
  }

  #writeAgain(bytes: Uint8Array): void {
    try {
      this.#write(bytes);
    } catch (error) {
      throw isDiskFull(error) ? new NoSpace({ cause: error }) : this.#fail(error);
    }
  }

  /** Nothing more is written: what is in the file is not known any more. */
  #fail(cause: unknown): StoreFailed {
    const failure = new StoreFailed({ cause });
    this.#options.runtime.log.error('the log of the store cannot be written', { error: failure });
    this.group.fail(failure);
    return failure;
  }

  async #sync(): Promise<void> {
    const file = this.#file;
    const sizeBytes = this.#sizeBytes;
    this.#syncing = file.sync();
    try {
      await this.#syncing;
    } catch (error) {
      throw this.#fail(error);
    }
    if (file === this.#file && sizeBytes > this.#syncedBytes) this.#syncedBytes = sizeBytes;
  }

  /**
   * Goes on in a new file, from this revision on; everything in the old one is safe before anything is in the new.
   * @throws the system's error; then the old file goes on. StoreFailed when it cannot.
   */
  switchTo(file: OpenFile, base: Revision): void {
    if (this.group.failure) throw new StoreFailed({ cause: this.group.failure });
    const old = this.#file;
    const number = this.#number + 1;
    try {
      old.syncNow();
    } catch (error) {
      throw this.#fail(error);
    }
    const header = headerFrame(number, base, false);
    this.#begin(file, header);
    this.#file = file;
    this.#number = number;
    this.#sizeBytes = this.#syncedBytes = header.length;
    this.group.advance(this.group.written);
    this.#retiring = Promise.allSettled([this.#retiring, this.#syncing]).then(() => old.close());
  }

  #begin(file: OpenFile, header: Uint8Array): void {
    try {
      file.appendNow(header);
      file.syncNow();
    } catch (error) {
      // The old file goes on, so the new one must not look as if it had begun.
      try {
        file.truncateNow(0);
      } catch {
        throw this.#fail(error);
      }
      throw error;
    }
  }

  /** After everything written is safe, or never will be. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.group.settled()?.catch(() => undefined);
      // With `sync: 'off'` nobody waited for this, but a store that was closed in order is a whole one.
      if (!this.group.failure) await this.#file.sync().catch((error: unknown) => { this.#fail(error); });
      await Promise.all([this.#file.close(), this.#retiring]);
    })();
    return this.#closing;
  }
}

/** The first record of a log file. */
export function headerFrame(number: number, base: Revision, origin: boolean): Uint8Array {
  const writer = new ByteWriter(64);
  const start = beginFrame(writer, 0);
  writer.u48(0);
  writeHeader(writer, number, base, origin);
  endFrame(writer, start);
  return writer.bytes;
}

/** A log file with its header, surely on disk, folder entry included. */
export async function createLog(files: FileSystem, dir: string, number: number, base: Revision, origin: boolean): Promise<LogPlace> {
  const file = await files.open(files.join(dir, logName(number)), 'create');
  const header = headerFrame(number, base, origin);
  file.appendNow(header);
  await file.sync();
  await files.syncDir(dir);
  return { file, number, sizeBytes: header.length };
}
