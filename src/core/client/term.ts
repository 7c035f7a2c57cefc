import type { Epoch, Key } from '../resource/object.js';

/** One uninterrupted leadership, or the whole life of an app without election. */
export interface Term {
  readonly epoch: Epoch | undefined;
  readonly lease: Key | undefined;
  /** Aborts when authority ends. */
  readonly signal: AbortSignal;
  /** The clock is read at the call (L25). */
  readonly valid: boolean;
}

/** What is known of who leads; for display. Only `term.valid` answers whether to act (L25). */
export interface Leadership {
  readonly state: 'candidate' | 'leading' | 'standby';
  /** As last observed. */
  readonly holder?: string;
  readonly epoch?: Epoch;
  /** Monotonic milliseconds at which authority ended if it were not renewed, as of this value. */
  readonly until?: number;
  /** Monotonic milliseconds of the last change of state. */
  readonly since: number;
  /** Whether the store refuses writes of older terms (L24). */
  readonly fencing: 'store' | 'none';
}
