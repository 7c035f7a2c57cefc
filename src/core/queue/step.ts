import { unreachable } from '../runtime/assert.js';
import type { Metric } from '../runtime/metrics.js';
import { afterFailure, earliest, retryAt, type Backoff } from './backoff.js';
import { Drain } from './drain.js';
import { addReasons, createEntry, reasonsOf, wantNothing, type Entry } from './entry.js';
import { Line } from './line.js';
import { describeEntry, QueueFigures } from './metrics.js';
import { isConcurrency, isDelay, settingsOf, type QueueSettings } from './options.js';
import type { AddOptions, Finish, QueueCore, QueueEffect, QueueInput, QueueOptions, QueueSnapshot, Refusal, Reason } from './queue.js';
import { Turns } from './turns.js';

/**
 * The work queue as a step function. Rules: Q1–Q45.
 * @throws ConfigError for options out of range, all of them at once.
 */
export function createQueueCore<K>(o: QueueOptions<K>): QueueCore<K> {
  return new Core(o, settingsOf(o));
}

const noEffects: readonly never[] = Object.freeze([]);

class Core<K> implements QueueCore<K> {
  private readonly entries = new Map<unknown, Entry<K>>();
  /** Failures of keys that `clear` took out of the queue. */
  private readonly failed = new Map<unknown, { readonly key: K; readonly backoff: Backoff }>();
  private readonly stamps = { last: 0 };
  private readonly turns: Turns<K>;
  private readonly delays = new Line<Entry<K>>();
  private readonly figures = new QueueFigures();
  private drain: Drain<K> | undefined;
  private effects: QueueEffect<K>[] | undefined;
  private concurrency: number;
  private running = 0;
  private now = -Infinity;
  private runs = 0;
  private sequence = 0;
  private wakeAt: number | undefined;

  constructor(private readonly o: QueueOptions<K>, private readonly settings: QueueSettings) {
    this.concurrency = settings.concurrency;
    this.turns = new Turns(o.flow, settings.ageing, this.stamps);
  }

  get depth(): number { return this.turns.depth; }
  get delayed(): number { return this.delays.size; }
  get inFlight(): number { return this.running; }
  get deadSlots(): number { return this.delays.dead + this.turns.deadSlots; }

  step(input: QueueInput<K>, now: number): readonly QueueEffect<K>[] {
    check(input);
    if (now > this.now) this.now = now;
    this.effects = undefined;
    if (this.drain?.isOver) this.refuse('drained', 'key' in input ? input.key : undefined);
    else {
      this.promote();
      this.apply(input);
      if (this.drain !== undefined) this.advanceDrain(this.drain);
      this.askForWake();
    }
    return this.effects ?? noEffects;
  }

  snapshot(): QueueSnapshot<K> {
    const { adds, merged, retries, refused } = this.figures;
    const entries = [...this.entries.values()].map((entry) => describeEntry(entry, this.now));
    const failed = [...this.failed.values()].map(({ key, backoff }) => ({
      key, state: 'failed' as const, priority: 0, readyAt: retryAt(backoff), failures: backoff.failures, reasons: [], reasonsDropped: 0, ageMs: this.now - backoff.lastFinish,
    }));
    return {
      name: this.o.name, phase: this.drain === undefined ? 'open' : this.drain.isOver ? 'drained' : 'draining',
      depth: this.depth, delayed: this.delayed, inFlight: this.running, concurrency: this.concurrency,
      adds, merged, retries, refused, entries: [...entries, ...failed],
    };
  }

  metrics(): readonly Metric[] {
    return this.figures.metrics(this.snapshot());
  }

  private apply(input: QueueInput<K>): void {
    switch (input.type) {
      case 'add': this.add(input.key, input.options); break;
      case 'take': this.take(input.n); break;
      case 'finish': this.finish(input.key, input.id, input.outcome); break;
      case 'forget': this.forget(input.key); break;
      case 'tick': break; // every step does what time asks for
      case 'setConcurrency': this.concurrency = input.concurrency; break;
      case 'clear': this.clear(); break;
      case 'drain': this.beginDrain(input.deadline ?? 30_000, input.ready ?? 'finish'); break;
      case 'abort': this.beginDrain(0, 'finish'); break;
      default: unreachable(input);
    }
  }

  private emit(effect: QueueEffect<K>): void {
    (this.effects ??= []).push(effect);
  }

  private refuse(cause: Refusal, key: K | undefined): void {
    this.figures.refused++;
    this.emit({ type: 'refused', cause, key });
  }

  private idOf(key: K): unknown {
    return this.o.keyOf === undefined ? key : this.o.keyOf(key);
  }

  // What comes in.

  private add(key: K, options: AddOptions | undefined): void {
    if (this.drain !== undefined) {
      this.refuse('draining', key);
      return;
    }
    const id = this.idOf(key);
    const entry = this.entries.get(id) ?? this.enter(key, id);
    const asked = options === undefined ? this.now : askedTime(options, this.now);
    const force = options?.force === true;
    if (entry.wants === 'nothing') {
      entry.priority = options?.priority ?? 0;
      entry.since = this.now;
    } else {
      this.figures.merged++;
      this.raise(entry, options?.priority ?? 0);
    }
    addReasons(entry, options?.reasons);
    if (entry.runId !== 0) this.askAgain(entry, asked, force);
    else this.place(entry, entry.backoff === undefined || force ? asked : earliest(entry.backoff, asked, this.settings.backoff.earlyInterval));
  }

  private enter(key: K, id: unknown): Entry<K> {
    const entry = createEntry(key, id, this.turns.enter(key));
    this.entries.set(id, entry);
    if (this.failed.size > 0) {
      entry.backoff = this.failed.get(id)?.backoff;
      this.failed.delete(id);
    }
    return entry;
  }

  /** The key is neither wanted nor in flight: the queue keeps nothing of it but failures that `clear` left (Q25). */
  private leave(entry: Entry<K>): void {
    this.entries.delete(entry.id);
    this.turns.leave(entry.flow);
    if (entry.backoff !== undefined && this.drain === undefined) this.failed.set(entry.id, { key: entry.key, backoff: entry.backoff });
  }

  private raise(entry: Entry<K>, priority: number): void {
    if (priority <= entry.priority) return;
    const isInLine = entry.wants === 'ready';
    if (isInLine) this.turns.remove(entry);
    entry.priority = priority;
    if (isInLine) this.turns.push(entry);
  }

  /** An add during the run (Q19, Q20). Whether it is early within a window is known when the run has ended. */
  private askAgain(entry: Entry<K>, asked: number, force: boolean): void {
    if (entry.wants === 'nothing') {
      entry.wants = 'again';
      entry.at = Infinity;
      entry.forcedAt = Infinity;
    }
    if (force) entry.forcedAt = Math.min(entry.forcedAt, asked);
    else entry.at = Math.min(entry.at, asked);
  }

  /** Ready or delayed, whichever comes first of `at` and what was there (Q6–Q8). */
  private place(entry: Entry<K>, at: number): void {
    if (entry.wants === 'ready' || (entry.wants === 'delayed' && at >= entry.at)) return;
    if (entry.wants === 'delayed') this.delays.remove(entry);
    if (at <= this.now) {
      this.becomeReady(entry, this.now);
      return;
    }
    entry.wants = 'delayed';
    entry.at = at;
    this.delays.push(entry, at, ++this.sequence, ++this.stamps.last);
  }

  private becomeReady(entry: Entry<K>, at: number): void {
    entry.wants = 'ready';
    entry.at = at;
    entry.sequence = ++this.sequence;
    this.figures.adds++;
    this.turns.push(entry);
  }

  /** What is due becomes ready as of its due time, in that order (Q5). */
  private promote(): void {
    while (this.delays.size > 0) {
      const entry = this.delays.peek();
      if (entry === undefined || entry.at > this.now) return;
      this.delays.pop();
      this.becomeReady(entry, entry.at);
    }
  }

  private forget(key: K): void {
    const id = this.idOf(key);
    this.failed.delete(id);
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    if (entry.runId !== 0) {
      entry.forgotten = true;
      if (entry.wants === 'again' && Math.min(entry.at, entry.forcedAt) > this.now) wantNothing(entry);
      return;
    }
    entry.backoff = undefined;
    if (entry.wants === 'delayed') this.unwant(entry);
  }

  /** Takes the entry out of its line, and out of the queue when it is not in flight. */
  private unwant(entry: Entry<K>): void {
    if (entry.wants === 'ready') this.turns.remove(entry);
    else if (entry.wants === 'delayed') this.delays.remove(entry);
    wantNothing(entry);
    if (entry.runId === 0) this.leave(entry);
  }

  private clear(): void {
    for (const entry of [...this.entries.values()]) {
      if (entry.runId !== 0 && !entry.disowned) {
        entry.disowned = true;
        this.emit({ type: 'abort', key: entry.key });
      }
      if (entry.wants !== 'nothing') this.drop(entry);
    }
  }

  // What runs.

  private take(n: number): void {
    for (let room = Math.min(n, this.concurrency - this.running); room > 0; room--) {
      const entry = this.turns.pop();
      if (entry === undefined) return;
      this.start(entry);
    }
  }

  private start(entry: Entry<K>): void {
    entry.runId = ++this.runs;
    entry.runPriority = entry.priority;
    entry.runReadyAt = entry.at;
    entry.startedAt = this.now;
    this.running++;
    this.figures.started(this.now - entry.at);
    this.emit({ type: 'start', run: {
      key: entry.key, id: entry.runId, attempt: entry.backoff?.failures ?? 0, priority: entry.priority, readySince: entry.at,
      reasons: reasonsOf(entry), reasonsDropped: entry.reasonsDropped,
    } });
    wantNothing(entry);
  }

  private finish(key: K, id: number, outcome: Finish): void {
    const entry = this.entries.get(this.idOf(key));
    if (entry === undefined || entry.runId !== id || id === 0) {
      this.refuse('QueueMisuse', key);
      return;
    }
    this.running--;
    entry.runId = 0;
    this.turns.finished(entry.flow);
    this.figures.finished(this.now - entry.startedAt, outcome);
    if (this.drain !== undefined) this.drain.finished++;
    if (entry.forgotten) entry.backoff = undefined;
    const next = entry.disowned ? undefined : this.judge(entry, outcome);
    entry.forgotten = false;
    entry.disowned = false;
    this.goOn(entry, next);
  }

  /** What the outcome asks for; failures are counted here. */
  private judge(entry: Entry<K>, outcome: Finish): Next | undefined {
    if (outcome.type !== 'retry') entry.backoff = undefined;
    switch (outcome.type) {
      case 'done':
      case 'terminal': return undefined;
      case 'requeueAfter': return { at: this.now + outcome.ms, cause: 'requeue', reason: requeued };
      case 'requeueAt': return { at: outcome.at, cause: 'requeue', reason: requeued };
      case 'retry': {
        entry.backoff = afterFailure(entry.backoff, outcome.after, entry.id, this.now, this.settings.backoff);
        return { at: retryAt(entry.backoff), cause: 'retry', reason: { source: 'retry', detail: String(entry.backoff.failures) } };
      }
      default: return unreachable(outcome);
    }
  }

  /** After a run: what was asked for during it, and what it asks for itself, merge as adds do (Q19, Q27, Q31). */
  private goOn(entry: Entry<K>, next: Next | undefined): void {
    let at = Infinity;
    if (entry.wants === 'again') {
      at = Math.min(entry.forcedAt, entry.backoff === undefined ? entry.at : earliest(entry.backoff, Math.max(entry.at, this.now), this.settings.backoff.earlyInterval));
      if (next !== undefined) entry.priority = Math.max(entry.priority, entry.runPriority);
    } else if (next !== undefined) {
      entry.priority = entry.runPriority;
      entry.since = this.now;
    }
    if (this.drain !== undefined && (this.drain.isAborted || at > this.now)) {
      if (at <= this.now) this.drain.drop(entry.key, 'ready');
      else if (next !== undefined) this.drain.drop(entry.key, next.cause);
      else if (at < Infinity) this.drain.drop(entry.key, 'delayed');
      this.unwant(entry);
      return;
    }
    if (next !== undefined && next.at <= at) {
      addReasons(entry, [next.reason]);
      at = next.at;
    }
    entry.wants = 'nothing';
    entry.forcedAt = Infinity;
    if (at === Infinity) this.leave(entry);
    else this.place(entry, at);
  }

  // The end, and time.

  private beginDrain(deadlineMs: number, ready: 'finish' | 'drop'): void {
    if (this.drain !== undefined) {
      this.drain.hurry(this.now + deadlineMs);
      return;
    }
    this.drain = new Drain(this.now + deadlineMs, this.settings.graceMs);
    this.failed.clear();
    for (const entry of [...this.entries.values()]) {
      if (entry.wants === 'delayed' || (ready === 'drop' && entry.wants !== 'nothing')) this.drop(entry);
    }
  }

  /** Takes away what the key wants; a drain lists it. */
  private drop(entry: Entry<K>): void {
    this.drain?.drop(entry.key, entry.wants === 'delayed' ? 'delayed' : 'ready');
    this.unwant(entry);
  }

  private advanceDrain(drain: Drain<K>): void {
    if (drain.isDue(this.now)) {
      drain.abort(this.now);
      for (const entry of [...this.entries.values()]) {
        if (entry.runId !== 0) this.emit({ type: 'abort', key: entry.key });
        if (entry.wants !== 'nothing') this.drop(entry);
      }
    }
    if (this.running > 0 || this.depth > 0) {
      if (!drain.isOverdue(this.now)) return;
      for (const entry of this.entries.values()) drain.stuck.push({ key: entry.key, ageMs: this.now - entry.startedAt });
      this.entries.clear();
      this.running = 0;
    }
    drain.isOver = true;
    this.emit({ type: 'drained', report: drain.report() });
  }

  private askForWake(): void {
    const at = this.drain !== undefined ? this.drain.wakeAt : this.delays.size === 0 ? undefined : this.delays.peek()?.at;
    if (at === this.wakeAt) return;
    this.wakeAt = at;
    this.emit({ type: 'wakeAt', at });
  }
}

/** What a run's outcome asks for. */
interface Next {
  readonly at: number;
  readonly cause: 'requeue' | 'retry';
  readonly reason: Reason;
}

const requeued: Reason = Object.freeze({ source: 'requeue' });

function askedTime(options: AddOptions, now: number): number {
  if (options.after === undefined && options.at === undefined) return now;
  return Math.max(now, Math.min(options.at ?? Infinity, options.after === undefined ? Infinity : now + options.after));
}

/** Before anything changes (Q10, Q26). */
function check<K>(input: QueueInput<K>): void {
  switch (input.type) {
    case 'add': if (input.options !== undefined) checkAdd(input.options); break;
    case 'finish': checkOutcome(input.outcome); break;
    case 'setConcurrency': if (!isConcurrency(input.concurrency)) throw new RangeError(`concurrency ${String(input.concurrency)} is not a whole number ≥ 0 or Infinity`); break;
    case 'take': if (!isConcurrency(input.n)) throw new RangeError(`cannot take ${String(input.n)} keys`); break;
    case 'drain': if (input.deadline !== undefined && !isDelay(input.deadline)) throw new RangeError(`deadline ${String(input.deadline)} ms is not a finite number ≥ 0`); break;
    default:
  }
}

function checkAdd({ priority, after, at }: AddOptions): void {
  if (priority !== undefined && !(Number.isInteger(priority) && priority >= -1_000 && priority <= 1_000)) throw new RangeError(`priority ${String(priority)} is not a whole number from -1000 to 1000`);
  if (after !== undefined && !isDelay(after)) throw new RangeError(`after ${String(after)} ms is not a finite number ≥ 0`);
  if (at !== undefined && !Number.isFinite(at)) throw new RangeError(`at ${String(at)} is not a finite time`);
}

function checkOutcome(outcome: Finish): void {
  switch (outcome.type) {
    case 'done':
    case 'terminal': break;
    case 'requeueAfter': if (!isDelay(outcome.ms)) throw new RangeError(`requeueAfter ${String(outcome.ms)} ms is not a finite number ≥ 0`); break;
    case 'requeueAt': if (!Number.isFinite(outcome.at)) throw new RangeError(`requeueAt ${String(outcome.at)} is not a finite time`); break;
    case 'retry': if (outcome.after !== undefined && !isDelay(outcome.after)) throw new RangeError(`retry after ${String(outcome.after)} ms is not a finite number ≥ 0`); break;
    default: unreachable(outcome);
  }
}
