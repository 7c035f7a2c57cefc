import { keyedRandom } from '../../../src/core/runtime/random.js';
import { Clock } from '../../../src/core/runtime/clock.js';
import { Random } from '../../../src/core/runtime/random.js';
import { provide } from '../../../src/core/runtime/token.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';
import type { App } from '../../../src/core/manager/app.js';
import { makeRun } from '../../../src/core/manager/run.js';
import type { RunOptions } from '../../../src/core/manager/run-options.js';
import type { Runnable } from '../../../src/core/controller/runnable.js';

/** An app in memory under a virtual clock. */
export interface World extends AsyncDisposable {
  readonly app: App;
  readonly clock: VirtualClock;
  /** Settles, moving time only as far as back-offs need. */
  settled(): Promise<void>;
}

const run = makeRun(() => []);

export async function world(parts: readonly Runnable[], options: RunOptions = {}): Promise<World> {
  const clock = virtualClock();
  const app = await run(...parts, { ...options, services: [...(options.services ?? []), provide(Clock, clock), provide(Random, keyedRandom(1))] });
  const settled = async () => {
    let isDone = false;
    const waiting = app.settled().finally(() => { isDone = true; });
    waiting.catch(() => undefined);
    for (;;) {
      await clock.quiet();
      if (isDone) break;
      await clock.step();
    }
    await waiting;
  };
  return {
    app, clock, settled,
    async [Symbol.asyncDispose]() {
      let isDone = false;
      const stopping = app.stop().finally(() => { isDone = true; });
      for (;;) {
        await clock.quiet();
        if (isDone) break;
        await clock.step();
      }
      await stopping;
    },
  };
}
