import type { ServiceError } from '@grpc/grpc-js';
import { alarm } from '../../runtime/clock.js';
import { Aborted } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { BackupCorrupt } from '../backup.js';
import { Unavailable } from '../errors.js';
import type { Backup } from '../store.js';
import type { Calls } from './calls.js';
import type { CallStatus } from './faults.js';
import { methods } from './methods.js';

/** A snapshot may take its time, but not stand still (S60). */
const idleMs = 30_000;
const digestBytes = 32;
/** The pages of the database; its checksum follows them. */
const sectorBytes = 512;

/**
 * The server's snapshot in a file, as `etcdutl snapshot restore` takes it. Written under another name and renamed when
 * it is whole.
 * @throws BackupCorrupt for a stream that was cut or does not match its SHA-256; then nothing is left. Rules: S88, S89.
 */
export async function backupEtcd(calls: Pick<Calls, 'download' | 'streamFault'>, runtime: Runtime, path: string, signal: AbortSignal | undefined): Promise<Backup> {
  const [{ nodeDisk }, { createHash }] = await Promise.all([import('../durable/node-disk.js'), import('node:crypto')]);
  const { files } = nodeDisk();
  const draft = `${path}.tmp`;
  try {
    const file = await files.open(draft, 'create');
    const content = new Tail(createHash('sha256'));
    try {
      for await (const blob of blobs(calls, runtime, signal)) {
        content.add(blob);
        await file.append(blob);
      }
      content.check();
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(draft, path);
    await files.syncDir(files.dirname(path));
    return { path, sizeBytes: content.sizeBytes, sha256: Buffer.from(content.tail).toString('hex') };
  } catch (error) {
    await files.remove(draft);
    throw error;
  }
}

/** Piece by piece; the server waits while one is written. */
async function* blobs(calls: Pick<Calls, 'download' | 'streamFault'>, runtime: Runtime, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void> {
  if (signal?.aborted) throw new Aborted('backup', { cause: signal.reason });
  const { endpoint, stream } = await calls.download(methods.snapshot, {}, signal);
  const ended = new AbortController();
  let stoodStill = false;
  let begun = false;
  const idle = alarm(runtime.clock, ended.signal, () => { stoodStill = true; stream.cancel(); });
  const onAbort = () => { stream.cancel(); };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    idle.set(runtime.clock.now() + idleMs);
    for await (const { blob } of stream) {
      idle.set(undefined);
      begun = true;
      yield blob;
      idle.set(runtime.clock.now() + idleMs);
    }
  } catch (error) {
    if (signal?.aborted) throw new Aborted('backup', { cause: signal.reason });
    const cause = stoodStill ? new Unavailable('the snapshot stood still', { endpoint: endpoint.url }) : calls.streamFault('backup', statusOf(error), endpoint);
    // Refused, or not reached: there is no backup that could be damaged.
    if (!begun) throw cause;
    throw new BackupCorrupt('the stream of the server was cut', { endpoint: endpoint.url, cause });
  } finally {
    ended.abort();
    signal?.removeEventListener('abort', onAbort);
    stream.cancel();
  }
}

function statusOf(error: unknown): CallStatus {
  // What a stream of grpc-js ends with always has both.
  const { code, details } = error as ServiceError;
  return { code, details };
}

interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Hashes all but the last 32 bytes of what passes: those are the SHA-256 of it. */
class Tail {
  readonly #hash: Hash;
  tail: Uint8Array = new Uint8Array(0);
  sizeBytes = 0;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  add(blob: Uint8Array): void {
    this.sizeBytes += blob.length;
    const all = Buffer.concat([this.tail, blob]);
    const end = Math.max(0, all.length - digestBytes);
    this.#hash.update(all.subarray(0, end));
    this.tail = all.subarray(end);
  }

  check(): void {
    if (this.sizeBytes % sectorBytes !== digestBytes) throw new BackupCorrupt('the stream of the server ended early');
    if (!this.#hash.digest().every((byte, i) => byte === this.tail[i])) throw new BackupCorrupt('its SHA-256 is not that of its content');
  }
}
