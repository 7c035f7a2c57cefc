import type { Runtime } from '../../runtime/runtime.js';
import type { State } from '../memory/state.js';
import type { Codec, Item } from '../store.js';
import type { FileSystem } from './file-system.js';
import type { Image } from './image.js';
import { writeImage } from './image-file.js';
import type { Log } from './log.js';
import { contentOf, draftOf, logName, snapshotName } from './names.js';

export interface SnapshotOptions<V> {
  readonly files: FileSystem;
  readonly dir: string;
  readonly runtime: Runtime;
  readonly state: State<V>;
  readonly log: Log;
  readonly codec: Codec<V>;
  readonly snapshotBytes: number;
}

/**
 * Replaces the log by a snapshot when it has grown: a new log is begun, the state at that point is written beside it
 * while writes go on, and only when that is on disk, name and all, the old log goes. Rule: S67.
 */
export class Snapshots<V> {
  readonly #options: SnapshotOptions<V>;
  /** The size of the log at which the next one is due. */
  #dueBytes: number;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: SnapshotOptions<V>) {
    this.#options = options;
    this.#dueBytes = options.snapshotBytes;
  }

  /** A record was written. */
  afterWrite(): void {
    const { log, runtime, snapshotBytes } = this.#options;
    if (this.#running || this.#closed || log.sizeBytes < this.#dueBytes) return;
    this.#running = this.#take().then(
      () => { this.#dueBytes = snapshotBytes; },
      (error: unknown) => {
        // The logs that are there hold everything; the next try is made when there is more to gain.
        this.#dueBytes = log.sizeBytes + snapshotBytes;
        runtime.log.warn('no snapshot of the store could be written; its log goes on', { error });
      },
    ).finally(() => { this.#running = undefined; });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #take(): Promise<void> {
    const { files, dir, log, state, codec } = this.#options;
    const number = log.number + 1;
    const next = await files.open(files.join(dir, logName(number)), 'create');
    try {
      await files.syncDir(dir);
      log.switchTo(next, state.revision);
    } catch (error) {
      await next.close();
      throw error;
    }
    // Nothing ran since the switch: the image is the state at the beginning of the new log.
    const image = imageOf(state);
    const path = files.join(dir, snapshotName(number));
    await writeImage(files, path, draftOf(path), image, codec);
    const { logs, snapshots } = contentOf(await files.list(dir));
    for (const old of snapshots.filter((one) => one < number)) await files.remove(files.join(dir, snapshotName(old)));
    for (const old of logs.filter((one) => one < number)) await files.remove(files.join(dir, logName(old)));
  }
}

/** The state as it is now; items do not change, so they can be written later. */
export function imageOf<V>(state: State<V>): Image<V> {
  const items: Item<V>[] = [];
  state.live.each({ start: '', prefix: '' }, ({ head }) => { if (head.item) items.push(head.item); });
  return {
    revision: state.revision, nextLeaseId: state.leases.nextId, leases: [...state.leases].map(({ id, ttlSeconds }) => ({ id, ttlSeconds })), items,
    newest: state.feed.newest.map(({ record, older }) => ({ key: record.key, prev: older?.item })),
  };
}
