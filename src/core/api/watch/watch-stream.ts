import type { ResourceVersion } from '../../resource/object.js';
import type { Revision } from '../../store/store.js';
import type { WatchEvent } from '../api.js';
import type { Status } from '../../resource/status.js';
import type { Selection } from '../read/selection.js';
import type { Change, ChangeBatch } from './change.js';
import type { End, Pin, Subscriber } from './subscribers.js';
import { endStatus, slowStatus } from './watch-status.js';

export interface WatchStreamOptions {
  readonly selection: Selection;
  /** Nothing at or below this revision is ever sent (A70). */
  readonly after: Revision;
  readonly bookmarks: boolean;
  /** Events that may wait for a slow reader (A80). */
  readonly capacity: number;
}

/**
 * What one watch has seen and its reader has not fetched yet. Events wait as references, one array per revision; a reader
 * too slow for `capacity` of them is ended with 410, never given a gap. Rules: A70, A72, A77, A80.
 */
export class WatchStream implements Subscriber {
  readonly pin: Pin | undefined;
  readonly bookmarks: boolean;
  readonly #options: WatchStreamOptions;
  #pending: (readonly WatchEvent[])[] = [];
  #count = 0;
  #sent: Revision;
  #ended = false;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(options: WatchStreamOptions) {
    this.#options = options;
    this.#sent = options.after;
    this.pin = options.selection.pin;
    this.bookmarks = options.bookmarks;
  }

  /** The state that a watch begins with. It may be larger than any backlog, and does not count as one. */
  open(events: readonly WatchEvent[]): void {
    if (events.length > 0) this.#pending.push(events);
  }

  catchUp(batch: ChangeBatch): void {
    if (this.#options.selection.matches === undefined) this.batch(batch);
    else this.changes(batch.revision, batch.changes);
  }

  batch(batch: ChangeBatch): void {
    if (this.#options.selection.matches !== undefined) this.changes(batch.revision, batch.changes);
    else if (this.#isNew(batch.revision)) this.#push(batch.events);
  }

  changes(revision: Revision, changes: readonly Change[]): void {
    if (!this.#isNew(revision)) return;
    const { matches } = this.#options.selection;
    const events: WatchEvent[] = [];
    for (const change of changes) {
      const event = matches === undefined ? change.event : change.seenBy(matches);
      if (event) events.push(event);
    }
    if (events.length > 0) this.#push(events);
  }

  /** Sends a bookmark, unless the reader has already been told as much; one that waits is replaced. */
  progress(revision: Revision, initialEventsEnd = false): void {
    if (initialEventsEnd || (revision > this.#options.after && revision > this.#sent)) this.#bookmark(revision, initialEventsEnd);
  }

  remind(revision: Revision): void {
    // A watch from the future has nothing to promise yet.
    if (revision >= this.#sent) this.#bookmark(revision, false);
  }

  #bookmark(revision: Revision, initialEventsEnd: boolean): void {
    if (!this.bookmarks || this.#ended) return;
    const last = this.#pending.at(-1);
    if (last?.[0]?.type === 'BOOKMARK' && !last[0].initialEventsEnd) {
      this.#pending.pop();
      this.#count--;
    }
    const resourceVersion = revision.toString() as ResourceVersion;
    this.#push([Object.freeze(initialEventsEnd ? { type: 'BOOKMARK', resourceVersion, initialEventsEnd } : { type: 'BOOKMARK', resourceVersion })]);
    if (revision > this.#sent) this.#sent = revision;
  }

  end(why: End): void {
    if (why) this.fail(endStatus(why));
    else this.finish();
  }

  /** One ERROR event, then the end; what waited before it is still delivered. */
  fail(status: Status): void {
    if (this.#ended) return;
    this.#push([Object.freeze({ type: 'ERROR', status })]);
    this.finish();
  }

  finish(): void {
    this.#ended = true;
    this.#release();
    this.#signal();
  }

  /** Everything that waits, or undefined at the end. */
  async next(): Promise<readonly WatchEvent[] | undefined> {
    while (this.#pending.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
    const waiting = this.#pending;
    this.#pending = [];
    this.#count = 0;
    this.#release();
    return waiting.length === 1 ? waiting[0] : waiting.flat();
  }

  /** Everything of one read of the store's own history; the reader is never too slow for it, since it sets the pace. */
  async follow(batches: readonly ChangeBatch[]): Promise<void> {
    const { matches } = this.#options.selection;
    const events = batches.filter(({ revision }) => this.#isNew(revision))
      .flatMap(({ changes }) => changes.flatMap((change) => (matches === undefined ? change.event : (change.seenBy(matches) ?? []))));
    if (events.length > 0) this.#push(events);
    while (this.#pending.length > 0 && !this.#ended) await new Promise<void>((resolve) => { this.#drained = resolve; });
  }

  /** Drops what waits: after `return()` nothing is delivered. */
  drop(): void {
    this.#pending = [];
    this.#count = 0;
    this.finish();
  }

  #isNew(revision: Revision): boolean {
    if (this.#ended || revision <= this.#options.after) return false;
    if (revision > this.#sent) this.#sent = revision;
    return true;
  }

  #push(events: readonly WatchEvent[]): void {
    if (this.#ended) return;
    this.#count += events.length;
    // What one revision or read brings may be larger than any backlog.
    if (this.#count > this.#options.capacity && this.#pending.length > 0) {
      this.#pending = [[Object.freeze({ type: 'ERROR', status: slowStatus() })]];
      this.finish();
      return;
    }
    this.#pending.push(events);
    this.#signal();
  }

  #release(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
