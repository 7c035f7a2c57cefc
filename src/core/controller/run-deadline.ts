import type { Runtime } from '../runtime/runtime.js';
import { controllerDefaults } from './options.js';
import { DeadlineExceeded } from './errors.js';

/** The signal of one run, which aborts at its deadline or with the queue's. */
export interface RunDeadline extends Disposable {
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * Aborts at the deadline; a run that has not settled some time later is reported as stuck. The key stays in flight
 * until its promise settles, so that there are never two runs of it. Rule: R23.
 */
export function runDeadline(rt: Runtime, o: { readonly what: string; readonly timeoutMs: number; readonly parent: AbortSignal; readonly onStuck: (ageMs: number) => void }): RunDeadline {
  const control = new AbortController();
  const startedAt = rt.clock.now();
  const at = startedAt + o.timeoutMs;
  let timer = rt.clock.setTimer(at, () => {
    control.abort(new DeadlineExceeded(o.what, o.timeoutMs));
    timer = rt.clock.setTimer(rt.clock.now() + controllerDefaults.stuckMs, () => { o.onStuck(rt.clock.now() - startedAt); });
  });
  // A stop or the end of a term reports its own stuck runs; no timer may outlive it.
  const follow = () => { timer.cancel(); control.abort(o.parent.reason); };
  if (o.parent.aborted) follow();
  else o.parent.addEventListener('abort', follow, { once: true });
  return {
    signal: control.signal,
    at,
    [Symbol.dispose]() {
      timer.cancel();
      o.parent.removeEventListener('abort', follow);
    },
  };
}
