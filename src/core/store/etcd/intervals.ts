import type { Cursor, Interval } from '../store.js';
import type { WireInterval } from './messages.js';

const encoder = new TextEncoder();
const one = new Uint8Array(0);
/** In a request: everything from the key on. As a key: the lowest there is. */
const zero = new Uint8Array(1);

/** Every key of the server. */
export const wholeStore: WireInterval = { key: zero, rangeEnd: zero };

export function keyBytes(key: string): Uint8Array {
  return encoder.encode(key);
}

/** Rules: S6, S7, S13. */
export function wireInterval(interval: Interval, cursor?: Cursor): WireInterval {
  const wire = intervalOf(interval);
  return cursor ? { key: keyBytes(cursor.start), rangeEnd: wire.rangeEnd.length === 0 ? keyBytes(`${cursor.start}\0`) : wire.rangeEnd } : wire;
}

function intervalOf(interval: Interval): WireInterval {
  if ('key' in interval) return { key: keyBytes(interval.key), rangeEnd: one };
  if ('start' in interval) return { key: keyBytes(interval.start), rangeEnd: keyBytes(interval.end) };
  if (interval.prefix === '') return wholeStore;
  const key = keyBytes(interval.prefix);
  const rangeEnd = key.slice();
  // The last byte of UTF-8 text is at most 0xBF, so there is always a next one.
  rangeEnd[rangeEnd.length - 1] = (rangeEnd[rangeEnd.length - 1] ?? 0) + 1;
  return { key, rangeEnd };
}
