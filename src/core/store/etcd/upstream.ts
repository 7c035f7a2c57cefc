import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { sleep } from '../../runtime/clock.js';
import { toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Compacted, PermissionDenied, Reset, Unavailable } from '../errors.js';
import type { Codec, Revision } from '../store.js';
import { Channel, type RingLimits } from '../watch/channel.js';
import type { Consumer, ConsumerOptions, Fill } from '../watch/consumer.js';
import type { Calls } from './calls.js';
import type { Header, WireInterval } from './messages.js';
import { methods } from './methods.js';
import { decodeBatch, rawBatch, RawRing, type RawBatch } from './raw-ring.js';
import type { WatchRequest, WatchResponse, WireEvent } from './watch-messages.js';

export interface UpstreamOptions<V> extends WireInterval {
  readonly after: Revision;
  readonly calls: Calls;
  readonly codec: Codec<V>;
  readonly runtime: Runtime;
  readonly ring: RingLimits;
  /** The server answers when asked how far it is (S81). */
  readonly progress: boolean;
  /** Throws StoreRolledBack when the store has less history than was seen (S37), Compacted when not all from there on is left (S82). */
  checkHistory(position: Revision, signal: AbortSignal): Promise<void>;
  /** Told of the header of each answer. */
  onHeader(header: Header): void;
  /** Nobody listens any more, or it ended. */
  onStopped(): void;
}

const shortestPauseMs = 50;
const longestPauseMs = 2_000;
const askEveryMs = 100;
const fillBatches = 1_000;

/** One watcher at the server, repaired when it breaks, shared by all consumers of its interval. Rules: S27–S43, S77, S78. */
export class Upstream<V> {
  readonly #options: UpstreamOptions<V>;
  readonly #ring: RawRing<V>;
  readonly #channels = new Map<string, Channel<V>>();
  readonly #stopping = new AbortController();
  #position: Revision;
  #stream: ClientDuplexStream<WatchRequest, WatchResponse> | undefined;
  #fragments: WireEvent[] = [];
  /** Somebody waits for this revision. */
  #wanted: Revision = 0n;
  #asking = false;
  #failures = 0;

  constructor(options: UpstreamOptions<V>) {
    this.#options = options;
    this.#position = options.after;
    this.#ring = new RawRing<V>(options.after, options.ring);
  }

  /** True when a consumer that starts after this revision misses nothing here. */
  covers(after: Revision): boolean {
    return !this.#stopping.signal.aborted && after >= this.#ring.start;
  }

  join(prefix: string, options: ConsumerOptions<V>): Consumer<V> {
    let channel = this.#channels.get(prefix);
    if (!channel) {
      channel = new Channel<V>({
        prefix, after: this.#position, ring: this.#options.ring,
        onIdle: () => {
          this.#channels.delete(prefix);
          if (this.#channels.size === 0) this.#stop();
        },
        onAsked: (revision) => { this.#ask(revision); },
      });
      this.#channels.set(prefix, channel);
    }
    return channel.join(options.after < this.#position ? { ...options, fill: this.#fillOf(prefix) } : options);
  }

  #fillOf(prefix: string): Fill<V> {
    return (after, upTo) => {
      if (after < this.#ring.start) throw new Reset('slow', after);
      const batches = [];
      for (const raw of this.#ring.after(after)) {
        if (raw.revision > upTo) break;
        const batch = decodeBatch(raw, prefix, this.#options.codec);
        if (batch) batches.push(batch);
        if (batches.length === fillBatches) return { batches, upTo: raw.revision };
      }
      return { batches, upTo };
    };
  }

  /** Opens the stream, and again whenever it breaks, until nobody listens (S36). */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, random, log } = this.#options.runtime;
    while (!signal.aborted) {
      const fault = await this.#follow(signal).catch((error: unknown) => toError(error));
      if (signal.aborted) return;
      if (!(fault instanceof Unavailable)) {
        this.#end(fault);
        return;
      }
      const pauseMs = (0.5 + random.next('store.etcd.watch') / 2) * Math.min(longestPauseMs, shortestPauseMs * 2 ** this.#failures++);
      log.debug('the watch is repaired', { reason: fault.message, pauseMs });
      await sleep(clock, pauseMs, signal).catch(() => { /* stopped: the loop ends */ });
    }
  }

  /** One stream from its start to its end; answers why it ended. */
  async #follow(signal: AbortSignal): Promise<Error> {
    await this.#options.checkHistory(this.#position, signal);
    const { endpoint, stream } = await this.#options.calls.stream(methods.watch, signal);
    this.#fragments = [];
    this.#stream = stream;
    try {
      return await new Promise<Error>((resolve) => {
        const cancel = () => { stream.cancel(); };
        signal.addEventListener('abort', cancel, { once: true });
        stream.on('data', (response: WatchResponse) => {
          const fault = this.#receive(response);
          if (fault) { resolve(fault); cancel(); }
        });
        // The status says the same and comes in any case.
        stream.on('error', () => {});
        stream.on('status', (status: StatusObject) => {
          signal.removeEventListener('abort', cancel);
          resolve(this.#options.calls.streamFault('watch', status, endpoint));
        });
        const { key, rangeEnd } = this.#options;
        stream.write({ type: 'create', key, rangeEnd, startRevision: this.#position + 1n });
        if (signal.aborted) cancel();
      });
    } finally {
      this.#stream = undefined;
    }
  }

  /** Answers why the watch cannot go on like this, if so. */
  #receive(response: WatchResponse): Error | undefined {
    this.#options.onHeader(response.header);
    if (response.canceled) return canceled(response);
    if (response.created) {
      if (this.#wanted > this.#position) this.#ask(this.#wanted);
      return undefined;
    }
    this.#failures = 0;
    this.#fragments.push(...response.events);
    // Nothing is delivered before the last fragment is here (S77).
    if (response.fragment) return undefined;
    const events = this.#fragments;
    this.#fragments = [];
    if (events.length === 0) this.#progress(response.header.revision);
    else this.#deliver(events);
    for (const channel of [...this.#channels.values()]) channel.wake();
    return undefined;
  }

  #deliver(events: readonly WireEvent[]): void {
    for (let i = 0; i < events.length;) {
      const revision = revisionOf(events[i]);
      let end = i + 1;
      while (end < events.length && revisionOf(events[end]) === revision) end++;
      // Some servers repeat events after a reconnect (S78).
      if (revision > this.#position) this.#publish(rawBatch<V>(revision, events.slice(i, end)));
      i = end;
    }
  }

  #publish(raw: RawBatch<V>): void {
    this.#position = raw.revision;
    this.#ring.push(raw);
    for (const channel of this.#channels.values()) {
      const batch = decodeBatch(raw, channel.prefix, this.#options.codec);
      if (batch) channel.publish(batch, raw.sizeBytes, raw.prevLost);
      else channel.progress(raw.revision);
    }
  }

  #progress(revision: Revision): void {
    if (revision < this.#position) return;
    this.#position = revision;
    for (const channel of this.#channels.values()) channel.progress(revision);
  }

  /** Asks how far the server is, at most once per 100 ms however many want to know, until it is far enough (S34). */
  #ask(revision: Revision): void {
    if (revision > this.#wanted) this.#wanted = revision;
    if (!this.#options.progress || this.#asking || this.#wanted <= this.#position || !this.#stream) return;
    this.#asking = true;
    this.#stream.write({ type: 'progress' });
    const { clock } = this.#options.runtime;
    void sleep(clock, askEveryMs, this.#stopping.signal).then(() => {
      this.#asking = false;
      this.#ask(this.#wanted);
    }, () => { /* stopped: nobody waits any more */ });
  }

  #stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#options.onStopped();
  }

  /** Ends every consumer with this error. */
  #end(error: Error): void {
    for (const channel of [...this.#channels.values()]) channel.end(error);
    this.#stop();
  }
}

function revisionOf(event: WireEvent | undefined): Revision {
  return event?.kv?.modRevision ?? 0n;
}

function canceled({ compactRevision, cancelReason }: WatchResponse): Error {
  if (compactRevision > 0n) return new Compacted(compactRevision);
  if (cancelReason.includes('permission denied')) return new PermissionDenied();
  return new Unavailable(cancelReason === '' ? 'the watch was canceled' : cancelReason);
}
