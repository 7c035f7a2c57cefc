import type { WatchEvent } from '../core/api/api.js';
import type { Clock, Timer } from '../core/runtime/clock.js';
import { toError } from '../core/runtime/errors.js';
import type { FaultPlan } from './faults.js';
import type { Life } from './life.js';
import type { Trace } from './trace.js';

export interface RemoteWatchPorts {
  open(signal: AbortSignal): AsyncIterable<readonly WatchEvent[]>;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  readonly life: Life;
  readonly trace: Trace;
  readonly faults: FaultPlan | undefined;
  readonly site: string;
  latencyMs(): number;
  onOpen(watch: RemoteWatch): void;
  onClose(watch: RemoteWatch): void;
}

type Item = { readonly type: 'events'; readonly events: readonly WatchEvent[] } | { readonly type: 'end' } | { readonly type: 'error'; readonly error: Error };
type Step = IteratorResult<readonly WatchEvent[]>;
interface Pending { item: Item; at: number }

/** A watch over a connection: events come in order, each after its latency or a fault's delay. Rules: M8, M24. */
export class RemoteWatch implements AsyncIterator<readonly WatchEvent[]> {
  private readonly control = new AbortController();
  private readonly underway: Pending[] = [];
  private readonly arrived: Item[] = [];
  private waiting: { resolve(step: Step): void; reject(error: Error): void } | undefined;
  private timer: Timer | undefined;
  private isOpen = false;
  private isClosed = false;
  private readonly onAbort = () => { this.close(); };

  constructor(private readonly ports: RemoteWatchPorts) {}

  /** Whether some news has been sent and not yet been taken; bookmarks alone are none. */
  get hasNews(): boolean {
    return this.arrived.length > 0 || this.underway.some(({ item }) => !isBookmark(item));
  }

  next(): Promise<Step> {
    const { life } = this.ports;
    if (!life.alive) return new Promise(() => undefined);
    if (!this.isOpen) this.begin();
    const item = this.arrived.shift();
    if (item) return settle(item);
    if (this.isClosed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => { this.waiting = { resolve, reject }; });
  }

  return(): Promise<Step> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Delays are over: what was held back comes now, in order. */
  heal(): void {
    const now = this.ports.clock.now();
    for (const pending of this.underway) pending.at = Math.min(pending.at, now + 1);
    this.arm();
  }

  private begin(): void {
    const { life, signal } = this.ports;
    this.isOpen = true;
    if (signal?.aborted) { this.isClosed = true; return; }
    life.watches++;
    this.ports.onOpen(this);
    life.atEnd(() => { this.control.abort(); this.timer?.cancel(); });
    signal?.addEventListener('abort', this.onAbort, { once: true });
    this.ports.clock.setTimer(this.ports.clock.now() + this.ports.latencyMs(), () => { if (!this.isClosed && life.alive) void this.pump(); });
  }

  private async pump(): Promise<void> {
    try {
      for await (const events of this.ports.open(this.control.signal)) this.send({ type: 'events', events });
      this.send({ type: 'end' });
    } catch (error) {
      this.send({ type: 'error', error: toError(error) });
    }
  }

  private send(item: Item): void {
    if (this.isClosed || !this.ports.life.alive) return;
    const { clock, faults, site } = this.ports;
    const last = this.underway.at(-1);
    // Of bookmarks on the way only the newest says something.
    if (last && isBookmark(item) && isBookmark(last.item)) { last.item = item; return; }
    const isDelayed = item.type === 'events' && !isBookmark(item) && (faults?.hit('event.delay', site) ?? false);
    const delayMs = isDelayed ? faults?.durationMs('event.delay') ?? 0 : 0;
    if (isDelayed) {
      faults?.noteObserved('event.delay');
      this.ports.trace.add(clock.now(), `! event.delay ${site} ${delayMs.toFixed(0)} ms`);
    }
    this.underway.push({ item, at: Math.max(last?.at ?? 0, clock.now() + this.ports.latencyMs() + delayMs) });
    if (this.underway.length === 1) this.arm();
  }

  private arm(): void {
    this.timer?.cancel();
    const [first] = this.underway;
    this.timer = first && this.ports.clock.setTimer(first.at, () => { this.deliver(); });
  }

  private deliver(): void {
    const { life, clock, faults, site } = this.ports;
    if (!life.alive || this.isClosed) return;
    if (faults?.hit('crash', site)) { life.crash(`at ${site}`); return; }
    while (this.underway[0] && this.underway[0].at <= clock.now()) this.arrive(this.underway.shift()?.item);
    this.arm();
  }

  private arrive(item: Item | undefined): void {
    if (!item) return;
    if (item.type !== 'events') this.shut();
    const { waiting } = this;
    this.waiting = undefined;
    if (!waiting) { this.arrived.push(item); return; }
    settle(item).then((step) => { waiting.resolve(step); }, (error: unknown) => { waiting.reject(error as Error); });
  }

  private close(): void {
    this.control.abort();
    this.shut();
    this.underway.length = 0;
    this.arrived.length = 0;
    this.waiting?.resolve({ done: true, value: undefined });
    this.waiting = undefined;
  }

  private shut(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.timer?.cancel();
    this.ports.signal?.removeEventListener('abort', this.onAbort);
    if (!this.isOpen) return;
    this.ports.life.watches--;
    this.ports.onClose(this);
  }
}

function settle(item: Item): Promise<Step> {
  switch (item.type) {
    case 'events': return Promise.resolve({ done: false, value: item.events });
    case 'end': return Promise.resolve({ done: true, value: undefined });
    case 'error': return Promise.reject(item.error);
  }
}

function isBookmark(item: Item): boolean {
  return item.type === 'events' && item.events.every((event) => event.type === 'BOOKMARK');
}
