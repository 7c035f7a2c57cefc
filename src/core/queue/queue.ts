import type { Metric } from '../runtime/metrics.js';

/** Why a key is to run (Q12). */
export interface Reason {
  readonly source: string;
  readonly detail?: string;
}

/** The names of priorities that setpoint itself uses; any integer from −1000 to 1000 is one (Q10). */
export const priorities = Object.freeze({ initial: -100, normal: 0, urgent: 100 });

export interface AddOptions {
  /** −1000 … 1000, default 0; one point is worth `ageing` milliseconds of waiting (Q13). */
  readonly priority?: number;
  /** Not before this many milliseconds from now. */
  readonly after?: number;
  /** Not before this monotonic time in milliseconds; the past is now. */
  readonly at?: number;
  readonly reasons?: readonly Reason[];
  /** Ready whatever the backoff window; the failure count stays (Q33). */
  readonly force?: boolean;
}

/** How a run ended (Q24). Times in milliseconds; `at` is monotonic. */
export type Finish =
  /** Nothing more to do until somebody adds the key again. */
  | { readonly type: 'done' }
  | { readonly type: 'requeueAfter'; readonly ms: number }
  | { readonly type: 'requeueAt'; readonly at: number }
  /** Failed; again after the backoff, and not before `after` (a server's Retry-After, Q30). */
  | { readonly type: 'retry'; readonly error: unknown; readonly after?: number }
  /** Failed for good: not again until somebody adds the key (Q34). */
  | { readonly type: 'terminal'; readonly error: unknown };

/** One start→finish of one key. */
export interface Run<K> {
  readonly key: K;
  /** Unique in this queue; `finish` names it, so that an old run cannot end a new one (Q23). */
  readonly id: number;
  /** Failures in a row before this run; 0 for a first one. */
  readonly attempt: number;
  readonly priority: number;
  /** Monotonic milliseconds at which the key became ready. */
  readonly readySince: number;
  readonly reasons: readonly Reason[];
  /** Reasons beyond the 16 that are kept (Q12). */
  readonly reasonsDropped: number;
}

export type QueueInput<K> =
  | { readonly type: 'add'; readonly key: K; readonly options?: AddOptions | undefined }
  /** Start up to `n` keys, as far as concurrency allows (Q21). */
  | { readonly type: 'take'; readonly n: number }
  | { readonly type: 'finish'; readonly key: K; readonly id: number; readonly outcome: Finish }
  | { readonly type: 'forget'; readonly key: K }
  | { readonly type: 'tick' }
  /** 0 pauses: adds go on merging, nothing starts (R43). */
  | { readonly type: 'setConcurrency'; readonly concurrency: number }
  /** Empties the queue and aborts the runs, whose outcomes then count for nothing; failure counts stay (R48). */
  | { readonly type: 'clear' }
  /** No more adds; ends when nothing is ready or in flight, or `grace` after the deadline (Q37–Q39). */
  | ({ readonly type: 'drain' } & DrainOptions)
  /** A drain whose deadline is now (Q40). */
  | { readonly type: 'abort' };

export interface DrainOptions {
  /** Milliseconds from now until runs are aborted; default 30,000. */
  readonly deadline?: number;
  /** Whether keys that are ready still run (the default) or are dropped. */
  readonly ready?: 'finish' | 'drop';
}

/** Why an input changed nothing: misuse, or the queue takes no more. */
export type Refusal = 'QueueMisuse' | 'draining' | 'drained';

export type QueueEffect<K> =
  | { readonly type: 'start'; readonly run: Run<K> }
  /** Feed a `tick` at this time; undefined: no tick is needed. Replaces what was asked before (Q4). */
  | { readonly type: 'wakeAt'; readonly at: number | undefined }
  /** Tell the run of this key to end. */
  | { readonly type: 'abort'; readonly key: K }
  | { readonly type: 'drained'; readonly report: DrainReport<K> }
  | { readonly type: 'refused'; readonly cause: Refusal; readonly key: K | undefined };

/** What a drain leaves behind. */
export interface DrainReport<K> {
  /** Runs that ended since the drain began. */
  readonly finished: number;
  /** Keys that somebody asked to run and that will not: waiting, not started in time, or asked for by their own run's end. */
  readonly dropped: readonly { readonly key: K; readonly cause: 'delayed' | 'ready' | 'requeue' | 'retry' }[];
  /** Runs that did not end in deadline and grace. */
  readonly stuck: readonly { readonly key: K; readonly ageMs: number }[];
}

export interface BackoffOptions {
  /** Milliseconds after a first failure; default 5. */
  readonly baseDelay?: number;
  /** Default 1,000,000 ms. */
  readonly maxDelay?: number;
  /** Default 2. */
  readonly factor?: number;
  /** 0 … 1: the share of a delay that chance may take away; default 0 (Q29). */
  readonly jitter?: number;
  /** A key in backoff that is added runs this long after its last end at the earliest; default 5,000 ms (Q31). */
  readonly earlyInterval?: number;
}

export interface QueueOptions<K> {
  readonly name: string;
  /** Needed where keys are no strings. */
  readonly keyOf?: (key: K) => string;
  /** Runs at one time; default 8. */
  readonly concurrency?: number;
  /** Milliseconds of waiting that one point of priority is worth; default 100. Infinity: strict priority; 0: none (Q15). */
  readonly ageing?: number;
  /** Keys of one flow share its turns, so that a long flow does not keep a short one waiting (Q16). */
  readonly flow?: (key: K) => string;
  readonly backoff?: BackoffOptions;
  /** Milliseconds after a drain's deadline until it ends with runs that are stuck; default 5,000. */
  readonly grace?: number;
  /** Seed of the jitter; the shell takes it from its runtime. */
  readonly seed?: number;
}

/** One key as `snapshot()` shows it. */
export interface QueueEntry<K> {
  readonly key: K;
  /** `again`: in flight, and to run once more after that. `failed`: only its failures are remembered. */
  readonly state: 'ready' | 'delayed' | 'inFlight' | 'again' | 'failed';
  readonly priority: number;
  /** When it became or becomes ready; for a key in flight when its run became ready. */
  readonly readyAt: number;
  readonly failures: number;
  readonly reasons: readonly Reason[];
  readonly reasonsDropped: number;
  /** Since the entry was made, or for a key in flight since the run started. */
  readonly ageMs: number;
}

export interface QueueSnapshot<K> {
  readonly name: string;
  readonly phase: 'open' | 'draining' | 'drained';
  readonly depth: number;
  readonly delayed: number;
  readonly inFlight: number;
  readonly concurrency: number;
  readonly adds: number;
  readonly merged: number;
  readonly retries: number;
  readonly refused: number;
  readonly entries: readonly QueueEntry<K>[];
}

/** Which key runs next, when, and why. Pure: the same inputs with the same times give the same effects (Q1). */
export interface QueueCore<K> {
  /**
   * `now` is monotonic milliseconds; one smaller than the largest seen counts as that (Q2).
   * @throws RangeError for a priority, time or concurrency out of range; nothing has changed then (Q10, Q26).
   */
  step(input: QueueInput<K>, now: number): readonly QueueEffect<K>[];
  /** As of the last step. */
  snapshot(): QueueSnapshot<K>;
  /** Names and meaning of client-go's (Q44), computed from state as of the last step (Q45). */
  metrics(): readonly Metric[];
  /** Keys that are ready. */
  readonly depth: number;
  readonly delayed: number;
  readonly inFlight: number;
  /** Slots that the lines hold for entries that moved on; see Q42. */
  readonly deadSlots: number;
}

/** The queue with its clock, timer and runs. */
export interface WorkQueue<K> extends AsyncDisposable {
  /** False when it was refused because the queue is draining. */
  add(key: K, o?: AddOptions): boolean;
  /** How many were accepted. */
  addAll(keys: Iterable<K>, o?: AddOptions): number;
  forget(key: K): void;
  /** 0 pauses (R43). What is in flight goes on. */
  setConcurrency(concurrency: number): void;
  /** Empties the queue; runs in flight abort with `reason`, and their outcomes count for nothing. Failure counts stay (R48). */
  clear(reason: Error): void;
  /** The same report at every call; see `DrainOptions`. */
  drain(o?: DrainOptions): Promise<DrainReport<K>>;
  /** Aborts what runs and drains; at most `grace` later it resolves (Q40). */
  abort(): Promise<DrainReport<K>>;
  readonly depth: number;
  readonly delayed: number;
  readonly inFlight: number;
  snapshot(): QueueSnapshot<K>;
  metrics(): readonly Metric[];
}
