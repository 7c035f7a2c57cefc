import type { Finish, QueueEffect, QueueInput, Reason } from '../../../src/core/queue/queue.js';

/** One wish that a key runs; a key runs once for all its wishes. */
interface Ask { at: number; priority: number; reasons: readonly Reason[]; force: boolean; order: number }
interface Ready { since: number; order: number }
interface Run { id: number; startedAt: number; priority: number; asks: Ask[]; forgotten: boolean; disowned: boolean }
interface Known { key: string; asks: Ask[]; ready?: Ready | undefined; run?: Run | undefined; failures: number; windowEnd: number; notBefore: number; lastFinish: number; dropped: number }

export interface ModelOptions { concurrency: number; ageing: number; earlyInterval: number; flow: ((key: string) => string) | undefined }

/**
 * The queue as one would explain it: a list of keys, each with its wishes, looked through from end to end at every step.
 * No heap, no line, no cleverness.
 */
export class ModelQueue {
  known: Known[] = [];
  served = new Map<string, number>();
  merged = 0; adds = 0; retries = 0; refused = 0;
  private now = -Infinity;
  private order = 0;
  private runs = 0;
  private arrivals = 0;
  private lastWake: number | undefined;
  private draining: { deadline: number; abortedAt?: number; finished: number; dropped: { key: string; cause: 'delayed' | 'ready' | 'requeue' | 'retry' }[] } | undefined;
  private over = false;
  private effects: QueueEffect<string>[] = [];

  constructor(private readonly o: ModelOptions) {}

  step(input: QueueInput<string>, now: number): readonly QueueEffect<string>[] {
    this.now = Math.max(this.now, now);
    this.effects = [];
    if (this.over) this.refuse('drained', 'key' in input ? input.key : undefined);
    else {
      this.letDueBecomeReady();
      this.apply(input);
      this.letDueBecomeReady();
      this.drainOn();
      this.wake();
      this.forgetIdle();
    }
    return this.effects;
  }

  get depth() { return this.known.filter((k) => k.ready).length; }
  get delayed() { return this.known.filter((k) => !k.ready && k.asks.length > 0).length; }
  get inFlight() { return this.known.filter((k) => k.run).length; }

  private apply(input: QueueInput<string>): void {
    switch (input.type) {
      case 'add': this.add(input.key, input.options ?? {}); break;
      case 'take': for (let i = 0; i < input.n && this.inFlight < this.o.concurrency; i++) this.startNext(); break;
      case 'finish': this.finish(input.key, input.id, input.outcome); break;
      case 'forget': this.forget(input.key); break;
      case 'tick': break;
      case 'setConcurrency': this.o.concurrency = input.concurrency; break;
      case 'clear': this.clear(); break;
      case 'drain': this.drain(input.deadline ?? 30_000, input.ready ?? 'finish'); break;
      case 'abort': this.drain(0, 'finish'); break;
    }
  }

  private refuse(cause: 'QueueMisuse' | 'draining' | 'drained', key: string | undefined) {
    this.refused++;
    this.effects.push({ type: 'refused', cause, key });
  }

  private of(key: string): Known {
    let k = this.known.find((one) => one.key === key);
    if (!k) this.known.push(k = { key, asks: [], failures: 0, windowEnd: -Infinity, notBefore: -Infinity, lastFinish: -Infinity, dropped: 0 });
    return k;
  }

  private add(key: string, o: NonNullable<(QueueInput<string> & { type: 'add' })['options']>): void {
    if (this.draining) { this.refuse('draining', key); return; }
    const k = this.of(key);
    const flow = this.flowOf(k);
    // Never served: before all that were, in the order of arrival.
    if (!this.served.has(flow)) this.served.set(flow, ++this.arrivals - 1_000_000);
    const times = [o.at, o.after === undefined ? undefined : this.now + o.after].filter((t) => t !== undefined);
    const at = Math.max(this.now, times.length === 0 ? this.now : Math.min(...times));
    const ask: Ask = { at, priority: o.priority ?? 0, reasons: o.reasons ?? [], force: o.force ?? false, order: 0 };
    if (k.ready || k.asks.length > 0 || k.run?.asks.length) this.merged++;
    if (k.run) { k.run.asks.push(ask); return; }
    this.wish(k, { ...ask, at: ask.force ? at : this.clamp(k, at) });
  }

  /** Within a backoff window a wish comes true 5 s after the last finish at the earliest, and never later than the window's end. */
  private clamp(k: Known, at: number): number {
    if (k.failures === 0) return at;
    if (at >= k.windowEnd) return Math.max(at, k.notBefore);
    return Math.max(k.notBefore, Math.min(k.windowEnd, Math.max(at, k.lastFinish + this.o.earlyInterval)));
  }

  private wish(k: Known, ask: Ask): void {
    const earliest = Math.min(Infinity, ...k.asks.map((a) => a.at));
    // A wish for the time that is there already, or a later one, does not change the key's place among the delayed.
    ask.order = ask.at < earliest ? ++this.order : Infinity;
    k.asks.push(ask);
    if (!k.ready && ask.at <= this.now) this.becomeReady(k, this.now);
  }

  private becomeReady(k: Known, since: number) {
    k.ready = { since, order: ++this.order };
    this.adds++;
  }

  private letDueBecomeReady(): void {
    const due = this.known.filter((k) => !k.ready && k.asks.length > 0 && this.dueAt(k) <= this.now);
    due.sort((a, b) => this.dueAt(a) - this.dueAt(b) || this.place(a) - this.place(b));
    for (const k of due) this.becomeReady(k, this.dueAt(k));
  }
  private dueAt(k: Known) { return Math.min(...k.asks.map((a) => a.at)); }
  private place(k: Known) { return Math.min(...k.asks.filter((a) => a.at === this.dueAt(k)).map((a) => a.order)); }
  private priorityOf(k: Known) { return Math.max(...k.asks.map((a) => a.priority)); }
  private flowOf(k: Known) { return this.o.flow?.(k.key) ?? ''; }

  private startNext(): void {
    const rank = (k: Known): number[] => {
      const flow = this.flowOf(k);
      const running = this.o.flow ? this.known.filter((one) => one.run && this.flowOf(one) === flow).length : 0;
      const virtualTime = this.o.ageing === Infinity ? -this.priorityOf(k) : (k.ready?.since ?? 0) - this.priorityOf(k) * this.o.ageing;
      return [running, this.o.flow ? this.served.get(flow) ?? 0 : 0, virtualTime, k.ready?.order ?? 0];
    };
    const next = this.known.filter((k) => k.ready).sort((a, b) => compare(rank(a), rank(b)))[0];
    if (!next?.ready) return;
    const reasons: Reason[] = [];
    let dropped = 0;
    for (const reason of next.asks.flatMap((a) => a.reasons)) {
      if (reasons.some((r) => r.source === reason.source && r.detail === reason.detail)) continue;
      if (reasons.length < 16) reasons.push(reason); else dropped++;
    }
    next.run = { id: ++this.runs, startedAt: this.now, priority: this.priorityOf(next), asks: [], forgotten: false, disowned: false };
    this.served.set(this.flowOf(next), this.runs);
    this.effects.push({ type: 'start', run: { key: next.key, id: this.runs, attempt: next.failures, priority: next.run.priority, readySince: next.ready.since, reasons, reasonsDropped: dropped } });
    next.ready = undefined;
    next.asks = [];
  }

  private finish(key: string, id: number, outcome: Finish): void {
    const k = this.known.find((one) => one.key === key);
    const run = k?.run;
    if (!k || !run || run.id !== id) { this.refuse('QueueMisuse', key); return; }
    k.run = undefined;
    if (this.draining) this.draining.finished++;
    if (outcome.type === 'retry') this.retries++;
    if (run.forgotten) this.noFailures(k);
    let next: { at: number; cause: 'requeue' | 'retry'; reason: Reason } | undefined;
    if (!run.disowned) {
      if (outcome.type === 'retry') {
        this.fail(k, outcome.after);
        next = { at: Math.max(k.windowEnd, k.notBefore), cause: 'retry', reason: { source: 'retry', detail: String(k.failures) } };
      } else this.noFailures(k);
      if (outcome.type === 'requeueAfter') next = { at: this.now + outcome.ms, cause: 'requeue', reason: { source: 'requeue' } };
      if (outcome.type === 'requeueAt') next = { at: outcome.at, cause: 'requeue', reason: { source: 'requeue' } };
    }
    const again = run.asks.map((a) => ({ ...a, at: a.force ? a.at : this.clamp(k, Math.max(a.at, this.now)) }));
    const againAt = Math.min(Infinity, ...again.map((a) => a.at));
    if (this.draining && (this.draining.abortedAt !== undefined || againAt > this.now)) {
      if (againAt <= this.now) this.draining.dropped.push({ key, cause: 'ready' });
      else if (next) this.draining.dropped.push({ key, cause: next.cause });
      else if (againAt < Infinity) this.draining.dropped.push({ key, cause: 'delayed' });
      return;
    }
    const asks: Ask[] = again;
    if (next) asks.push({ at: Math.min(next.at, againAt), priority: run.priority, reasons: next.at <= againAt ? [next.reason] : [], force: false, order: 0 });
    if (asks.length === 0) return;
    const at = Math.min(...asks.map((a) => a.at));
    asks.forEach((a) => { a.order = Infinity; });
    k.asks = asks;
    (asks.find((a) => a.at === at) as Ask).order = ++this.order;
    if (at <= this.now) this.becomeReady(k, this.now);
  }

  private noFailures(k: Known) { k.failures = 0; k.windowEnd = -Infinity; k.notBefore = -Infinity; }

  private fail(k: Known, after: number | undefined): void {
    const promised = after === undefined ? -Infinity : this.now + after;
    if (this.now >= k.windowEnd) {
      k.failures++;
      k.windowEnd = Math.max(this.now + Math.min(5 * 2 ** (k.failures - 1), 1_000_000), promised);
      k.notBefore = promised;
    } else k.notBefore = Math.max(k.notBefore, promised);
    k.lastFinish = this.now;
  }

  private forget(key: string): void {
    const k = this.known.find((one) => one.key === key);
    if (!k) return;
    if (k.run) {
      k.run.forgotten = true;
      if (k.run.asks.every((a) => a.at > this.now)) k.run.asks = [];
      return;
    }
    this.noFailures(k);
    if (!k.ready) k.asks = [];
  }

  private clear(): void {
    for (const k of this.known) {
      if (k.run && !k.run.disowned) { k.run.disowned = true; this.effects.push({ type: 'abort', key: k.key }); }
      this.drop(k);
    }
  }

  private drop(k: Known): void {
    if (k.ready || k.run?.asks.length) this.draining?.dropped.push({ key: k.key, cause: 'ready' });
    else if (k.asks.length > 0) this.draining?.dropped.push({ key: k.key, cause: 'delayed' });
    k.ready = undefined;
    k.asks = [];
    if (k.run) k.run.asks = [];
  }

  private drain(deadline: number, ready: 'finish' | 'drop'): void {
    if (this.draining) { this.draining.deadline = Math.min(this.draining.deadline, this.now + deadline); return; }
    this.draining = { deadline: this.now + deadline, finished: 0, dropped: [] };
    for (const k of this.known) if (ready === 'drop' || (!k.ready && !k.run)) this.drop(k);
  }

  private drainOn(): void {
    const d = this.draining;
    if (!d) return;
    if (d.abortedAt === undefined && this.now >= d.deadline) {
      d.abortedAt = this.now;
      for (const k of this.known) {
        if (k.run) this.effects.push({ type: 'abort', key: k.key });
        this.drop(k);
      }
    }
    const timeIsUp = d.abortedAt !== undefined && this.now >= d.abortedAt + 5_000;
    if ((this.depth > 0 || this.inFlight > 0) && !timeIsUp) return;
    const stuck = this.known.filter((k) => k.run).map((k) => ({ key: k.key, ageMs: this.now - (k.run?.startedAt ?? 0) }));
    this.effects.push({ type: 'drained', report: { finished: d.finished, dropped: d.dropped, stuck } });
    this.over = true;
    this.known = [];
  }

  private wake(): void {
    const times = this.known.filter((k) => !k.ready && k.asks.length > 0).map((k) => this.dueAt(k));
    if (this.draining && !this.over) times.push(this.draining.abortedAt === undefined ? this.draining.deadline : this.draining.abortedAt + 5_000);
    const at = times.length === 0 ? undefined : Math.min(...times);
    if (at !== this.lastWake) this.effects.push({ type: 'wakeAt', at });
    this.lastWake = at;
  }

  private forgetIdle(): void {
    this.known = this.known.filter((k) => k.ready || k.run || k.asks.length > 0 || (k.failures > 0 && !this.draining));
    for (const flow of this.served.keys()) {
      if (!this.known.some((k) => this.flowOf(k) === flow && (k.ready || k.run || k.asks.length > 0))) this.served.delete(flow);
    }
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
