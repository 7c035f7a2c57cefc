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
/** So many keys are looked at in one turn of the event loop. */
const slice = 5_000;

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
  const enqueue = async () => {
    let looked = 0;
    for (const key of o.keys()) {
      if (isDue(rt.random.seed, key, slot, slots)) o.add(key, options);
      if (++looked % slice === 0) await rt.clock.yield();
      if (o.signal.aborted) return;
    }
    slot++;
    timer.set(begin + (slot + 1) * slotMs);
  };
  const timer = alarm(rt.clock, o.signal, () => { void enqueue(); });
  timer.set(begin + slotMs);
}

const options: AddOptions = Object.freeze({ priority: priorities.initial, reasons: [{ source: 'resync' }] });

/** Slots are numbered from the start on, so that a place that moves over the end of a period is still one place. */
function isDue(seed: number, key: Key, slot: number, slots: number): boolean {
  const base = draw(seed, key, 0);
  const pass = Math.round((slot + 0.5) / slots - base);
  // Most keys are far from this slot; only for those nearby is the exact place worked out.
  if (pass < 0 || Math.abs((slot + 0.5) / slots - base - pass) > spread / 2 + 1 / slots) return false;
  const place = pass + base + spread * (draw(seed, key, pass + 1) - 0.5);
  return Math.floor(place * slots) === slot;
}
