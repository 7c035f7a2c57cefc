import type { Clock, Timer } from '../core/runtime/clock.js';

/** One life of a process: from its start to its crash or stop. What belongs to a dead one never happens (M17). */
export class Life {
  alive = true;
  timers = 0;
  requests = 0;
  watches = 0;
  private readonly onEnd: (() => void)[] = [];

  constructor(private readonly onCrash: (where: string) => void) {}

  crash(where: string): void {
    if (!this.alive) return;
    this.end();
    this.onCrash(where);
  }

  /** No more timers, answers or events. */
  end(): void {
    this.alive = false;
    for (const each of this.onEnd.splice(0)) each();
  }

  atEnd(fire: () => void): void {
    this.onEnd.push(fire);
  }
}

/** The world's clock as one life sees it. */
export function clockOf(life: Life, clock: Clock): Clock {
  return {
    now: clock.now,
    wall: clock.wall,
    setTimer(at, fire): Timer {
      if (!life.alive) return { cancel: () => undefined };
      life.timers++;
      let isSet = true;
      const timer = clock.setTimer(at, () => {
        if (isSet) life.timers--;
        isSet = false;
        if (life.alive) fire();
      });
      return { cancel: () => { if (isSet) life.timers--; isSet = false; timer.cancel(); } };
    },
    yield: () => (life.alive ? clock.yield() : new Promise(() => undefined)),
  };
}
