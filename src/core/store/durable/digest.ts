import { createHash } from 'node:crypto';
import { BackupCorrupt } from '../backup.js';
import type { FileSystem } from './file-system.js';
import type { Digest } from './image-file.js';

export const digestBytes = 32;

export function sha256(): Digest {
  return createHash('sha256');
}

const chunkBytes = 1024 * 1024;

/**
 * Reads a backup through and checks that its last 32 bytes are the SHA-256 of all before.
 * @throws BackupCorrupt. Rule: S88.
 */
export async function checkDigest(files: FileSystem, path: string): Promise<void> {
  const sizeBytes = await files.sizeOf(path);
  const contentBytes = sizeBytes - digestBytes;
  if (contentBytes <= 0) throw new BackupCorrupt('it is too short to be one');
  const hash = sha256();
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const file = await files.open(path, 'read');
  try {
    let at = 0;
    while (at < contentBytes) {
      const count = await file.read(chunk.subarray(0, Math.min(chunkBytes, contentBytes - at)), at);
      if (count === 0) throw new BackupCorrupt('it became shorter while it was read');
      hash.update(chunk.subarray(0, count));
      at += count;
    }
    const sum = Buffer.alloc(digestBytes);
    await file.read(sum, contentBytes);
    if (!sum.equals(hash.digest())) throw new BackupCorrupt('its SHA-256 is not that of its content');
  } finally {
    await file.close();
  }
}
