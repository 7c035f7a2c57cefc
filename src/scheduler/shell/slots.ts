/** So many at a time; the rest wait in order. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(public limit: number) {}

  async take(): Promise<void> {
    if (this.#taken < this.limit) {
      this.#taken++;
      return;
    }
    await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
  }

  /** Hands the slot on, unless the limit was lowered. */
  give(): void {
    const next = this.#taken <= this.limit ? this.#waiting.shift() : undefined;
    if (next) next();
    else this.#taken--;
  }
}
