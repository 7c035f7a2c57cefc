import type { KubeObject } from '../resource/object.js';

export type EventType = 'Normal' | 'Warning';

/** Occurrences of one thing that are told as one event. Times of day are milliseconds since 1970. */
export interface EventSeries {
  readonly object: KubeObject;
  readonly type: EventType;
  readonly reason: string;
  /** The newest one; of a collapsed series it changes. */
  message: string;
  /** Name of the event object once it was written. */
  name: string | undefined;
  count: number;
  readonly firstMs: number;
  lastMs: number;
  /** Occurrences that were written so far. */
  written: number;
  /** Monotonic: when the next write may be made. */
  dueAt: number;
  seenAt: number;
}

export type Noted =
  /** There is something to write, at `dueAt` of the series. */
  | 'pending'
  /** The object has told too much already (R37). */
  | 'limited'
  /** Too much waits to be written. */
  | 'overflow';

/** The numbers of client-go's event recorder (R37). */
const limits = Object.freeze({
  seriesMs: 6 * 60_000, writeEveryMs: 10_000,
  messages: 10, messagesMs: 10 * 60_000,
  burst: 25, refillMs: 5 * 60_000,
  backlog: 1_000, messageCharacters: 1_024,
});

interface Bucket { tokens: number; since: number }

/**
 * What is to be written as events, and when: equal occurrences become one series, many alike are collapsed, and an
 * object that tells too much is cut short. Pure: time comes in with each call. Rule: R37.
 */
export class EventLedger {
  readonly #series = new Map<string, EventSeries>();
  readonly #messages = new Map<string, Map<string, number>>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #waiting = new Set<EventSeries>();
  #sweptAt = 0;

  note(object: KubeObject, type: EventType, reason: string, text: string, now: number, wallMs: number): Noted {
    this.#sweep(now);
    if (!this.#take(object.metadata.uid, now)) return 'limited';
    const message = text.slice(0, limits.messageCharacters);
    const kindOfIt = [object.metadata.uid, type, reason].join('\n');
    const collapsed = this.#isCollapsed(kindOfIt, message, now);
    const key = collapsed ? kindOfIt : `${kindOfIt}\n${message}`;
    const told = collapsed ? `(combined from similar events): ${message}`.slice(0, limits.messageCharacters) : message;
    const known = this.#series.get(key);
    if (known && now - known.seenAt < limits.seriesMs) {
      Object.assign(known, { message: told, count: known.count + 1, lastMs: wallMs, seenAt: now });
      return this.#wait(known);
    }
    const made: EventSeries = { object, type, reason, message: told, name: undefined, count: 1, firstMs: wallMs, lastMs: wallMs, written: 0, dueAt: now, seenAt: now };
    const noted = this.#wait(made);
    if (noted === 'pending') this.#series.set(key, made);
    return noted;
  }

  /** The series to write now, which the caller writes and then tells of by `wrote`. */
  take(now: number): EventSeries | undefined {
    for (const series of this.#waiting) {
      if (series.dueAt > now) continue;
      this.#waiting.delete(series);
      return series;
    }
    return undefined;
  }

  /** `count` occurrences are told; the next ones wait a while, so that a busy series costs few writes. */
  wrote(series: EventSeries, name: string, count: number, now: number): void {
    series.name = name;
    series.written = count;
    series.dueAt = now + limits.writeEveryMs;
    if (series.count > count) this.#waiting.add(series);
  }

  get nextDueAt(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.#waiting) if (next === undefined || dueAt < next) next = dueAt;
    return next;
  }

  #wait(series: EventSeries): Noted {
    if (!this.#waiting.has(series) && this.#waiting.size >= limits.backlog) return 'overflow';
    this.#waiting.add(series);
    return 'pending';
  }

  #take(object: string, now: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: limits.burst, since: now };
    this.#buckets.set(object, bucket);
    const refilled = Math.floor((now - bucket.since) / limits.refillMs);
    if (refilled > 0) {
      bucket.tokens = Math.min(limits.burst, bucket.tokens + refilled);
      bucket.since += refilled * limits.refillMs;
    }
    if (bucket.tokens === 0) return false;
    bucket.tokens--;
    return true;
  }

  #isCollapsed(kindOfIt: string, message: string, now: number): boolean {
    const known = this.#messages.get(kindOfIt) ?? new Map<string, number>();
    this.#messages.set(kindOfIt, known);
    for (const [text, at] of known) if (now - at >= limits.messagesMs) known.delete(text);
    // One more than the limit is enough to know; a flood must not fill the memory.
    if (known.size <= limits.messages || known.has(message)) known.set(message, now);
    return known.size > limits.messages;
  }

  /** Forgets what can no longer matter, once a minute at most. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < 60_000) return;
    this.#sweptAt = now;
    for (const [key, series] of this.#series) if (now - series.seenAt >= limits.seriesMs && !this.#waiting.has(series)) this.#series.delete(key);
    for (const [key, known] of this.#messages) if ([...known.values()].every((at) => now - at >= limits.messagesMs)) this.#messages.delete(key);
    for (const [object, { tokens, since }] of this.#buckets) if (now - since >= (limits.burst - tokens) * limits.refillMs) this.#buckets.delete(object);
  }
}
