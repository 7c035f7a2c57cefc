import { priorities } from '../queue/queue.js';
import type { AddOptions } from '../queue/queue.js';
import type { Key } from '../resource/object.js';
import { alarm } from '../runtime/clock.js';
import { draw } from '../runtime/random.js';
import type { Runtime } from '../runtime/runtime.js';

/** The period is cut into so many slots; a key belongs to one by its hash, so the load is even (R42). */
const slots = 600;

/** Enqueues every key once per period ± 10 %, at low priority. Ends with the signal. Rule: R42. */
export function resync(rt: Runtime, o: { readonly periodMs: number; readonly keys: () => readonly Key[]; readonly add: (key: Key, options: AddOptions) => void; readonly signal: AbortSignal }): void {
  let round = 0;
  const slotMs = o.periodMs / slots;
  const begin = rt.clock.now();
  const timer = alarm(rt.clock, o.signal, () => {
    const slot = round % slots;
    const pass = Math.floor(round / slots);
    for (const key of o.keys()) {
      // The place in the period moves a little in each pass, so that no two periods of a key are quite the same.
      const place = draw(rt.random.seed, `resync/${key}`, 0) + 0.1 * (draw(rt.random.seed, `resync/${key}`, pass + 1) - 0.5);
      if (Math.floor((((place % 1) + 1) % 1) * slots) === slot) o.add(key, { priority: priorities.initial, reasons: [{ source: 'resync' }] });
    }
    round++;
    timer.set(begin + (round + 1) * slotMs);
  });
  timer.set(begin + slotMs);
}
