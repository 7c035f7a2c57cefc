import { StoreLocked } from './errors.js';
import { type DiskPorts, type ProcessMark, systemCode } from './file-system.js';

/** A folder that this process holds. */
export interface FolderLock {
  release(): Promise<void>;
}

/** Enough rounds for every process that takes part in a race to lose it once. */
const maxRounds = 16;

/**
 * Takes a folder for this process; a lock whose holder is dead is taken over.
 * @throws StoreLocked. Rule: S69.
 */
export async function lockFolder({ files, processes }: DiskPorts, dir: string): Promise<FolderLock> {
  const path = files.join(dir, 'lock');
  const text = `${JSON.stringify(processes.self)}\n`;
  for (let round = 0; round < maxRounds; round++) {
    if (await files.createText(path, text)) {
      return { release: async () => { if ((await files.readText(path)) === text) await files.remove(path); } };
    }
    const held = await files.readText(path);
    if (held === undefined) continue;
    const holder = parse(held);
    if (holder) {
      const alive = processes.isAlive(holder);
      if (alive !== false) throw new StoreLocked(holder.pid, alive === undefined ? holder.host : undefined);
    }
    await setAside(files, path, held, processes.self.pid);
  }
  throw new StoreLocked(parse((await files.readText(path)) ?? '')?.pid ?? 0);
}

/** Removes the dead lock, and only it: a rename takes one file, whoever else tries at the same time. */
async function setAside(files: DiskPorts['files'], path: string, dead: string, pid: number): Promise<void> {
  const aside = `${path}.${String(pid)}.dead`;
  try {
    await files.rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  // Another was faster, and this is the lock that it took since: it gets it back.
  const moved = await files.readText(aside);
  if (moved !== undefined && moved !== dead) await files.createText(path, moved);
  await files.remove(aside);
}

/** A lock that cannot be read was left by a process that died while it wrote it. */
function parse(text: string): ProcessMark | undefined {
  try {
    const mark = JSON.parse(text) as Partial<ProcessMark>;
    return typeof mark.pid === 'number' && typeof mark.host === 'string' ? { pid: mark.pid, host: mark.host, startedAt: mark.startedAt } : undefined;
  } catch {
    return undefined;
  }
}
