import { SetpointError } from '../core/runtime/errors.js';
import type { VirtualClock } from '../core/runtime/virtual-clock.js';

/**
 * Lets virtual time run until the promise has settled, and no further.
 * @throws SetpointError `NothingDue` when nothing is left that could settle it
 */
export async function driveTo<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => { settled = true; };
  promise.then(settle, settle);
  for (;;) {
    await clock.quiet();
    if (settled) return promise;
    if (!(await clock.step())) break;
  }
  await clock.quiet();
  if (settled) return promise;
  throw new SetpointError('NothingDue', 'the promise did not settle, and no timer is set that could settle it', {
    hint: 'something waits for real time or for work outside the process; put it behind a token and provide a value under test',
  });
}
