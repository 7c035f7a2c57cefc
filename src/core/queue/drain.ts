import type { DrainReport } from './queue.js';

/** The end of a queue: how far it is, and what is left behind. Rules: Q37–Q40. */
export class Drain<K> {
  finished = 0;
  isAborted = false;
  isOver = false;
  readonly stuck: { readonly key: K; readonly ageMs: number }[] = [];
  private readonly dropped: DrainReport<K>['dropped'][number][] = [];
  private endAt = Infinity;

  constructor(private deadlineAt: number, private readonly graceMs: number) {}

  get wakeAt(): number | undefined {
    return this.isOver ? undefined : this.isAborted ? this.endAt : this.deadlineAt;
  }

  /** A second, earlier deadline wins (Q40). */
  hurry(deadlineAt: number): void {
    this.deadlineAt = Math.min(this.deadlineAt, deadlineAt);
  }

  isDue(now: number): boolean {
    return !this.isAborted && now >= this.deadlineAt;
  }

  /** From here on nothing starts; runs have the grace to end. */
  abort(now: number): void {
    this.isAborted = true;
    this.endAt = now + this.graceMs;
  }

  isOverdue(now: number): boolean {
    return this.isAborted && now >= this.endAt;
  }

  drop(key: K, cause: DrainReport<K>['dropped'][number]['cause']): void {
    this.dropped.push({ key, cause });
  }

  report(): DrainReport<K> {
    return Object.freeze({ finished: this.finished, dropped: this.dropped, stuck: this.stuck });
  }
}
