import type { Journal } from '../memory/journal.js';
import type { Codec, Revision } from '../store.js';
import type { Log } from './log.js';
import { writeCompacted, writeEnded, writeGranted, writeTxn } from './record.js';

/** Writes what a state does to the log. Puts and new leases need room on the disk; what frees memory may use the reserve. */
export function journalOf<V>(log: Log, codec: Codec<V>, revision: () => Revision, onWritten: () => void): Journal<V> {
  return {
    txn(next, ops) {
      log.append(next, ops.every(({ type }) => type === 'delete'), (w) => { writeTxn(w, next, ops, codec); });
      onWritten();
    },
    granted(id, ttlSeconds) {
      log.append(revision(), false, (w) => { writeGranted(w, id, ttlSeconds); });
    },
    ended(id, next) {
      log.append(next, true, (w) => { writeEnded(w, id, next); });
    },
    compacted(to) {
      log.append(revision(), true, (w) => { writeCompacted(w, to); });
    },
  };
}
