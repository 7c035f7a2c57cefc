/** Failed attempts in a row after which a plugin is left alone, and for how long. Rule: K115. */
const failuresToOpen = 5;
const firstOpenMs = 10_000;
const longestOpenMs = 300_000;

/** Keeps a plugin that only fails from being called for every pod. Times are monotonic milliseconds. */
export class Circuit {
  #failures = 0;
  #openMs = firstOpenMs;
  #openUntil = -Infinity;

  /** While open, `onFailure` applies without a call. */
  isOpen(now: number): boolean {
    return now < this.#openUntil;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openMs = firstOpenMs;
  }

  /** After the pause the first failure opens it again, for twice as long. */
  failed(now: number): void {
    if (++this.#failures < failuresToOpen) return;
    this.#openUntil = now + this.#openMs;
    this.#openMs = Math.min(this.#openMs * 2, longestOpenMs);
  }
}
