import type { Runtime } from '../../runtime/runtime.js';
import { stateOptionsOf, type MemoryOptions } from '../memory/options.js';
import type { State } from '../memory/state.js';
import type { Backup, Codec, Recovery } from '../store.js';
import { backupFolder } from './backup-folder.js';
import type { DiskPorts } from './file-system.js';
import { journalOf } from './journal.js';
import { lockFolder, type FolderLock } from './lock.js';
import { createLog, Log, type LogPlace } from './log.js';
import { logName } from './names.js';
import { recover, type Recovered } from './recover.js';
import { Reserve } from './reserve.js';
import { Snapshots } from './snapshots.js';

/** 64 MiB (S67). */
const defaultSnapshotBytes = 64 * 1024 * 1024;

export interface DurableOptions extends MemoryOptions {
  readonly dir: string;
}

/** What the handles of an open folder share. */
export interface OpenFolder<V> {
  readonly state: State<V>;
  readonly log: Log;
  readonly recovery: Recovery;
  backup(path: string, signal?: AbortSignal): Promise<Backup>;
  close(): Promise<void>;
}

/** @throws StoreLocked, WalCorrupt, and the system's error when the folder cannot be used at all. */
export async function openFolder<V>(options: DurableOptions, ports: DiskPorts, codec: Codec<V>, runtime: Runtime): Promise<OpenFolder<V>> {
  const { files } = ports;
  const { dir, sync = 'group', snapshotBytes = defaultSnapshotBytes } = options;
  await files.makeDir(dir);
  const lock = await lockFolder(ports, dir);
  const running = new AbortController();
  try {
    const recovered = await recover({ files, dir, codec, runtime, options: stateOptionsOf(options) });
    const { state, tornBytes } = recovered;
    if (tornBytes > 0) runtime.log.warn('the last write before the crash was not whole and was cut off', { tornBytes });
    const reserve = new Reserve(files, dir, runtime.clock);
    const place = await prepare(files, dir, recovered);
    await reserve.open();
    const log = new Log(place, {
      files, dir, sync, runtime, reserve, signal: running.signal,
      // Without syncs nothing is held back: the promise is only about crashes of the process.
      onSafe: (revision) => { if (sync !== 'off') state.feed.showUpTo(revision); },
    });
    const snapshots = new Snapshots({ files, dir, runtime, state, log, codec, snapshotBytes });
    if (sync !== 'off') state.feed.showUpTo(state.revision);
    state.keepJournal(journalOf(log, codec, () => state.revision, () => { snapshots.afterWrite(); }));
    state.start(runtime, running.signal);
    return {
      state, log, recovery: { tornBytes, revision: state.revision },
      backup: (path, signal) => backupFolder(state, log, codec, files, path, signal),
      close: () => closeFolder({ running, snapshots, log, reserve, lock }),
    };
  } catch (error) {
    running.abort();
    await lock.release();
    throw error;
  }
}

/** The first changes on disk: everything was verified. */
async function prepare<V>(files: DiskPorts['files'], dir: string, { state, last: { number, sizeBytes }, isNew, tornBytes, obsolete }: Recovered<V>): Promise<LogPlace> {
  for (const name of obsolete) await files.remove(files.join(dir, name));
  if (sizeBytes === undefined) return createLog(files, dir, number, state.revision, isNew);
  const file = await files.open(files.join(dir, logName(number)), 'append');
  if (tornBytes > 0) file.truncateNow(sizeBytes);
  // Also what a process that was killed had written but not synced: from now on readers see it.
  await file.sync();
  await files.syncDir(dir);
  return { file, number, sizeBytes };
}

interface Parts {
  readonly running: AbortController;
  readonly snapshots: { close(): Promise<void> };
  readonly log: Log;
  readonly reserve: Reserve;
  readonly lock: FolderLock;
}

async function closeFolder({ running, snapshots, log, reserve, lock }: Parts): Promise<void> {
  await snapshots.close();
  await log.close();
  running.abort();
  await reserve.close();
  await lock.release();
}
