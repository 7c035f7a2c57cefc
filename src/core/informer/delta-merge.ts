import type { Delta, Revisions } from '../client/delta.js';
import type { Key } from '../resource/object.js';

/**
 * Adds a delta to what a slow subscriber has still to be told of a key: at most two, a deletion and what came after.
 * Nothing is left of an object that came and went in between. Rule: I33.
 */
export function mergeDelta<T>(waiting: readonly Delta<T>[], next: Delta<T>): readonly Delta<T>[] {
  const last = waiting.at(-1);
  if (last === undefined || last.type === 'deleted') return [...waiting, next];
  const before = waiting.slice(0, -1);
  const revisions = mergeRevisions(last.revisions, next.revisions);
  if (next.type === 'deleted') return last.type === 'added' ? before : [...before, { ...next, revisions }];
  return [...before, last.type === 'added' ? { ...last, new: next.new, revisions } : { ...last, new: next.new, revisions }];
}

function mergeRevisions(a: Revisions, b: Revisions): Revisions {
  return { first: a.first, last: b.last, count: a.count + b.count };
}

/** Deltas by key, in the order in which their keys first came. */
export class Backlog<T> {
  private readonly byKey = new Map<Key, readonly Delta<T>[]>();

  add(deltas: readonly Delta<T>[]): void {
    for (const delta of deltas) {
      const merged = mergeDelta(this.byKey.get(delta.key) ?? [], delta);
      if (merged.length === 0) this.byKey.delete(delta.key);
      else this.byKey.set(delta.key, merged);
    }
  }

  take(): readonly Delta<T>[] {
    const all = [...this.byKey.values()].flat();
    this.byKey.clear();
    return all;
  }

  get size(): number { return this.byKey.size; }
}
