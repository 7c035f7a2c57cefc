import { Aborted, Disposed } from '../runtime/errors.js';
import type { Clock, Timer } from '../runtime/clock.js';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** The error when the time is up. */
  readonly late: () => Error;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly end: (error?: Error) => void;
}

/** Those who wait until something is true of a cache. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();
  private ended = false;

  constructor(private readonly clock: Clock, private readonly what: string) {}

  /** Resolves when `isMet`; asked now and after each `check()`. */
  wait(isMet: () => boolean, o: WaitOptions): Promise<void> {
    if (this.ended) return Promise.reject(new Disposed(this.what));
    if (o.signal?.aborted) return Promise.reject(new Aborted(`waiting for ${this.what}`, { cause: o.signal.reason }));
    if (isMet()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const onAbort = () => { waiter.end(new Aborted(`waiting for ${this.what}`, { cause: o.signal?.reason })); };
      const waiter: Waiter = {
        isMet,
        end: (error) => {
          this.waiting.delete(waiter);
          timer?.cancel();
          o.signal?.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve();
        },
      };
      if (Number.isFinite(o.timeoutMs)) timer = this.clock.setTimer(this.clock.now() + o.timeoutMs, () => { waiter.end(o.late()); });
      o.signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waiter);
    });
  }

  check(): void {
    if (this.waiting.size === 0) return;
    for (const waiter of [...this.waiting]) if (waiter.isMet()) waiter.end();
  }

  dispose(): void {
    this.ended = true;
    for (const waiter of [...this.waiting]) waiter.end(new Disposed(this.what));
  }

  get size(): number { return this.waiting.size; }
}
