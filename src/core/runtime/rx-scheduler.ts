import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import type { Clock, Timer } from './clock.js';

/** rxjs' operators on our clock, so that time in a pipeline is the app's time (M6). */
export function rxScheduler(clock: Clock): SchedulerLike {
  return {
    now: () => clock.wall(),
    schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T) => new ClockAction<T>(clock, work).schedule(state, delay),
  };
}

class ClockAction<T> extends Subscription implements SchedulerAction<T> {
  private timer: Timer | undefined;

  constructor(private readonly clock: Clock, private readonly work: (this: SchedulerAction<T>, state: T) => void) {
    super(() => { this.timer?.cancel(); });
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.timer?.cancel();
    // rxjs declares the state optional and hands it over as T: it is undefined exactly where T allows it.
    this.timer = this.clock.setTimer(this.clock.now() + delay, () => { this.timer = undefined; this.work.call(this, state as T); });
    return this;
  }
}
