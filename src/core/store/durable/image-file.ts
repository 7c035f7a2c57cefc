import type { Codec } from '../store.js';
import { ByteReader } from './bytes.js';
import type { FileSystem, OpenFile } from './file-system.js';
import { contentAt, frameEnd, headBytes } from './frame.js';
import { imageFrames, readPart, type Image, type ImagePart } from './image.js';

/** A file that cannot be read as an image; whoever asked says what that means. */
export class BadImage extends Error {}

const chunkBytes = 4 * 1024 * 1024;
/** No frame is larger than one item and what was gathered before it. */
const maxFrameBytes = 2 ** 30;

/**
 * Writes an image under this name: first under another, then synced, then renamed, so that the name never stands for a
 * part. `onBytes` sees what is written; what it answers at the end is written, too.
 * @throws the system's error; then nothing is left.
 */
export async function writeImage<V>(files: FileSystem, path: string, draft: string, image: Image<V>, codec: Codec<V>, digest?: Digest): Promise<number> {
  try {
    const file = await files.open(draft, 'create');
    let sizeBytes = 0;
    try {
      for (const frame of imageFrames(image, codec)) {
        digest?.update(frame);
        await file.append(frame);
        sizeBytes += frame.length;
      }
      if (digest) {
        const sum = digest.digest();
        await file.append(sum);
        sizeBytes += sum.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(draft, path);
    await files.syncDir(files.dirname(path));
    return sizeBytes;
  } catch (error) {
    await files.remove(draft).catch(() => undefined);
    throw error;
  }
}

/** SHA-256, as node:crypto has it. */
export interface Digest {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/**
 * The parts of an image, read piece by piece. `trailerBytes` at the end of the file belong to somebody else.
 * @throws BadImage unless it is whole.
 */
export async function* readImage(files: FileSystem, path: string, trailerBytes = 0): AsyncGenerator<ImagePart, void> {
  const file = await files.open(path, 'read');
  try {
    let items = 0;
    let ended = false;
    let first = true;
    for await (const part of parts(file, (await files.sizeOf(path)) - trailerBytes)) {
      if (ended || first !== (part.type === 'meta')) throw new BadImage('its parts are out of order');
      first = false;
      if (part.type === 'items') items += part.items.length;
      ended = part.type === 'end';
      if (part.type === 'end' && part.items !== items) throw new BadImage('items are missing');
      yield part;
    }
    if (!ended) throw new BadImage('its end is missing');
  } finally {
    await file.close();
  }
}

async function* parts(file: OpenFile, sizeBytes: number): AsyncGenerator<ImagePart, void> {
  let rest: Buffer = Buffer.alloc(0);
  let place = 0;
  for (let read = 0; read < sizeBytes || rest.length > 0;) {
    const needed = rest.length >= headBytes ? headBytes + rest.readUInt32LE(0) : headBytes;
    if (needed > maxFrameBytes || place + needed > sizeBytes) throw new BadImage('a part is damaged or cut off');
    if (rest.length < needed) {
      const more = Buffer.allocUnsafe(Math.min(Math.max(chunkBytes, needed - rest.length), sizeBytes - read));
      const count = await file.read(more, read);
      if (count === 0) throw new BadImage('it is cut off');
      read += count;
      rest = Buffer.concat([rest, more.subarray(0, count)]);
      continue;
    }
    const end = frameEnd(rest, 0, place);
    if (end === undefined) throw new BadImage('a part is damaged');
    yield part(rest.subarray(0, end));
    rest = rest.subarray(end);
    place += end;
  }
}

function part(frame: Buffer): ImagePart {
  try {
    return readPart(new ByteReader(frame, contentAt));
  } catch (error) {
    throw new BadImage('a part does not say what it should', { cause: error });
  }
}
