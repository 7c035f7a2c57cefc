import { ConfigError, type ConfigProblem } from '../../runtime/errors.js';
import { defaultLimits, type TxnLimits } from '../check-txn.js';
import { InvalidRevision } from '../errors.js';
import type { Revision } from '../store.js';
import { defaultRing, type RingLimits } from '../watch/channel.js';
import type { StateOptions } from './state.js';

export interface MemoryOptions extends Partial<TxnLimits> {
  /** Keeps the store in this folder, which is made when it is not there. One process at a time (S64–S70). */
  readonly dir?: string;
  /**
   * With `dir`, when a write is acknowledged. `group` (default): when it is on disk; writes within 2 ms share one sync.
   * `each`: every write has a sync of its own. `off`: at once; a crash of the process loses nothing, one of the machine may.
   */
  readonly sync?: 'group' | 'each' | 'off';
  /** With `dir`, the size of the log at which a snapshot replaces it; default 64 MiB (S67). */
  readonly snapshotBytes?: number;
  /** What keys and values may take together; beyond it a put is `NoSpace`. Default: no limit (S70). */
  readonly maxBytes?: number;
  /** How much of the past is kept, whichever is less. Default 5 minutes and 102 400 revisions; 0: only the present (S53). */
  readonly history?: 0 | { readonly ms?: number; readonly revisions?: number };
  /** Where the revisions of a new store begin (S5); default 1. */
  readonly startRevision?: Revision;
  /** How far a watcher may lag before it has to list again (S40). */
  readonly ring?: Partial<RingLimits>;
}

const defaultHistory = { ms: 5 * 60_000, revisions: 102_400 };
const maxSnapshotBytes = 2 ** 30;

/** What a store of these options is made of. @throws InvalidRevision, ConfigError */
export function stateOptionsOf(options: MemoryOptions): StateOptions {
  const problems = problemsOf(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const history = options.history === 0 ? { ms: defaultHistory.ms, revisions: 0 } : { ...defaultHistory, ...options.history };
  const { startRevision = 1n } = options;
  if (startRevision < 1n || startRevision >= 2n ** 63n) throw new InvalidRevision('startRevision');
  return {
    startRevision, historyMs: history.ms, historyRevisions: history.revisions, ring: { ...defaultRing, ...options.ring },
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
    limits: {
      maxTxnOps: options.maxTxnOps ?? defaultLimits.maxTxnOps,
      maxRequestBytes: options.maxRequestBytes ?? defaultLimits.maxRequestBytes,
      checks: options.checks ?? defaultLimits.checks,
    },
  };
}

function problemsOf({ dir, sync, snapshotBytes, maxBytes }: MemoryOptions): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (dir === '') problems.push({ path: 'dir', message: 'the name of a folder is empty' });
  if (sync !== undefined && !['group', 'each', 'off'].includes(sync)) problems.push({ path: 'sync', message: 'has to be group, each or off' });
  if (dir === undefined && sync !== undefined) problems.push({ path: 'sync', message: 'goes with dir' });
  if (dir === undefined && snapshotBytes !== undefined) problems.push({ path: 'snapshotBytes', message: 'goes with dir' });
  if (snapshotBytes !== undefined && !(snapshotBytes >= 1 && snapshotBytes <= maxSnapshotBytes)) problems.push({ path: 'snapshotBytes', message: 'has to be between 1 and 2^30' });
  if (maxBytes !== undefined && !(maxBytes >= 1)) problems.push({ path: 'maxBytes', message: 'has to be at least 1' });
  return problems;
}
