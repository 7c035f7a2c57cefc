import { Namespace, systemClock, type Client, type Clock } from '../../index.js';

/** How long the api takes to answer, measured by asking it for the newest state of one object, again and again. */
export interface Probe extends AsyncDisposable {
  /** 0 before the first answer. */
  p99Ms(): number;
}

/** Twice a second of the run's clock. */
const everyMs = 500;

export function probe(client: Client, clock: Clock): Probe {
  const wall = systemClock();
  const samples: number[] = [];
  const end = new AbortController();
  let asking: Promise<void> = Promise.resolve();
  const ask = async () => {
    const sentAt = wall.now();
    try {
      await client.get(Namespace, 'default', { signal: end.signal });
      samples.push(wall.now() - sentAt);
    } catch {
      // An aborted or refused probe is no sample; what is wrong with the api shows in the run itself.
    }
    if (!end.signal.aborted) timer = clock.setTimer(clock.now() + everyMs, () => { asking = ask(); });
  };
  let timer = clock.setTimer(clock.now() + everyMs, () => { asking = ask(); });
  return {
    p99Ms: () => [...samples].sort((a, b) => a - b)[Math.floor(samples.length * 0.99)] ?? 0,
    async [Symbol.asyncDispose]() {
      end.abort();
      timer.cancel();
      await asking;
    },
  };
}
