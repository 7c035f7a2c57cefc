import type { Clock } from '../../runtime/clock.js';
import { Compacted, FutureRevision, InvalidRevision } from '../errors.js';
import type { Revision, StoreBatch } from '../store.js';
import { Channel, type RingLimits } from '../watch/channel.js';
import type { Consumer, ConsumerOptions, Fill } from '../watch/consumer.js';
import { batchOf, History, type Version } from './history.js';

export interface FeedOptions {
  readonly startRevision: Revision;
  readonly historyMs: number;
  readonly historyRevisions: number;
  readonly ring: RingLimits;
}

/** A reader of history is answered after so many revisions at the latest. */
const fillRevisions = 1_000;

/** The log of a memory store: what was committed, for how long it is kept, and who is told. */
export class Feed<V> {
  readonly #options: FeedOptions;
  readonly #onForgotten: (version: Version<V>) => void;
  readonly #history = new History<V>();
  readonly #channels = new Map<string, Channel<V>>();
  #revision: Revision;
  #compacted: Revision;
  /** Every channel has what was committed up to here. */
  #published: Revision;
  /** Watchers hear of nothing above it; undefined: of everything. */
  #limit: Revision | undefined;
  #flushing = false;
  #clock: Clock | undefined;

  /** `onForgotten` is told of each state whose entry leaves the log. */
  constructor(options: FeedOptions, onForgotten: (version: Version<V>) => void) {
    this.#options = options;
    this.#onForgotten = onForgotten;
    this.#revision = this.#published = options.startRevision;
    // A store that starts at 1 has lost nothing; one that starts later knows nothing of before.
    this.#compacted = options.startRevision === 1n ? 0n : options.startRevision;
  }

  get revision(): Revision {
    return this.#revision;
  }

  /** States before this revision are forgotten. */
  get compacted(): Revision {
    return this.#compacted;
  }

  start(clock: Clock): void {
    this.#clock = clock;
  }

  append(revision: Revision, versions: readonly Version<V>[], sizeBytes: number): void {
    this.#revision = revision;
    const atMs = this.#clock?.now() ?? 0;
    this.#history.push({ revision, atMs, sizeBytes, versions, batch: undefined });
    this.#pass(atMs);
  }

  /** The states that the current revision made, where they are known. */
  get newest(): readonly Version<V>[] {
    const entry = this.#history.at(this.#history.length - 1);
    return entry?.revision === this.#revision ? entry.versions : [];
  }

  /** Puts back what made the revision that this store starts at. */
  restore(versions: readonly Version<V>[]): void {
    this.#history.push({ revision: this.#revision, atMs: this.#clock?.now() ?? 0, sizeBytes: 0, versions, batch: undefined });
  }

  /** The newest revision that anybody may know of. */
  get shown(): Revision {
    return this.#limit ?? this.#revision;
  }

  /** Watchers hear of what lies above only when this is called with more: it may still be lost (S64). */
  showUpTo(revision: Revision): void {
    this.#limit = revision;
    this.#pass(this.#clock?.now() ?? 0);
  }

  /** Lets the channels have what they may have, and history have what they do not need any more. */
  #pass(nowMs: number): void {
    if (this.#channels.size === 0) this.#published = this.shown;
    else if (this.#published < this.shown) this.#scheduleFlush();
    this.#forgetOld(nowMs);
  }

  /** @throws InvalidRevision, Compacted, FutureRevision. Rule: S52. */
  checkCompact(revision: Revision): void {
    if (revision < 1n) throw new InvalidRevision('a revision to compact to');
    if (revision <= this.#compacted) throw new Compacted(this.#compacted);
    if (revision > this.#revision) throw new FutureRevision();
  }

  compact(revision: Revision): void {
    this.checkCompact(revision);
    this.#compacted = revision;
    this.#trim();
  }

  /** Keeps the history within its window (S53). It is done with each commit: a store at rest has no timer. */
  #forgetOld(nowMs: number): void {
    const { historyMs, historyRevisions } = this.#options;
    const excess = this.#history.length - 1 - historyRevisions;
    if (excess > 0) this.#raise(this.#history.at(excess)?.revision ?? 0n);
    const before = nowMs - historyMs;
    for (let i = 1; ; i++) {
      const entry = this.#history.at(i);
      if (!entry || entry.atMs > before) break;
      this.#raise(entry.revision);
    }
    this.#trim();
  }

  #raise(to: Revision): void {
    // What is shown stays readable, whatever the window says.
    const compacted = to < this.shown ? to : this.shown;
    if (compacted > this.#compacted) this.#compacted = compacted;
  }

  /** Lets go of what only revisions below the compacted one need, but for what some channel is still to get. */
  #trim(): void {
    for (let entry = this.#history.at(0); entry && entry.revision < this.#compacted && entry.revision <= this.#published; entry = this.#history.at(0)) {
      this.#history.shift();
      for (const version of entry.versions) {
        version.older = undefined;
        this.#onForgotten(version);
      }
    }
  }

  /** Rules: S27, S32, S35, S39. */
  watch(prefix: string, options: ConsumerOptions<V>): Consumer<V> {
    this.#publish();
    let channel = this.#channels.get(prefix);
    if (!channel) {
      channel = this.#openChannel(prefix);
      this.#channels.set(prefix, channel);
    }
    const behind = options.after < this.#published;
    const consumer = channel.join(behind ? { ...options, fill: this.#fillOf(prefix) } : options);
    if (options.after + 1n < this.#compacted) consumer.fail(new Compacted(this.#compacted));
    return consumer;
  }

  #openChannel(prefix: string): Channel<V> {
    return new Channel<V>({
      prefix, after: this.#published, ring: this.#options.ring,
      onIdle: () => {
        this.#channels.delete(prefix);
        if (this.#channels.size === 0) this.#publish();
      },
      // Nothing to ask anybody: what is committed is on its way already (S34).
      onAsked: () => {},
    });
  }

  #fillOf(prefix: string): Fill<V> {
    return (after, upTo) => {
      if (after + 1n < this.#compacted) throw new Compacted(this.#compacted);
      const batches = [];
      let reached = after;
      for (let i = this.#history.indexAfter(after), left = fillRevisions; left > 0; i++, left--) {
        const entry = this.#history.at(i);
        if (!entry || entry.revision > upTo) return { batches, upTo };
        reached = entry.revision;
        const batch = below(prefix, batchOf(entry));
        if (batch) batches.push(batch);
      }
      return { batches, upTo: reached };
    };
  }

  /** After the promise of the commit was queued, and never in its caller's frame (S62). */
  #scheduleFlush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#publish();
      for (const channel of [...this.#channels.values()]) channel.wake();
    });
  }

  #publish(): void {
    const shown = this.shown;
    if (this.#published === shown) return;
    for (let i = this.#history.indexAfter(this.#published); this.#channels.size > 0; i++) {
      const entry = this.#history.at(i);
      if (!entry || entry.revision > shown) break;
      for (const channel of this.#channels.values()) {
        const batch = below(channel.prefix, batchOf(entry));
        if (batch) channel.publish(batch, entry.sizeBytes);
      }
    }
    this.#published = shown;
    for (const channel of this.#channels.values()) channel.progress(shown);
    this.#trim();
  }
}

/** The part of a batch below a prefix: the batch itself when that is all of it. */
function below<V>(prefix: string, batch: StoreBatch<V>): StoreBatch<V> | undefined {
  if (prefix === '') return batch;
  const events = batch.events.filter(({ key }) => key.startsWith(prefix));
  if (events.length === batch.events.length) return batch;
  return events.length === 0 ? undefined : { revision: batch.revision, events };
}
