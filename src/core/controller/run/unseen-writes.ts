import type { WriteReport } from '../../client/client.js';
import { ownWrites, type OwnWrites, type OwnWritesPorts } from '../../informer/own-writes.js';
import type { AnyKind } from '../../resource/kind.js';
import type { Key } from '../../resource/object.js';
import type { WriteOrigin } from '../triggers/own-events.js';

/** More than a run writes; numbers of two runs never meet. */
const writesOfARun = 1_000_000;

/**
 * What the runs of each key wrote and the caches have not shown yet: the next run of the key waits for that, and
 * writes whose answer was lost are settled by a live read first. Holds nothing of a key whose writes are all seen.
 * Rules: R14, R22, R24, I37–I42.
 */
export interface UnseenWrites {
  record(report: WriteReport, run: WriteOrigin): void;
  /** undefined: nothing to wait for. @throws CacheBehind */
  settled(key: Key, o: { readonly signal: AbortSignal; readonly timeout: number }): Promise<void> | undefined;
  has(key: Key): boolean;
  /** The object is gone: nobody will ask for its writes. */
  forget(key: Key): void;
  /** Keys with writes that are not seen. */
  readonly size: number;
}

export interface UnseenWritesPorts extends Pick<OwnWritesPorts, 'clock' | 'cacheOf' | 'readLive'> {
  /** What a run of `key` wrote is gone, and perhaps no cache ever had it. */
  readonly onVanished: (key: Key, kind: AnyKind, written: Key) => void;
}

export function unseenWrites({ onVanished, ...ports }: UnseenWritesPorts): UnseenWrites {
  const barriers = new Map<Key, OwnWrites>();
  const barrierOf = (key: Key): OwnWrites => {
    const known = barriers.get(key);
    if (known) return known;
    const made = ownWrites({
      ...ports,
      onEmpty: () => { if (barriers.get(key) === made) barriers.delete(key); },
      onVanished: (kind, written) => { onVanished(key, kind, written); },
    });
    barriers.set(key, made);
    return made;
  };
  return {
    record(report, { id, key }) { barrierOf(key).record({ ...report, id: id * writesOfARun + report.id }); },
    settled: (key, o) => barriers.get(key)?.waitForEverything(o),
    has: (key) => barriers.has(key),
    forget(key) { barriers.delete(key); },
    get size() { return barriers.size; },
  };
}
