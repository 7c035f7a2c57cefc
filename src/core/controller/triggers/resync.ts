import { priorities, type AddOptions } from '../../queue/queue.js';
import type { Key } from '../../resource/object.js';
import { alarm } from '../../runtime/clock.js';
import { draw } from '../../runtime/random.js';
import type { Runtime } from '../../runtime/runtime.js';

/** The period is cut into so many slots at most, none shorter than a second unless there were too few. */
const mostSlots = 600;
const fewestSlots = 10;
const shortestSlotMs = 1_000;
/** How far a key's place may move from one period to the next, as a share of the period. */
const spread = 0.1;

export interface ResyncOptions {
  readonly periodMs: number;
  keys(): Iterable<Key>;
  add(key: Key, options: AddOptions): void;
  readonly signal: AbortSignal;
}

/**
 * Enqueues every key once per period ± 10 %, at low priority, spread evenly by a hash of the key. Ends with the
 * signal. Rule: R42.
 */
export function resync(rt: Runtime, o: ResyncOptions): void {
  const slots = Math.min(mostSlots, Math.max(fewestSlots, Math.floor(o.periodMs / shortestSlotMs)));
  const slotMs = o.periodMs / slots;
  const begin = rt.clock.now();
  let slot = 0;
  const timer = alarm(rt.clock, o.signal, () => {
    for (const key of o.keys()) if (isDue(rt.random.seed, key, slot, slots)) o.add(key, options);
    slot++;
    timer.set(begin + (slot + 1) * slotMs);
  });
  timer.set(begin + slotMs);
}

const options: AddOptions = Object.freeze({ priority: priorities.initial, reasons: [{ source: 'resync' }] });

/** Slots are numbered from the start on, so that a place that moves over the end of a period is still one place. */
function isDue(seed: number, key: Key, slot: number, slots: number): boolean {
  const base = draw(seed, `resync/${key}`, 0);
  const pass = Math.round((slot + 0.5) / slots - base);
  // Most keys are far from this slot; only for those nearby is the exact place worked out.
  if (pass < 0 || Math.abs((slot + 0.5) / slots - base - pass) > spread / 2 + 1 / slots) return false;
  const place = pass + base + spread * (draw(seed, `resync/${key}`, pass + 1) - 0.5);
  return Math.max(0, Math.floor(place * slots)) === slot;
}
