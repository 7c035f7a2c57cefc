import { systemClock, type Clock } from './clock.js';
import { silent, type Logger } from './logger.js';
import { systemRandom, type Random } from './random.js';

/** Everything that is not a function of its inputs comes in through this one value. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export function systemRuntime(options: Partial<Runtime> = {}): Runtime {
  return { clock: options.clock ?? systemClock(), random: options.random ?? systemRandom(), log: options.log ?? silent };
}
