import type { Key } from '../../resource/object.js';
import { alarm, type Alarm } from '../../runtime/clock.js';
import { longLived } from '../../runtime/long-lived.js';
import type { Runtime } from '../../runtime/runtime.js';
import { DeadlineExceeded } from '../errors.js';

/** After its deadline a run that has not settled is reported after this time (R23). */
const stuckMs = 30_000;

export interface RunsInFlightOptions {
  readonly controller: string;
  /** Of each run. */
  readonly timeoutMs: number;
  /** The end of the controller: no timer outlives it. */
  readonly signal: AbortSignal;
  onStuck(key: Key, ageMs: number): void;
}

/**
 * The runs of one controller that have not settled. All have the same time, so one timer does for all: the oldest is
 * the next at its deadline. Rules: R23, R51.
 */
export class RunsInFlight {
  /** In the order of their start. */
  private readonly runs = new Set<RunInFlight>();
  private readonly alarm: Alarm;
  private armedFor = Infinity;

  constructor(private readonly rt: Runtime, private readonly o: RunsInFlightOptions) {
    this.alarm = alarm(rt.clock, o.signal, () => { this.onAlarm(); });
  }

  /** `parent` ends the run early: a stop, or the end of leadership. */
  begin(key: Key, parent: AbortSignal): RunInFlight {
    const startedAt = this.rt.clock.now();
    const run = new RunInFlight(key, startedAt, startedAt + this.o.timeoutMs, parent, (ended) => { this.runs.delete(ended); });
    this.runs.add(run);
    if (this.armedFor === Infinity) this.arm(run.deadlineAt);
    return run;
  }

  /** Age of the oldest run; 0 when there is none. */
  oldestMs(): number {
    for (const { startedAt } of this.runs) return this.rt.clock.now() - startedAt;
    return 0;
  }

  private arm(at: number): void {
    this.armedFor = at;
    this.alarm.set(at === Infinity ? undefined : at);
  }

  private onAlarm(): void {
    const now = this.rt.clock.now();
    let next = Infinity;
    this.armedFor = Infinity;
    for (const run of this.runs) {
      if (now >= run.deadlineAt) run.abort(new DeadlineExceeded(`${this.o.controller} ${run.key}`, this.o.timeoutMs));
      if (now >= run.deadlineAt + stuckMs && !run.isReported) {
        run.isReported = true;
        this.o.onStuck(run.key, now - run.startedAt);
      }
      if (!run.isReported) next = Math.min(next, now < run.deadlineAt ? run.deadlineAt : run.deadlineAt + stuckMs);
    }
    this.arm(next);
  }
}

/** One run until it settles, whatever became of it: its key stays in flight so long (R23). */
export class RunInFlight implements Disposable {
  isReported = false;
  private control: AbortController | undefined;
  private ownReason: Error | undefined;

  constructor(readonly key: Key, readonly startedAt: number, readonly deadlineAt: number, private readonly parent: AbortSignal, private readonly onEnd: (run: RunInFlight) => void) {}

  get isAborted(): boolean {
    return this.ownReason !== undefined || this.parent.aborted;
  }

  /** Why it was aborted. */
  get reason(): unknown {
    return this.ownReason ?? (this.parent.reason as unknown);
  }

  /** Made when it is asked for: most runs of a world at rest need none, and a signal is not cheap. */
  get signal(): AbortSignal {
    if (this.control) return this.control.signal;
    this.control = longLived();
    if (this.isAborted) this.control.abort(this.reason);
    else this.parent.addEventListener('abort', this.follow, { once: true });
    return this.control.signal;
  }

  throwIfAborted(): void {
    if (this.isAborted) throw this.reason;
  }

  /** The first reason counts. */
  abort(reason: Error): void {
    if (this.isAborted) return;
    this.ownReason = reason;
    this.control?.abort(reason);
  }

  [Symbol.dispose](): void {
    this.parent.removeEventListener('abort', this.follow);
    this.onEnd(this);
  }

  private readonly follow = () => { this.control?.abort(this.parent.reason); };
}
