import type { DrainReport, Runnable, Running, Term } from '../controller/runnable.js';
import { alarm, type Alarm } from '../runtime/clock.js';
import { SetpointError, toError } from '../runtime/errors.js';
import { printable } from '../runtime/printable.js';
import type { Runtime } from '../runtime/runtime.js';

/** So long after its deadline a part may take to end; queues need 5 s of it (Q39). */
const hungMs = 10_000;

export interface PartReport extends DrainReport {
  /** Something of it may still act: a run that did not end, or all of it. */
  readonly mayAct: boolean;
}

export interface StartedPartOptions {
  readonly part: Runnable;
  readonly leader: boolean;
  readonly running: Running;
  readonly runtime: Runtime;
  /** Ends what the part was lent. */
  release(): Promise<void>;
  onFault(what: string, error: SetpointError): void;
}

/** One part that runs. Whatever it does when it is told to, its end comes. Rules: R40, R45. */
export class StartedPart {
  readonly running: Running;
  readonly part: Runnable;
  readonly leader: boolean;
  private readonly settled = new AbortController();
  private readonly hung: Alarm;
  private hungAt = Infinity;
  private giveUp: () => void = () => undefined;
  private ending: Promise<PartReport> | undefined;
  private isReady = false;

  constructor(private readonly o: StartedPartOptions) {
    this.running = o.running;
    this.part = o.part;
    this.leader = o.leader;
    this.hung = alarm(o.runtime.clock, this.settled.signal, () => { this.giveUp(); });
  }

  /** Resolves when its caches have synced; before that it does not lead (R39). */
  async ready(): Promise<void> {
    await this.running.ready();
    this.isReady = true;
  }

  lead(term: Term): void {
    if (!this.isReady || this.ending) return;
    try {
      this.running.lead(term);
    } catch (error) {
      this.fault('PartFailed', `${this.part.name} failed when it was to lead`, error);
    }
  }

  /** The same report at every call; an earlier deadline hurries it. Never rejects. */
  stop(deadlineMs: number): Promise<PartReport> {
    this.hungAt = Math.min(this.hungAt, this.o.runtime.clock.now() + deadlineMs + hungMs);
    this.hung.set(this.hungAt);
    const asked = this.ask(deadlineMs);
    return (this.ending ??= this.end(asked));
  }

  private async ask(deadlineMs: number): Promise<PartReport> {
    try {
      const report = await this.running.stop({ deadlineMs });
      return { ...report, mayAct: report.stuck.length > 0 };
    } catch (error) {
      this.fault('PartFailed', `${this.part.name} failed when it was to stop`, error);
      return lost;
    }
  }

  private async end(asked: Promise<PartReport>): Promise<PartReport> {
    const late = new Promise<undefined>((resolve) => { this.giveUp = () => { resolve(undefined); }; });
    const work = asked.then(async (report) => { await this.o.release(); return report; });
    const report = await Promise.race([work, late]);
    this.settled.abort();
    if (report) return report;
    this.fault('PartHung', `${this.part.name} has not stopped ${hungMs / 1_000} s after its deadline`, undefined);
    void this.o.release();
    return lost;
  }

  private fault(code: string, message: string, cause: unknown): void {
    const error = new SetpointError(code, cause === undefined ? message : `${message}: ${printable(toError(cause).message)}`, { cause });
    this.o.runtime.log.error('part failed', { part: this.part.name, error: error.message });
    this.o.onFault(code, error);
  }
}

/** Nobody knows what it still does. */
const lost: PartReport = Object.freeze({ drained: 0, dropped: [], stuck: [], mayAct: true });
