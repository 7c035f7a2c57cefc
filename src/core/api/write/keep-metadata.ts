import type { KubeObject } from '../../resource/object.js';
import type { MutableObject } from '../plugs.js';

/** Puts back what no update may change without a word; what it may not even try, validation refuses. Rules: A16, A36, A37, B27–B29, B42. */
export function keepMetadata(object: MutableObject, old: KubeObject): void {
  const { metadata } = object;
  const before = old.metadata;
  if (metadata['uid'] === undefined || metadata['uid'] === '') metadata['uid'] = before.uid;
  metadata['creationTimestamp'] = before.creationTimestamp;
  delete metadata['selfLink'];
  if (before.deletionTimestamp === undefined) return;
  metadata['deletionTimestamp'] = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds !== undefined) metadata['deletionGracePeriodSeconds'] ??= before.deletionGracePeriodSeconds;
}
