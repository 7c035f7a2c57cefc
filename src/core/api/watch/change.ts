import type { KubeObject, ResourceVersion } from '../../resource/object.js';
import type { Revision } from '../../store/store.js';
import type { WatchEvent } from '../api.js';
import { withResourceVersion } from '../codec.js';

/**
 * One change of one object, with the state on both sides. Its events are made once and shared by every watch.
 * Rules: A72, A73.
 */
export class Change {
  readonly key: string;
  readonly resourceVersion: ResourceVersion;
  readonly old: KubeObject | undefined;
  readonly new: KubeObject | undefined;
  /** What a watch that selects everything sees. */
  readonly event: WatchEvent;
  #entered: WatchEvent | undefined;
  #left: WatchEvent | undefined;

  constructor(key: string, revision: Revision, old: KubeObject | undefined, now: KubeObject | undefined) {
    this.key = key;
    this.resourceVersion = revision.toString() as ResourceVersion;
    this.old = old;
    this.new = now;
    this.event = now === undefined ? this.left : this.#make(old === undefined ? 'ADDED' : 'MODIFIED', now);
  }

  /** For a watch whose selection the object comes into. */
  get entered(): WatchEvent {
    return (this.#entered ??= this.old === undefined ? this.event : this.#make('ADDED', this.#present()));
  }

  /** For a watch whose selection the object leaves: the state before, at the version of the change. */
  get left(): WatchEvent {
    return (this.#left ??= this.#make('DELETED', withResourceVersion(this.old ?? this.#present(), this.resourceVersion)));
  }

  /** What a watch with this selection sees; undefined: nothing (A72). */
  seenBy(selects: (object: KubeObject) => boolean): WatchEvent | undefined {
    const before = this.old !== undefined && selects(this.old);
    const after = this.new !== undefined && selects(this.new);
    if (before) return after ? this.event : this.left;
    return after ? this.entered : undefined;
  }

  #present(): KubeObject {
    const object = this.new ?? this.old;
    if (object === undefined) throw new TypeError(`a change of ${this.key} has neither side`);
    return object;
  }

  #make(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): WatchEvent {
    return Object.freeze({ type, object, resourceVersion: this.resourceVersion });
  }
}

/** All changes of one revision, in the order of its txn. */
export class ChangeBatch {
  readonly revision: Revision;
  readonly changes: readonly Change[];
  #events: readonly WatchEvent[] | undefined;

  constructor(revision: Revision, changes: readonly Change[]) {
    this.revision = revision;
    this.changes = changes;
  }

  /** The events for a watch without a selection: one array for all of them. */
  get events(): readonly WatchEvent[] {
    return (this.#events ??= Object.freeze(this.changes.map((change) => change.event)));
  }
}
