import { InvalidKey } from './errors.js';
import type { Interval } from './store.js';

/** Where UTF-16 order and UTF-8 order part: at surrogates, which sort above U+FFFF in UTF-8 (S6). */
const highUnit = /[\ud800-\uffff]/;
/** In unicode mode a well-formed pair is one code point, so only lone surrogates match. */
const loneSurrogate = /\p{Surrogate}/u;

export function hasHighUnits(key: string): boolean {
  return highUnit.test(key);
}

/** @throws InvalidKey for an empty key or a lone surrogate. Rule: S6. */
export function checkKey(key: string): void {
  if (key === '') throw new InvalidKey('is empty');
  checkText(key);
}

function checkText(key: string): void {
  if (highUnit.test(key) && loneSurrogate.test(key)) throw new InvalidKey('has a lone surrogate');
}

/** @throws InvalidKey. Rule: S6. */
export function checkInterval(interval: Interval): void {
  if ('key' in interval) checkKey(interval.key);
  else if ('prefix' in interval) checkText(interval.prefix);
  else { checkKey(interval.start); checkKey(interval.end); }
}

/** Order by UTF-8 bytes: negative, 0 or positive. Rule: S6. */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byteOrder(x) - byteOrder(y);
  }
  return a.length - b.length;
}

/** Moves surrogates above U+FFFF and the units above them down into the gap. */
function byteOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function contains(interval: Interval, key: string): boolean {
  if ('key' in interval) return key === interval.key;
  if ('prefix' in interval) return key.startsWith(interval.prefix);
  return compareKeys(key, interval.start) >= 0 && compareKeys(key, interval.end) < 0;
}

/** True when some key could be in both. */
export function overlap(a: Interval, b: Interval): boolean {
  if ('key' in a) return contains(b, a.key);
  if ('key' in b) return contains(a, b.key);
  if ('prefix' in a && 'prefix' in b) return a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return startsBelow(a, b) && startsBelow(b, a);
}

/** a's first key lies below b's end. */
function startsBelow(a: Interval, b: Interval): boolean {
  const start = 'prefix' in a ? a.prefix : 'start' in a ? a.start : a.key;
  if ('prefix' in b) return start.startsWith(b.prefix) || compareKeys(start, b.prefix) < 0;
  return compareKeys(start, 'end' in b ? b.end : b.key) < 0;
}
