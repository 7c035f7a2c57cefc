import type { KubeObject } from '../../resource/object.js';
import type { Revision } from '../../store/store.js';
import { fieldText } from '../../resource/selector/field-selector.js';
import type { Change, ChangeBatch } from './change.js';

/** Why all watches of a resource end at once; undefined: the api is stopped. */
export type End = { readonly code: string | undefined; readonly message: string } | undefined;

/** One watch, as the cache sees it. */
export interface Subscriber {
  /** Only objects with this value there concern it; undefined: any may. */
  readonly pin: Pin | undefined;
  /** It is told how far the store is. */
  readonly bookmarks: boolean;
  /** A batch from before it subscribed, as a whole. */
  catchUp(batch: ChangeBatch): void;
  /** A batch as a whole; for subscribers without pin. */
  batch(batch: ChangeBatch): void;
  /** The changes of one batch that may concern it; for subscribers with pin. */
  changes(revision: Revision, changes: readonly Change[]): void;
  progress(revision: Revision): void;
  /** Progress even where there was none, as a sign of life (A77). */
  remind(revision: Revision): void;
  end(why: End): void;
}

/** A field that must have this value: `metadata.namespace`, `metadata.name`, `spec.nodeName`. */
export interface Pin {
  readonly field: string;
  readonly value: string;
}

/** Finds the watches that a change concerns at a cost of its matches, not of all watches (A79). */
export class Subscribers {
  readonly #all = new Set<Subscriber>();
  readonly #unpinned = new Set<Subscriber>();
  readonly #bookmarked = new Set<Subscriber>();
  readonly #pinned = new Map<string, Map<string, Set<Subscriber>>>();

  /** Whether anybody wants to know how far the store is. */
  get bookmarks(): boolean {
    return this.#bookmarked.size > 0;
  }

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
    if (subscriber.bookmarks) this.#bookmarked.add(subscriber);
    const { pin } = subscriber;
    if (!pin) {
      this.#unpinned.add(subscriber);
      return;
    }
    const byValue = this.#pinned.get(pin.field) ?? new Map<string, Set<Subscriber>>();
    this.#pinned.set(pin.field, byValue);
    const same = byValue.get(pin.value) ?? new Set<Subscriber>();
    byValue.set(pin.value, same);
    same.add(subscriber);
  }

  delete(subscriber: Subscriber): void {
    this.#all.delete(subscriber);
    this.#unpinned.delete(subscriber);
    this.#bookmarked.delete(subscriber);
    const { pin } = subscriber;
    const byValue = pin && this.#pinned.get(pin.field);
    const same = pin && byValue?.get(pin.value);
    if (!same?.delete(subscriber) || same.size > 0) return;
    byValue?.delete(pin?.value ?? '');
    if (byValue?.size === 0) this.#pinned.delete(pin?.field ?? '');
  }

  batch(batch: ChangeBatch): void {
    for (const subscriber of this.#unpinned) subscriber.batch(batch);
    if (this.#pinned.size === 0) return;
    const concerned = new Map<Subscriber, Change[]>();
    for (const [field, byValue] of this.#pinned) {
      for (const change of batch.changes) {
        for (const subscriber of this.#holders(field, byValue, change)) {
          const known = concerned.get(subscriber);
          if (known) known.push(change);
          else concerned.set(subscriber, [change]);
        }
      }
    }
    for (const [subscriber, changes] of concerned) subscriber.changes(batch.revision, changes);
  }

  progress(revision: Revision): void {
    for (const subscriber of this.#bookmarked) subscriber.progress(revision);
  }

  remind(revision: Revision): void {
    for (const subscriber of this.#bookmarked) subscriber.remind(revision);
  }

  end(why: End): void {
    for (const subscriber of [...this.#all]) subscriber.end(why);
  }

  /** Those pinned to the value before or after the change, each once. */
  *#holders(field: string, byValue: ReadonlyMap<string, ReadonlySet<Subscriber>>, change: Change): Iterable<Subscriber> {
    const before = valueAt(change.old, field);
    const after = valueAt(change.new, field);
    if (before !== undefined) yield* byValue.get(before) ?? [];
    if (after !== undefined && after !== before) yield* byValue.get(after) ?? [];
  }
}

function valueAt(object: KubeObject | undefined, field: string): string | undefined {
  return object === undefined ? undefined : fieldText(object, field);
}
