import { alarm } from '../runtime/clock.js';
import { Aborted, SetpointError, toError } from '../runtime/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import type { DrainReport, Finish, QueueCore, QueueEffect, QueueInput, QueueOptions, Run, WorkQueue } from './queue.js';
import { createQueueCore } from './step.js';
import { unreachable } from '../runtime/assert.js';

/** The shell steps and starts for at most this long before it lets other work of the process run (Q43). */
const turnMs = 10;

export interface WorkQueueOptions<K> extends QueueOptions<K> {
  /** Does the work of one run. What it throws is a `retry` with that error. `signal` asks it to end early. */
  run(run: Run<K>, signal: AbortSignal): Promise<Finish>;
}

/**
 * A work queue that owns the single timer and the runs. Keys added in one turn of the event loop are ordered together
 * and start at its end.
 *
 * Rules: Q4, Q43, and through the core Q1–Q45.
 * @throws ConfigError for options out of range, all of them at once.
 */
export function workQueue<K>(o: WorkQueueOptions<K>, rt: Runtime): WorkQueue<K> {
  return new Shell(o, rt, createQueueCore<K>({ seed: rt.random.seed, ...o }));
}

class Shell<K> implements WorkQueue<K> {
  private readonly idOf: (key: K) => unknown;
  private readonly aborts = new Map<unknown, AbortController>();
  private readonly end = new AbortController();
  private readonly timer;
  private wakeAt: number | undefined;
  private pumping = false;
  private turnSince: number | undefined;
  private overtime = false;
  private abortReason: Error | undefined;
  private settle: (report: DrainReport<K>) => void = () => undefined;
  private readonly drained = new Promise<DrainReport<K>>((resolve) => { this.settle = resolve; });

  constructor(private readonly o: WorkQueueOptions<K>, private readonly rt: Runtime, private readonly core: QueueCore<K>) {
    this.idOf = o.keyOf ?? ((key) => key);
    this.timer = alarm(rt.clock, this.end.signal, () => { this.onTimer(); });
  }

  add(key: K, options?: Parameters<WorkQueue<K>['add']>[1]): boolean {
    return this.feed({ type: 'add', key, options });
  }

  addAll(keys: Iterable<K>, options?: Parameters<WorkQueue<K>['add']>[1]): number {
    let accepted = 0;
    for (const key of keys) if (this.feed({ type: 'add', key, options })) accepted++;
    return accepted;
  }

  forget(key: K): void {
    this.feed({ type: 'forget', key });
  }

  setConcurrency(concurrency: number): void {
    this.feed({ type: 'setConcurrency', concurrency });
  }

  clear(reason: Error): void {
    this.abortReason = reason;
    this.feed({ type: 'clear' });
    this.abortReason = undefined;
  }

  drain(o: Parameters<WorkQueue<K>['drain']>[0] = {}): Promise<DrainReport<K>> {
    this.feed({ type: 'drain', ...o });
    return this.drained;
  }

  abort(): Promise<DrainReport<K>> {
    this.feed({ type: 'abort' });
    return this.drained;
  }

  get depth() { return this.core.depth; }
  get delayed() { return this.core.delayed; }
  get inFlight() { return this.core.inFlight; }

  snapshot() {
    this.feed({ type: 'tick' });
    return this.core.snapshot();
  }

  metrics() {
    this.feed({ type: 'tick' });
    return this.core.metrics();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  /** True unless the input was refused. */
  private feed(input: QueueInput<K>): boolean {
    const effects = this.core.step(input, this.rt.clock.now());
    let accepted = true;
    for (const effect of effects) {
      if (effect.type === 'refused') accepted = false;
      this.perform(effect);
    }
    if (this.core.depth > 0) this.pump();
    return accepted;
  }

  private perform(effect: QueueEffect<K>): void {
    switch (effect.type) {
      case 'start': void this.start(effect.run); break;
      case 'wakeAt': this.wakeAt = effect.at; this.timer.set(effect.at); break;
      case 'abort': this.aborts.get(this.idOf(effect.key))?.abort(this.abortReason ?? new Aborted(`the run of ${String(this.idOf(effect.key))} in queue ${this.o.name}`)); break;
      case 'drained': this.end.abort(); this.aborts.clear(); this.settle(effect.report); break;
      case 'refused': break;
      default: unreachable(effect);
    }
  }

  private onTimer(): void {
    const asked = this.wakeAt;
    this.feed({ type: 'tick' });
    // An early timer changed nothing in the core, so it asks for no other one (Q5).
    if (asked !== undefined && this.wakeAt === asked && this.rt.clock.now() < asked) this.timer.set(asked);
  }

  /** Starts what may start, once at the end of the present turn. */
  private pump(): void {
    if (this.pumping || this.overtime) return;
    this.pumping = true;
    void Promise.resolve().then(() => {
      this.pumping = false;
      if (this.turnIsOver()) return;
      for (const effect of this.core.step({ type: 'take', n: Infinity }, this.rt.clock.now())) this.perform(effect);
    });
  }

  /** Runs that end at once would otherwise keep the event loop in microtasks for ever. */
  private turnIsOver(): boolean {
    const now = this.rt.clock.now();
    if (this.turnSince === undefined) {
      this.turnSince = now;
      void this.rt.clock.yield().then(() => {
        this.turnSince = undefined;
        if (!this.overtime) return;
        this.overtime = false;
        this.pump();
      });
    }
    this.overtime = now - this.turnSince > turnMs;
    return this.overtime;
  }

  private async start(run: Run<K>): Promise<void> {
    const id = this.idOf(run.key);
    const control = new AbortController();
    this.aborts.set(id, control);
    let outcome: Finish;
    try {
      outcome = await this.o.run(run, control.signal);
    } catch (error) {
      outcome = { type: 'retry', error: toError(error) };
    }
    // After `drained` another run may not exist, but this one may still end.
    if (this.aborts.get(id) === control) this.aborts.delete(id);
    try {
      this.feed({ type: 'finish', key: run.key, id: run.id, outcome });
    } catch (error) {
      const wrong = new SetpointError('InvalidOutcome', `a run in queue ${this.o.name} ended with no valid outcome`, { cause: error });
      this.feed({ type: 'finish', key: run.key, id: run.id, outcome: { type: 'retry', error: wrong } });
    }
  }
}
