import type { Key, ResourceVersion } from '../resource/object.js';

/** The versions that were merged into one delta; `count` is Infinity where it came from a list, so that nobody knows (I33, R11). */
export interface Revisions {
  readonly first: ResourceVersion;
  readonly last: ResourceVersion;
  readonly count: number;
}

/** What changed about one object. */
export type Delta<T> =
  | { readonly type: 'added'; readonly key: Key; readonly new: T; readonly revisions: Revisions }
  | { readonly type: 'updated'; readonly key: Key; readonly old: T; readonly new: T; readonly revisions: Revisions }
  | { readonly type: 'deleted'; readonly key: Key; readonly old: T; readonly finalState: 'known' | 'unknown'; readonly revisions: Revisions };

/** All deltas of one store revision or one read. */
export interface Batch<T> {
  readonly initial: boolean;
  readonly seen: ResourceVersion;
  readonly deltas: readonly Delta<T>[];
}
