import type { State } from '../memory/state.js';
import type { Backup, Codec } from '../store.js';
import { digestBytes, sha256 } from './digest.js';
import { StoreFailed } from './errors.js';
import type { FileSystem } from './file-system.js';
import { writeImage, type Digest } from './image-file.js';
import type { Log } from './log.js';
import { imageOf } from './snapshots.js';

/** The whole store as it is now, in one file, while it goes on working. @throws StoreFailed, the system's error. Rule: S91. */
export async function backupFolder<V>(state: State<V>, log: Log, codec: Codec<V>, files: FileSystem, path: string, signal?: AbortSignal): Promise<Backup> {
  const image = imageOf(state);
  try {
    // A backup holds nothing that the store itself may lose.
    await log.group.settled();
  } catch (cause) {
    throw new StoreFailed({ cause });
  }
  const hash = sha256();
  let sum: Uint8Array = new Uint8Array(digestBytes);
  const digest: Digest = {
    update(bytes) {
      signal?.throwIfAborted();
      return hash.update(bytes);
    },
    digest: () => (sum = hash.digest()),
  };
  const sizeBytes = await writeImage(files, path, `${path}.tmp`, image, codec, digest);
  return { path, sizeBytes, sha256: Buffer.from(sum).toString('hex'), revision: image.revision };
}
