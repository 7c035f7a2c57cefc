import type { Status } from '../../resource/status.js';
import type { Revision } from '../../store/store.js';
import { failure } from '../api-error.js';
import type { End } from './subscribers.js';

/** The ERROR events that end a watch. Rules: A74, A80. */

export function tooOldStatus(asked: Revision, oldest: Revision): Status {
  return failure(410, 'Expired', `too old resource version: ${asked.toString()} (${oldest.toString()})`);
}

export function slowStatus(): Status {
  return failure(410, 'Expired', 'the watch was too slow: events that it had not read are gone; list again');
}

export function endStatus(why: NonNullable<End>): Status {
  if (why.code === 'StoreRolledBack') {
    return failure(410, 'Expired', 'the store went back to an older state; list again', { causes: [{ reason: 'StoreRolledBack', message: why.message }] });
  }
  return failure(410, 'Expired', `the watch cannot go on: ${why.message}`);
}
