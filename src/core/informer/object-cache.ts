import type { Delta, Revisions } from '../client/delta.js';
import { keyOf, type Key, type KubeObject, type ResourceVersion } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';
import type { SetpointError } from '../runtime/errors.js';
import { CallbackFault } from './errors.js';
import type { Entry } from './cache-entry.js';
import { createObjectIndex, objectsOf, type ObjectIndex } from './object-index.js';
import type { Shape } from './object-shape.js';
import type { ObjectEvent } from './watch-input.js';

export interface ObjectCacheOptions<T> {
  /** How messages name the kind. */
  readonly kind: string;
  /** What is kept of an object (I26, I27). */
  readonly shape: Shape<T>;
  readonly onFault: (fault: SetpointError) => void;
}

/** Objects and indexes, changed in one synchronous step. It knows nothing of streams and subscribers. Rules: I17–I26. */
export interface ObjectCache<T extends KubeObject> {
  /** Makes the cache equal to a list (of one namespace, when `scope` is given); the answer is what changed (I18, I19). */
  replace(items: readonly KubeObject[], rv: ResourceVersion, scope?: string): readonly Delta<T>[];
  apply(events: readonly ObjectEvent[]): readonly Delta<T>[];
  /** Everything goes, as deleted in an unknown state (I15). */
  clear(rv: ResourceVersion, scope?: string): readonly Delta<T>[];
  get(key: Key): T | undefined;
  list(): readonly T[];
  /** undefined: no such index. */
  byIndex(name: string, value: string): readonly T[] | undefined;
  indexValues(name: string): readonly string[] | undefined;
  /** Builds it before it returns; an index of that name is replaced. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void;
  dropIndex(name: string): void;
  readonly indexNames: readonly string[];
  readonly size: number;
}

/** Versions between two reads are not known: "many", and so no write's own (R11). */
function fromList(rv: ResourceVersion): Revisions {
  return { first: rv, last: rv, count: Infinity };
}

export function createObjectCache<T extends KubeObject>(o: ObjectCacheOptions<T>): ObjectCache<T> {
  return new MapCache(o);
}

class MapCache<T extends KubeObject> implements ObjectCache<T> {
  private readonly entries = new Map<Key, Entry<T>>();
  private readonly indexes = new Map<string, ObjectIndex<T>>();
  private byName: readonly ObjectIndex<T>[] = [];
  /** By its place in `entry.buckets`: the name of the index there; '' where one was dropped. */
  private readonly slots: string[] = [];
  private stamp = 0;
  private all: readonly T[] | undefined;

  constructor(private readonly o: ObjectCacheOptions<T>) {
    this.addIndex('namespace', (object) => (object.metadata.namespace === undefined ? [] : [object.metadata.namespace]));
  }

  get size(): number { return this.entries.size; }
  get indexNames(): readonly string[] { return [...this.indexes.keys()]; }
  get(key: Key): T | undefined { return this.entries.get(key)?.object; }
  byIndex(name: string, value: string): readonly T[] | undefined { return this.indexes.get(name)?.get(value); }
  indexValues(name: string): readonly string[] | undefined { return this.indexes.get(name)?.values(); }

  list(): readonly T[] {
    this.all ??= objectsOf(this.entries.values(), this.entries.size);
    return this.all;
  }

  replace(items: readonly KubeObject[], rv: ResourceVersion, scope?: string): readonly Delta<T>[] {
    const deltas: Delta<T>[] = [];
    const stamp = ++this.stamp;
    for (const item of items) {
      const key = keyOf(item);
      const entry = this.entries.get(key);
      if (entry) entry.stamp = stamp;
      if (entry && isSame(entry.object, item)) continue;
      this.put(key, entry, item, fromList(item.metadata.resourceVersion), deltas);
    }
    if (this.entries.size > 0) this.sweep(rv, scope, (entry) => entry.stamp !== stamp, deltas);
    return deltas;
  }

  clear(rv: ResourceVersion, scope?: string): readonly Delta<T>[] {
    const deltas: Delta<T>[] = [];
    this.sweep(rv, scope, () => true, deltas);
    return deltas;
  }

  private sweep(rv: ResourceVersion, scope: string | undefined, isGone: (entry: Entry<T>) => boolean, deltas: Delta<T>[]): void {
    for (const entry of this.entries.values()) {
      if (!isGone(entry) || (scope !== undefined && entry.object.metadata.namespace !== scope)) continue;
      this.remove(entry);
      deltas.push({ type: 'deleted', key: entry.key, old: entry.object, finalState: 'unknown', revisions: fromList(rv) });
    }
  }

  apply(events: readonly ObjectEvent[]): readonly Delta<T>[] {
    const deltas: Delta<T>[] = [];
    for (const event of events) {
      const key = keyOf(event.object);
      const entry = this.entries.get(key);
      const revisions = { first: event.resourceVersion, last: event.resourceVersion, count: 1 };
      // Delivered before (I15).
      if (entry && !isNewer(event.resourceVersion, entry.object.metadata.resourceVersion)) continue;
      if (event.type !== 'DELETED') this.put(key, entry, event.object, revisions, deltas);
      else if (entry) this.onDeleted(entry, event.object, revisions, deltas);
    }
    return deltas;
  }

  private onDeleted(entry: Entry<T>, final: KubeObject, revisions: Revisions, deltas: Delta<T>[]): void {
    this.remove(entry);
    // Another uid: a successor came and went unseen, so what we held ended unseen too (I19).
    if (entry.object.metadata.uid !== final.metadata.uid) {
      deltas.push({ type: 'deleted', key: entry.key, old: entry.object, finalState: 'unknown', revisions: { ...revisions, count: Infinity } });
      return;
    }
    // A deletion applies even where the transform fails (I26).
    deltas.push({ type: 'deleted', key: entry.key, old: this.shape(final) ?? entry.object, finalState: 'known', revisions });
  }

  private put(key: Key, entry: Entry<T> | undefined, item: KubeObject, revisions: Revisions, deltas: Delta<T>[]): void {
    const object = this.shape(item);
    if (object === undefined) return;
    const old = entry?.object;
    if (entry && old && old.metadata.uid === object.metadata.uid) {
      this.all = undefined;
      entry.object = object;
      for (const index of this.byName) index.put(entry);
      deltas.push({ type: 'updated', key, old, new: object, revisions });
      return;
    }
    if (entry && old) {
      this.remove(entry);
      deltas.push({ type: 'deleted', key, old, finalState: 'unknown', revisions: { ...revisions, count: Infinity } });
    }
    this.insert({ key, object, buckets: [], stamp: this.stamp });
    deltas.push({ type: 'added', key, new: object, revisions });
  }

  private shape(item: KubeObject): T | undefined {
    try {
      return this.o.shape(item);
    } catch (thrown) {
      this.o.onFault(new CallbackFault('TransformFailed', `the transform of ${this.o.kind} ${keyOf(item)} failed, the event was not applied`, { cause: thrown }));
      return undefined;
    }
  }

  private insert(entry: Entry<T>): void {
    this.all = undefined;
    this.entries.set(entry.key, entry);
    for (const index of this.byName) index.put(entry);
  }

  private remove(entry: Entry<T>): void {
    this.all = undefined;
    this.entries.delete(entry.key);
    for (const index of this.byName) index.remove(entry);
  }

  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    this.dropIndex(name);
    const free = this.slots.indexOf('');
    const slot = free < 0 ? this.slots.length : free;
    this.slots[slot] = name;
    const index = createObjectIndex<T>(slot, valuesOf, (entry, thrown) => {
      this.o.onFault(new CallbackFault('IndexFailed', `index ${name} of ${this.o.kind} threw for ${entry.key}, the object is not in it`, { cause: thrown }));
    });
    for (const entry of this.entries.values()) index.put(entry);
    this.indexes.set(name, index);
    this.byName = [...this.indexes.values()];
  }

  dropIndex(name: string): void {
    const index = this.indexes.get(name);
    if (!index) return;
    index.drop(this.entries.values());
    this.indexes.delete(name);
    this.slots[this.slots.indexOf(name)] = '';
    this.byName = [...this.indexes.values()];
  }
}

function isSame(cached: KubeObject, item: KubeObject): boolean {
  return cached.metadata.resourceVersion === item.metadata.resourceVersion && cached.metadata.uid === item.metadata.uid;
}

/** True also where the two do not compare: then the order of arrival decides (I16). */
function isNewer(a: ResourceVersion, b: ResourceVersion): boolean {
  return (compareVersions(a, b) ?? 1) > 0;
}
