import { isIPv4, isIPv6 } from 'node:net';
import { parseDuration } from '../duration.js';
import { isQuantity } from '../quantity.js';

interface TextFormat { readonly type: 'string'; readonly validate: (text: string) => boolean }
interface NumberFormat { readonly type: 'number'; readonly validate: (value: number) => boolean }

const text = (validate: (text: string) => boolean): TextFormat => ({ type: 'string', validate });
const number = (validate: (value: number) => boolean): NumberFormat => ({ type: 'number', validate });
/** Only for expressions without nested or adjacent repeats, which are linear with any engine. */
const like = (expression: RegExp) => text((value) => expression.test(value));

/**
 * The formats that are checked; all others are ignored (A107). With the meaning they have for custom kinds, which is
 * that of Go's parsers and not always that of JSON Schema.
 */
export const formats: { readonly [name: string]: TextFormat | NumberFormat } = Object.freeze({
  date: text(isDate),
  'date-time': text(isDateTime),
  datetime: text(isDateTime),
  // Of built-in kinds: a date-time with exactly six digits of a second.
  'micro-time': text((value) => isDateTime(value) && /\.\d{6}(?:[Zz]|[+-]\d\d:\d\d)$/.test(value)),
  duration: text((value) => parseDuration(value) !== undefined),
  byte: text(isBase64),
  uri: text((value) => value.length <= 65_536 && (value.startsWith('/') || URL.canParse(value))),
  email: text((value) => value.length <= 320 && /^[^\s@<>]+@[^\s@<>]+$/.test(value)),
  hostname: text((value) => value.length <= 255 && /^[a-zA-Z0-9]/.test(value) && value.split('.').every((part) => part.length <= 63 && /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(part))),
  ipv4: text(isIPv4),
  ipv6: text(isIPv6),
  uuid: like(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  quantity: text(isQuantity),
  int32: number((value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31),
  int64: number((value) => Number.isInteger(value)),
});

/** `2006-01-02`, a day that exists. */
export function isDate(value: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** RFC 3339 with a zone (B81). */
export function isDateTime(value: string): boolean {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(value);
  if (!parts || !isDate(parts[1] ?? '')) return false;
  const within = (part: string | undefined, limit: number) => Number(part ?? 0) <= limit;
  return within(parts[2], 23) && within(parts[3], 59) && within(parts[4], 59) && within(parts[5], 23) && within(parts[6], 59);
}

function isBase64(value: string): boolean {
  return base64Fault(value) === undefined;
}

/** Where a text stops being base64 (RFC 4648 with padding; line breaks do not count); undefined when it is base64 to its end. */
export function base64Fault(value: string): number | undefined {
  let inQuantum = 0;
  for (let at = 0; at < value.length; at++) {
    const character = value[at] ?? '';
    if (character === '\n' || character === '\r') continue;
    if (character === '=') return padding(value, at, inQuantum);
    if (!/[A-Za-z0-9+/]/.test(character)) return at;
    inQuantum = (inQuantum + 1) % 4;
  }
  return inQuantum === 0 ? undefined : value.length - inQuantum;
}

/** The fault in what begins with the first `=`. */
function padding(value: string, at: number, inQuantum: number): number | undefined {
  if (inQuantum < 2) return at;
  const rest = value.slice(at).replace(/[\r\n]/g, '');
  const wanted = inQuantum === 2 ? '==' : '=';
  if (rest === wanted) return undefined;
  return rest.startsWith(wanted) ? value.length - (rest.length - wanted.length) : at + 1;
}
