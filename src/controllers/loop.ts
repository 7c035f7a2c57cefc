import {
  Aborted, priorities, runnable, SetpointError, toError, withFields, workQueue,
  type AddOptions, type AnyKind, type DrainReport, type Finish, type InformerSubscription, type Key, type Metric, type QueueRun, type Runnable, type RunnableContext, type Running, type Term, type WorkQueue,
} from '../core/index.js';

/** What a loop's work is given. */
export interface LoopContext extends RunnableContext {
  /** Has the key run, once for all adds until it starts. */
  add(key: string, o?: AddOptions): void;
}

/** What one start of a loop does. */
export interface LoopWork {
  /** All that has to have synced before the first run. */
  readonly subscriptions: readonly InformerSubscription[];
  /** The keys to begin with, at each beginning of a term. */
  initial(): Iterable<string>;
  /** Brings the world to what one key asks for. A number is the monotonic time at which to look again. */
  run(key: string, signal: AbortSignal): Promise<number | undefined>;
  /** Ends what the work started besides its subscriptions. */
  close?(): void | Promise<void>;
}

export interface LoopHandle {
  readonly queued: number;
  readonly inFlight: number;
}

export interface LoopOptions {
  readonly name: string;
  readonly kinds: readonly AnyKind[];
  /** Keys in flight at one time. */
  readonly concurrency: number;
  start(context: LoopContext): LoopWork;
}

/**
 * A controller whose state is its own for each start, which `controller()` does not have: a queue of keys, filled by
 * subscriptions, that runs while it leads. Failures are tried again after the queue's backoff. Rules: C8, C12.
 */
export function loop(o: LoopOptions): Runnable<LoopHandle> {
  return runnable<LoopHandle>({ name: o.name, kinds: o.kinds, start: (context) => new Loop(o, context) });
}

class Loop implements Running<LoopHandle> {
  readonly handle: LoopHandle;
  private readonly queue: WorkQueue<string>;
  private readonly work: LoopWork;
  private leading = false;

  constructor(private readonly o: LoopOptions, private readonly context: RunnableContext) {
    const log = withFields(context.log, { controller: o.name });
    this.queue = workQueue<string>({ name: o.name, concurrency: 0, run: (run, signal) => this.runKey(run, signal) }, context);
    const { queue } = this;
    this.handle = { get queued() { return queue.depth + queue.delayed; }, get inFlight() { return queue.inFlight; } };
    this.work = o.start({ ...context, log, add: (key, options) => { this.queue.add(key, options); } });
  }

  async ready(): Promise<void> {
    await Promise.all(this.work.subscriptions.map((subscription) => subscription.synced()));
  }

  lead(term: Term): void {
    if (term.signal.aborted) return;
    this.leading = true;
    this.queue.addAll(this.work.initial(), { priority: priorities.initial, reasons: [{ source: 'initial' }] });
    this.queue.setConcurrency(this.o.concurrency);
    term.signal.addEventListener('abort', () => {
      this.leading = false;
      this.queue.setConcurrency(0);
      this.queue.clear(new Aborted(`the term of ${this.o.name}`));
    }, { once: true });
  }

  busy(): boolean {
    if (this.queue.depth > 0 || this.queue.inFlight > 0) return this.leading;
    // Times that the work asked for do not count, the backoff of a failure does.
    return this.queue.delayed > 0 && this.queue.snapshot().entries.some(({ state, failures }) => state === 'delayed' && failures > 0);
  }

  async stop({ deadlineMs }: { readonly deadlineMs: number }): Promise<DrainReport> {
    for (const subscription of this.work.subscriptions) subscription.unsubscribe();
    const report = await this.queue.drain({ deadline: deadlineMs, ready: this.leading ? 'finish' : 'drop' });
    await this.work.close?.();
    // The keys of these loops are object keys, or names made for them.
    return { drained: report.finished, dropped: report.dropped.map(({ key }) => key as Key), stuck: report.stuck.map(({ key }) => key as Key) };
  }

  metrics(): readonly Metric[] {
    return this.queue.metrics();
  }

  private async runKey({ key, attempt, reasons }: QueueRun<string>, signal: AbortSignal): Promise<Finish> {
    const startedAt = this.context.clock.now();
    try {
      const at = await this.work.run(key, signal);
      this.context.emit({ type: 'reconciled', controller: this.o.name, key: key as Key, durationMs: this.context.clock.now() - startedAt, reasons });
      return at === undefined ? { type: 'done' } : { type: 'requeueAt', at };
    } catch (thrown) {
      const cause = toError(thrown);
      if (signal.aborted) return { type: 'retry', error: cause };
      const error = cause instanceof SetpointError ? cause : new SetpointError('ReconcileFailed', `${this.o.name} ${key}: ${cause.message}`, { cause });
      this.context.log.warn('reconcile failed', { controller: this.o.name, key, attempt, error: error.message });
      this.context.emit({ type: 'reconcileFailed', controller: this.o.name, key: key as Key, error, attempt });
      return { type: 'retry', error };
    }
  }
}
