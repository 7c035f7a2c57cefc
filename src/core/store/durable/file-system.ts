/** An open file. Whatever ends in `Now` blocks; the log needs that to know at once whether the disk has room. */
export interface OpenFile {
  /** All of it at the end of the file, into the system's cache. @throws the system's error; a part may then be written. */
  appendNow(bytes: Uint8Array): void;
  append(bytes: Uint8Array): Promise<void>;
  /** Up to so many bytes as fit; answers how many there were. */
  read(into: Uint8Array, position: number): Promise<number>;
  truncateNow(sizeBytes: number): void;
  /** When it resolves, a power cut loses nothing of what was written before the call. */
  sync(): Promise<void>;
  syncNow(): void;
  close(): Promise<void>;
}

/**
 * All that the durable store wants of a disk. Paths are absolute or relative to the process. Errors carry the system's
 * `code` (`ENOSPC`, `EEXIST`, …).
 */
export interface FileSystem {
  /** With its parents; nothing when it is there. */
  makeDir(path: string): Promise<void>;
  /** The names in a folder. */
  list(path: string): Promise<readonly string[]>;
  sizeOf(path: string): Promise<number>;
  /** `read`: must be there. `append`: must be there, writes go to the end. `create`: empty, replaces what is there. */
  open(path: string, mode: 'read' | 'append' | 'create'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing when it is not there. */
  remove(path: string): Promise<void>;
  removeNow(path: string): void;
  /** A small file of text that appears whole or not at all, readable by the owner only. False: there is one already. */
  createText(path: string, text: string): Promise<boolean>;
  readText(path: string): Promise<string | undefined>;
  /** Makes creations, renames and removals in this folder survive a power cut. */
  syncDir(path: string): Promise<void>;
  join(...parts: readonly string[]): string;
  dirname(path: string): string;
}

/** Who holds a lock. `startedAt` tells two processes with one number apart; absent where the system does not say. */
export interface ProcessMark {
  readonly pid: number;
  /** The machine, and in it the container: process numbers mean something only within. */
  readonly host: string;
  readonly startedAt?: string | undefined;
}

export interface Processes {
  readonly self: ProcessMark;
  /** Whether that process still runs; undefined: it cannot be known from here. */
  isAlive(mark: ProcessMark): boolean | undefined;
}

/** What the durable store needs beside clock, random and log. */
export interface DiskPorts {
  readonly files: FileSystem;
  readonly processes: Processes;
}

/** The system's code of an error, such as `ENOSPC`. */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

export function isDiskFull(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
