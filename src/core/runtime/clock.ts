import { token } from './token.js';

/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. `now` never goes back and counts from an arbitrary start; `wall` is what people read
 * and may jump. All intervals are measured with `now` (L7).
 */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970, UTC. */
  wall(): number;
  /** Calls `fire` once at monotonic time `at`, or as soon as possible when that has passed. Never inside this call. */
  setTimer(at: number, fire: () => void): Timer;
  /** Lets other work of the process run before it resolves (Q43). */
  yield(): Promise<void>;
}
/** Asks for the app's clock: `.inject(Clock)`. Always bound. */
export const Clock = token<Clock>('Clock');

/** One timer that is set again and again; setting replaces, `undefined` clears. Gone when `signal` aborts. */
export interface Alarm {
  set(at: number | undefined): void;
}

export function alarm(clock: Clock, signal: AbortSignal, fire: () => void): Alarm {
  let timer: Timer | undefined;
  const clear = () => { timer?.cancel(); timer = undefined; };
  signal.addEventListener('abort', clear, { once: true });
  return {
    set(at) {
      clear();
      if (at === undefined || signal.aborted) return;
      timer = clock.setTimer(at, () => { timer = undefined; fire(); });
    },
  };
}

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) { reject(signal.reason as Error); return; }
    const onAbort = () => { timer.cancel(); reject(signal?.reason as Error); };
    const timer = clock.setTimer(clock.now() + ms, () => { signal?.removeEventListener('abort', onAbort); resolve(); });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** RFC 3339 in whole seconds, as metadata has it (A14). */
export function timestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with microseconds, as leases and events have it (L1). */
export function microTimestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 23)}000Z`;
}

/** Node's timers overflow beyond 2^31 − 1 ms and then fire at once; longer waits are split (Q4, B81). */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. `speed: 20` lets time run 20 times as fast, for demonstrations: one virtual second takes 50 ms. */
export function systemClock(options: { readonly speed?: number } = {}): Clock {
  const speed = options.speed ?? 1;
  const startNow = performance.now();
  const startWall = Date.now();
  const now = () => startNow + (performance.now() - startNow) * speed;
  return {
    now,
    wall: () => (speed === 1 ? Date.now() : startWall + (performance.now() - startNow) * speed),
    setTimer(at, fire) {
      let handle: NodeJS.Timeout;
      const arm = () => {
        const waitMs = Math.max(0, (at - now()) / speed);
        handle = waitMs > longestTimerMs ? setTimeout(arm, longestTimerMs) : setTimeout(due, Math.ceil(waitMs));
      };
      // A timer may fire up to a millisecond early; the promise is "not before".
      const due = () => { if (now() < at) arm(); else fire(); };
      arm();
      return { cancel: () => { clearTimeout(handle); } };
    },
    yield: () => new Promise((resolve) => { setImmediate(resolve); }),
  };
}

/** Milliseconds since 1970 of an RFC 3339 time; NaN when it is none. */
export function parseTimestamp(text: string): number {
  return Date.parse(text);
}
