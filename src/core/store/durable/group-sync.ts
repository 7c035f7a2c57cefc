import { alarm, type Alarm, type Clock } from '../../runtime/clock.js';

/** When a write is acknowledged: after a sync shared with its neighbours, one of its own, or none (S64). */
export type SyncPolicy = 'group' | 'each' | 'off';

/** How long a group waits for company. */
const windowMs = 2;

export interface GroupSyncOptions {
  readonly policy: SyncPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  sync(): Promise<void>;
  /** So many records more are safe now. */
  onSynced(records: number): void;
}

interface Waiter {
  readonly mark: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Gathers what is written into groups that share one sync. While a sync runs, the next group forms. A group is closed
 * 2 ms after its first record, or as soon as it is as large as the one before: writers that come one at a time are not
 * made to wait for company that did not come last time either. Rules: S64, S70.
 */
export class GroupSync {
  readonly #options: GroupSyncOptions;
  readonly #alarm: Alarm;
  #written = 0;
  #synced = 0;
  #expected = 1;
  /** When the first record of the group that forms was written. */
  #openedAtMs = 0;
  /** Where the group that forms begins. */
  #from = 0;
  #running = false;
  #onFull: (() => void) | undefined;
  #failure: Error | undefined;
  readonly #waiters: Waiter[] = [];

  constructor(options: GroupSyncOptions) {
    this.#options = options;
    this.#alarm = alarm(options.clock, options.signal, () => this.#onFull?.());
  }

  /** How many records were written in all. */
  get written(): number {
    return this.#written;
  }

  /** Why nothing is written any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** A record was written. */
  add(): void {
    if (this.#written++ === this.#from) this.#openedAtMs = this.#options.clock.now();
    if (this.#options.policy === 'off') { this.advance(this.#written); return; }
    if (this.#onFull && this.#written - this.#from >= this.#expected) this.#onFull();
    if (!this.#running) {
      this.#running = true;
      void this.#run();
    }
  }

  /** Resolves when all that was written until now is safe; undefined: it is. */
  settled(): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#synced === this.#written) return undefined;
    return new Promise((resolve, reject) => { this.#waiters.push({ mark: this.#written, resolve, reject }); });
  }

  /** Everything up to this record is safe. */
  advance(mark: number): void {
    if (mark <= this.#synced) return;
    const records = mark - this.#synced;
    this.#synced = mark;
    const count = this.#waiters.findIndex((waiter) => waiter.mark > mark);
    for (const waiter of this.#waiters.splice(0, count < 0 ? this.#waiters.length : count)) waiter.resolve();
    this.#options.onSynced(records);
  }

  /** Nothing more becomes safe. */
  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#onFull?.();
  }

  async #run(): Promise<void> {
    while (this.#synced < this.#written && !this.#failure) {
      if (this.#options.policy === 'group') await this.#gather();
      const upTo = this.#options.policy === 'each' ? this.#synced + 1 : this.#written;
      this.#expected = upTo - this.#synced;
      this.#from = upTo;
      try {
        if (!this.#failure) await this.#options.sync();
        if (!this.#failure) this.advance(upTo);
      } catch (error) {
        this.fail(error as Error);
      }
    }
    this.#from = this.#written;
    this.#running = false;
  }

  async #gather(): Promise<void> {
    const { clock } = this.#options;
    // All that the turn of an acknowledgement brings forth belongs to one group.
    await clock.yield();
    const dueAtMs = this.#openedAtMs + windowMs;
    if (this.#failure || this.#written - this.#from >= this.#expected || clock.now() >= dueAtMs) return;
    await new Promise<void>((resolve) => {
      this.#onFull = resolve;
      this.#alarm.set(dueAtMs);
    });
    this.#onFull = undefined;
    this.#alarm.set(undefined);
  }
}
