import { ByteReader } from './bytes.js';
import { WalCorrupt } from './errors.js';
import { contentAt, findFrame, frameEnd, hasLostSector } from './frame.js';

/** The records of one log file. */
export interface Scan {
  readonly records: readonly Buffer[];
  readonly goodBytes: number;
  /** What follows them and is none. */
  readonly tornBytes: number;
}

/**
 * Takes a log file apart. The last one may end in a torn record; anywhere else a bad record is damage.
 *
 * A power cut may keep a later page and lose an earlier one. So a bad record before good ones is torn, too, when a
 * sector of it never reached the disk and none of the good ones was written after a sync that would have covered it.
 * @throws WalCorrupt. Rule: S66.
 */
export function scan(bytes: Buffer, name: string, isLast: boolean): Scan {
  const records: Buffer[] = [];
  let at = 0;
  for (let end = frameEnd(bytes, at); end !== undefined; end = frameEnd(bytes, at)) {
    records.push(bytes.subarray(at, end));
    at = end;
  }
  const tornBytes = bytes.length - at;
  if (tornBytes > 0 && !isLast) throw new WalCorrupt(name, `the record at byte ${String(at)} is bad, and there are newer logs`);
  if (tornBytes > 0) checkTorn(bytes, name, at);
  return { records, goodBytes: at, tornBytes };
}

function checkTorn(bytes: Buffer, name: string, bad: number): void {
  for (let good = findFrame(bytes, bad); good !== undefined; good = findFrame(bytes, good + 1)) {
    const syncedTo = new ByteReader(bytes.subarray(good), contentAt).u48();
    const maybeTorn = syncedTo <= bad && hasLostSector(bytes, bad, good);
    if (!maybeTorn) throw new WalCorrupt(name, `the record at byte ${String(bad)} is bad, and there are good ones after it`);
  }
}
