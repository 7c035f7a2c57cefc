import type { DiskPorts, FileSystem, OpenFile, ProcessMark } from '../../../../src/core/store/durable/file-system.js';

/** A file: what readers see, and what would be left of it after a power cut. */
interface Inode {
  now: Buffer;
  synced: Buffer;
}

const sector = 512;

/** What is about to happen to the disk. */
export interface Operation {
  readonly type: 'append' | 'truncate' | 'sync' | 'rename' | 'remove' | 'create' | 'syncDir';
  readonly name: string;
}

export interface FakeDisk extends DiskPorts {
  readonly operations: readonly Operation[];
  /** Called before each operation that changes something; what it throws is the operation's failure. */
  onOperation: ((operation: Operation, index: number) => void) | undefined;
  /** Bytes that fit; default no limit. */
  capacity: number;
  /** How many bytes of a refused append are written all the same. */
  shortWrite: number;
  content(name: string): Buffer;
  put(name: string, content: Uint8Array): void;
  names(): readonly string[];
  /** The disk as the next process finds it: `kill` loses nothing, `power` what was not synced, or a part of it. */
  after(end: 'kill' | 'power', random: () => number): FakeDisk;
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** A machine that is off: every operation after the crash. */
export class Crashed extends Error {}

const self: ProcessMark = { pid: 100, host: 'here', startedAt: 'boot 1' };

/** A disk of one folder, in memory. Its promises resolve without any time. */
export function fakeDisk(entries: ReadonlyMap<string, Inode> = new Map(), marks: { readonly self?: ProcessMark; readonly alive?: readonly number[] } = {}): FakeDisk {
  const now = new Map(entries);
  let safe = new Map(entries);
  const operations: Operation[] = [];
  const used = () => [...now.values()].reduce((sum, { now: { length } }) => sum + length, 0);
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

  const happen = (type: Operation['type'], name: string) => {
    const operation = { type, name };
    disk.onOperation?.(operation, operations.length);
    operations.push(operation);
  };
  const get = (path: string) => {
    const inode = now.get(nameOf(path));
    if (!inode) throw systemError('ENOENT');
    return inode;
  };

  const open = (name: string, inode: Inode): OpenFile => {
    const appendNow = (bytes: Uint8Array) => {
      happen('append', name);
      const fits = used() + bytes.length <= disk.capacity;
      inode.now = Buffer.concat([inode.now, fits ? bytes : bytes.subarray(0, Math.min(disk.shortWrite, bytes.length - 1))]);
      if (!fits) throw systemError('ENOSPC');
    };
    const syncNow = () => {
      happen('sync', name);
      inode.synced = inode.now;
    };
    return {
      appendNow, syncNow,
      append: async (bytes) => { appendNow(bytes); },
      sync: async () => { syncNow(); },
      read: async (into, position) => inode.now.copy(into, 0, position, position + into.length),
      truncateNow(sizeBytes) {
        happen('truncate', name);
        inode.now = inode.now.subarray(0, sizeBytes);
      },
      close: () => Promise.resolve(),
    };
  };

  const removeNow = (path: string) => {
    if (!now.has(nameOf(path))) return;
    happen('remove', nameOf(path));
    now.delete(nameOf(path));
  };
  const files: FileSystem = {
    join: (...parts) => parts.join('/'),
    dirname: (path) => path.slice(0, path.lastIndexOf('/')),
    makeDir: () => Promise.resolve(),
    list: async () => [...now.keys()],
    sizeOf: async (path) => get(path).now.length,
    async open(path, mode) {
      if (mode !== 'create') return open(nameOf(path), get(path));
      happen('create', nameOf(path));
      const inode = { now: Buffer.alloc(0), synced: Buffer.alloc(0) };
      now.set(nameOf(path), inode);
      return open(nameOf(path), inode);
    },
    async rename(from, to) {
      const inode = get(from);
      happen('rename', nameOf(to));
      now.delete(nameOf(from));
      now.set(nameOf(to), inode);
    },
    remove: async (path) => { removeNow(path); },
    removeNow,
    async createText(path, text) {
      if (now.has(nameOf(path))) return false;
      happen('create', nameOf(path));
      now.set(nameOf(path), { now: Buffer.from(text), synced: Buffer.from(text) });
      return true;
    },
    readText: async (path) => now.get(nameOf(path))?.now.toString(),
    async syncDir() {
      happen('syncDir', '.');
      safe = new Map(now);
    },
  };
  const alive = new Set(marks.alive ?? []);
  const me = marks.self ?? self;
  const disk: FakeDisk = {
    files, operations, onOperation: undefined, capacity: Infinity, shortWrite: 0,
    processes: { self: me, isAlive: (mark) => (mark.host === me.host ? alive.has(mark.pid) : undefined) },
    content: (name) => get(name).now,
    put: (name, content) => { now.set(name, { now: Buffer.from(content), synced: Buffer.from(content) }); safe.set(name, get(name)); },
    names: () => [...now.keys()].sort(),
    after(end, random) {
      // The names in a folder are written in order: all that was synced, and some of what came after.
      const names = end === 'kill' || random() < 0.5 ? now : safe;
      return fakeDisk(new Map([...names].map(([name, inode]) => {
        const left = end === 'kill' ? inode.now : leftOf(inode, random);
        return [name, { now: left, synced: left }];
      })));
    },
  };
  return disk;
}

/** Of what was not synced, the disk has any sectors, up to any length. */
function leftOf({ now, synced }: Inode, random: () => number): Buffer {
  if (now.length < synced.length) return random() < 0.5 ? synced : now;
  const length = synced.length + Math.floor(random() * (now.length - synced.length + 1));
  const left = Buffer.from(now.subarray(0, length));
  if (random() < 0.5) return left;
  for (let at = Math.ceil(synced.length / sector) * sector; at < length; at += sector) {
    if (random() < 0.3) left.fill(0, at, Math.min(at + sector, length));
  }
  return left;
}
