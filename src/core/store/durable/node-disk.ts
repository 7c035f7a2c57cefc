import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
// A lock is between processes, so this one file has to know its own.
// eslint-disable-next-line no-restricted-imports
import nodeProcess from 'node:process';
import { systemCode, type DiskPorts, type FileSystem, type OpenFile, type ProcessMark, type Processes } from './file-system.js';

/** The machine's disk and processes. */
export function nodeDisk(): DiskPorts {
  return { files: nodeFiles(), processes: nodeProcesses() };
}

const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = fs.constants;
// After a part of a record was taken out again, the next one has to follow what is left: only O_APPEND sees to that.
const flags = { read: 'r', append: 'a', create: O_WRONLY | O_CREAT | O_TRUNC | O_APPEND };
const privateMode = 0o600;

function nodeFiles(): FileSystem {
  return {
    join, dirname,
    makeDir: async (path) => { await fs.promises.mkdir(path, { recursive: true, mode: 0o700 }); },
    list: (path) => fs.promises.readdir(path),
    sizeOf: async (path) => (await fs.promises.stat(path)).size,
    open: async (path, mode) => openFile(await fs.promises.open(path, flags[mode], privateMode)),
    rename: (from, to) => fs.promises.rename(from, to),
    remove: (path) => fs.promises.rm(path, { force: true }),
    removeNow: (path) => { fs.rmSync(path, { force: true }); },
    createText,
    readText: (path) => unless('ENOENT', fs.promises.readFile(path, 'utf8')),
    syncDir,
  };
}

function openFile(handle: fs.promises.FileHandle): OpenFile {
  const { fd } = handle;
  return {
    appendNow(bytes) {
      for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done);
    },
    async append(bytes) {
      for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten;
    },
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    truncateNow: (sizeBytes) => { fs.ftruncateSync(fd, sizeBytes); },
    // The data and the size of the file are what a reader needs; its times are not.
    sync: () => new Promise((resolve, reject) => { fs.fdatasync(fd, (error) => { if (error) reject(error); else resolve(); }); }),
    syncNow: () => { fs.fdatasyncSync(fd); },
    close: () => handle.close(),
  };
}

/** A hard link appears whole; where the file system has none, the file is created and then filled. */
async function createText(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${String(nodeProcess.pid)}.tmp`;
  await fs.promises.writeFile(draft, text, { mode: privateMode });
  try {
    await fs.promises.link(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    const created = await unless('EEXIST', fs.promises.writeFile(path, text, { flag: 'wx', mode: privateMode }).then(() => true));
    return created ?? false;
  } finally {
    await fs.promises.rm(draft, { force: true });
  }
}

async function syncDir(path: string): Promise<void> {
  // Windows has no handle on a folder, and needs none.
  const handle = await fs.promises.open(path, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (systemCode(error) !== 'EPERM' && systemCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle?.close();
  }
}

function nodeProcesses(): Processes {
  const self = { pid: nodeProcess.pid, host: hostOf(), startedAt: startOf(nodeProcess.pid) };
  return {
    self,
    isAlive(mark) {
      if (mark.host !== self.host) return undefined;
      return exists(mark.pid) && (mark.startedAt === undefined || mark.startedAt === (startOf(mark.pid) ?? mark.startedAt));
    },
  };
}

function exists(pid: number): boolean {
  try {
    return nodeProcess.kill(pid, 0);
  } catch (error) {
    // It is there, and belongs to somebody else.
    return systemCode(error) === 'EPERM';
  }
}

/** Host name and, on Linux, the namespace of its process numbers: each container has its own. */
function hostOf(): ProcessMark['host'] {
  const namespace = orUndefined(() => fs.readlinkSync('/proc/self/ns/pid'));
  return namespace === undefined ? hostname() : `${hostname()} ${namespace}`;
}

/** When a process began, on Linux: numbers are used again, after a restart of the machine often the very same. */
function startOf(pid: number): string | undefined {
  const boot = orUndefined(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const stat = orUndefined(() => fs.readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  // The name of the program, in brackets, may hold blanks; the start is the 22nd field, the 20th after it.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return boot === undefined || ticks === undefined ? undefined : `${boot} ${ticks}`;
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

async function unless<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === code) return undefined;
    throw error;
  }
}
