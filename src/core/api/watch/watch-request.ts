import { setMaxListeners } from 'node:events';
import type { KubeObject } from '../../resource/object.js';
import { SetpointError, toError } from '../../runtime/errors.js';
import type { Clock, Timer } from '../../runtime/clock.js';
import { Compacted } from '../../store/errors.js';
import type { Revision, StoreBatch, StoreHandle } from '../../store/store.js';
import type { WatchEvent, WatchParams } from '../api.js';
import { startOfWatch, type Start } from '../read/list-options.js';
import type { Selection } from '../read/selection.js';
import { fromStore } from '../refusals.js';
import { Change, ChangeBatch } from './change.js';
import type { WatchCache } from './watch-cache.js';
import { tooOldStatus } from './watch-status.js';
import { WatchStream } from './watch-stream.js';

export interface WatchPorts {
  readonly store: StoreHandle<KubeObject>;
  readonly clock: Clock;
  readonly cache: WatchCache;
  readonly capacity: number;
  /** The cache has one more watch that wants bookmarks; the result takes it off again. */
  readonly wantBookmarks: () => () => void;
  /** The newest state of the cache, as a list reads it. */
  readonly settle: (atLeast: Revision | undefined, signal: AbortSignal) => Promise<void>;
}

/** A last bookmark comes this long before the watch's own timeout (A77). */
const bookmarkBeforeEndMs = 2_000;

/** Opens with the first `next()`; ends on abort, `return()` and timeout without an error. Rules: A70, A71, A74–A78. */
export class WatchRequest implements AsyncIterableIterator<readonly WatchEvent[]> {
  readonly #ports: () => Promise<WatchPorts>;
  readonly #selection: Selection;
  readonly #params: WatchParams;
  readonly #start: Start;
  readonly #abort = new AbortController();
  readonly #cleanups: (() => void)[] = [];
  #opening: Promise<WatchStream | undefined> | undefined;
  #stream: WatchStream | undefined;

  /** @throws ApiError 400 or 422 before anything is opened (A74, A76) */
  constructor(ports: () => Promise<WatchPorts>, selection: Selection, params: WatchParams) {
    this.#ports = ports;
    this.#selection = selection;
    this.#params = params;
    this.#start = startOfWatch(params);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<readonly WatchEvent[]>> {
    const stream = this.#stream ?? (await (this.#opening ??= this.#open()));
    const events = await stream?.next();
    if (events !== undefined) return { done: false, value: events };
    this.#close();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<readonly WatchEvent[]>> {
    this.#abort.abort();
    this.#stream?.drop();
    this.#close();
    return { done: true, value: undefined };
  }

  async #open(): Promise<WatchStream | undefined> {
    const { signal } = this.#params;
    const stop = () => { this.#abort.abort(); this.#stream?.drop(); this.#close(); };
    if (signal?.aborted) return undefined;
    if (signal) {
      // One signal ends as many watches as its owner likes; Node would warn of the eleventh.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', stop, { once: true });
    }
    this.#cleanups.push(() => { signal?.removeEventListener('abort', stop); });
    try {
      const stream = await this.#connect(await this.#ports());
      if (this.#abort.signal.aborted) stream.drop();
      this.#stream = stream;
      return stream;
    } catch (thrown) {
      this.#close();
      if (this.#abort.signal.aborted) return undefined;
      throw fromStore(thrown);
    }
  }

  async #connect(ports: WatchPorts): Promise<WatchStream> {
    const { cache } = ports;
    const stream = await this.#begin(ports);
    if (this.#params.allowWatchBookmarks) this.#cleanups.push(ports.wantBookmarks());
    this.#limitTime(ports.clock, stream, () => cache.revision);
    return stream;
  }

  async #begin(ports: WatchPorts): Promise<WatchStream> {
    const { cache } = ports;
    const start = this.#start;
    if (start.type === 'after') {
      await cache.start();
      const stream = this.#make(ports, start.revision);
      if (!this.#join(cache, stream, start.revision)) void this.#followStore(ports, stream, start.revision);
      return stream;
    }
    await ports.settle(start.type === 'state' ? start.atLeast : undefined, this.#abort.signal);
    // From here to the subscription nothing waits, so no change falls between state and stream.
    const revision = cache.revision ?? 0n;
    const stream = this.#make(ports, revision);
    if (start.type === 'state') {
      stream.open(this.#state(cache));
      stream.progress(revision, true);
    }
    this.#join(cache, stream, revision);
    return stream;
  }

  #make(ports: WatchPorts, after: Revision): WatchStream {
    return new WatchStream({ selection: this.#selection, after, bookmarks: this.#params.allowWatchBookmarks ?? false, capacity: ports.capacity });
  }

  #join(cache: WatchCache, stream: WatchStream, after: Revision): boolean {
    if (!cache.subscribe(stream, after)) return false;
    this.#cleanups.push(() => { cache.unsubscribe(stream); });
    return true;
  }

  /** Synthetic ADDED events, in key order (A71). */
  #state(cache: WatchCache): readonly WatchEvent[] {
    const { matches, namespace } = this.#selection;
    const objects = cache.list(namespace);
    const selected = matches === undefined ? objects : objects.filter(matches);
    return selected.map((object) => Object.freeze({ type: 'ADDED' as const, object, resourceVersion: object.metadata.resourceVersion }));
  }

  /** A watch from before the cache's history reads the store's own, until it ends (S43). */
  async #followStore(ports: WatchPorts, stream: WatchStream, after: Revision): Promise<void> {
    const { cache, store } = ports;
    try {
      for await (const delivery of store.watch({ prefix: cache.prefix, after, prev: true, signal: this.#abort.signal })) {
        if (delivery.type === 'progress') stream.progress(delivery.revision);
        else await stream.follow(delivery.batches.map((batch) => changesOf(batch)));
      }
      stream.finish();
    } catch (thrown) {
      if (thrown instanceof Compacted) stream.fail(tooOldStatus(after, thrown.compactRevision));
      else stream.end({ code: thrown instanceof SetpointError ? thrown.code : undefined, message: toError(thrown).message });
    }
  }

  #limitTime(clock: Clock, stream: WatchStream, revision: () => Revision | undefined): void {
    const seconds = this.#params.timeoutSeconds;
    if (seconds === undefined || seconds <= 0) return;
    const end = clock.now() + seconds * 1_000;
    const timers: Timer[] = [clock.setTimer(end, () => { stream.finish(); })];
    if (seconds * 1_000 > bookmarkBeforeEndMs) timers.push(clock.setTimer(end - bookmarkBeforeEndMs, () => { stream.remind(revision() ?? 0n); }));
    this.#cleanups.push(() => { for (const timer of timers) timer.cancel(); });
  }

  #close(): void {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

/** Not from the cache, so without its references. An unreadable value counts as none (B100). */
function changesOf({ revision, events }: StoreBatch<KubeObject>): ChangeBatch {
  const readable = events.filter(({ corrupt, prev }) => !corrupt || prev);
  return new ChangeBatch(revision, readable.map(({ key, type, modRevision, prev, value, corrupt }) => new Change(key, modRevision, prev, type === 'put' && !corrupt ? value : undefined)));
}
