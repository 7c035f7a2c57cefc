import type { KubeObject } from '../../resource/object.js';
import type { MutableObject } from '../plugs.js';
import { objectKey } from '../layout.js';
import { conflict } from '../refusals.js';
import type { Served } from '../served.js';

/**
 * Puts back what no update may change without a word; what it may not even try, validation refuses.
 * @throws ApiError 409 for another uid. Rules: A16, A36, A37, B27–B29, B42.
 */
export function keepMetadata({ kind, prefix }: Served, object: MutableObject, old: KubeObject): void {
  const { metadata } = object;
  const before = old.metadata;
  const uid = metadata['uid'];
  if (uid === undefined || uid === '') metadata['uid'] = before.uid;
  else if (uid !== before.uid) {
    const given = (typeof uid === 'string' ? uid : JSON.stringify(uid)).slice(0, 256);
    throw conflict(kind, before.name, `StorageError: invalid object, Code: 4, Key: ${objectKey(prefix, before.namespace, before.name)}, ResourceVersion: 0, AdditionalErrorMsg: `
      + `Precondition failed: UID in precondition: ${given}, UID in object meta: ${before.uid}`);
  }
  metadata['creationTimestamp'] = before.creationTimestamp;
  delete metadata['selfLink'];
  if (before.deletionTimestamp === undefined) return;
  metadata['deletionTimestamp'] = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined) metadata['deletionGracePeriodSeconds'] ??= before.deletionGracePeriodSeconds;
}
