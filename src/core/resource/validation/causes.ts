import type { StatusCause } from '../status.js';

/** At most this many causes are answered; one more tells how many were left out (A6). */
export const causeLimit = 100;
/** A value in a message is cut to this many characters: an error must not carry the whole body back (B78). */
const shownCharacters = 512;

export function required(field: string, detail = ''): StatusCause {
  return cause('FieldValueRequired', field, 'Required value', detail);
}
export function forbidden(field: string, detail = ''): StatusCause {
  return cause('FieldValueForbidden', field, 'Forbidden', detail);
}
export function invalid(field: string, value: unknown, detail: string): StatusCause {
  return cause('FieldValueInvalid', field, `Invalid value: ${shown(value)}`, detail);
}
export function typeInvalid(field: string, value: unknown, detail: string): StatusCause {
  return cause('FieldValueTypeInvalid', field, `Invalid value: ${shown(value)}`, detail);
}
export function notSupported(field: string, value: unknown, supported: readonly unknown[]): StatusCause {
  const values = supported.map((one) => quoted(typeof one === 'string' ? one : JSON.stringify(one)));
  return cause('FieldValueNotSupported', field, `Unsupported value: ${shown(value)}`, `supported values: ${values.join(', ')}`);
}
export function duplicate(field: string, value: unknown): StatusCause {
  return cause('FieldValueDuplicate', field, `Duplicate value: ${shown(value)}`, '');
}
export function notFound(field: string, value: unknown): StatusCause {
  return cause('FieldValueNotFound', field, `Not found: ${shown(value)}`, '');
}
/** `limitBytes` may be -1 where the limit is not known. */
export function tooLong(field: string, limitBytes: number): StatusCause {
  return cause('FieldValueTooLong', field, 'Too long', limitBytes < 0 ? 'value is too long' : `may not be more than ${limitBytes} bytes`);
}
export function tooMany(field: string, actual: number, limit: number): StatusCause {
  return cause('FieldValueTooMany', field, `Too many: ${actual}`, `must have at most ${limit} items`);
}

/** Equal errors once, at most 100, then one that counts the rest (A6). */
export function limited(causes: Iterable<StatusCause>): readonly StatusCause[] {
  const seen = new Set<string>();
  const answered: StatusCause[] = [];
  let more = 0;
  for (const cause of causes) {
    if (answered.length === causeLimit) {
      more++;
      continue;
    }
    const key = `${cause.reason}\n${cause.field ?? ''}\n${cause.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    answered.push(cause);
  }
  return more === 0 ? answered : [...answered, { reason: 'FieldValueInvalid', message: `and ${more} more errors` }];
}

/** As Go's %q prints a string. */
export function quoted(text: string): string {
  // JSON's escapes are Go's, but for some control characters and the two line separators.
  return JSON.stringify(text).replace(/\\(?:\\|u00[01][0-9a-f])|[\u007f\u2028\u2029]/g, (found) => goEscapes[found] ?? found.replace(/^\\u00/, '\\x'));
}

const goEscapes: { readonly [found: string]: string } = { '\\u0007': '\\a', '\\u000b': '\\v', '\u007f': '\\x7f', '\u2028': '\\u2028', '\u2029': '\\u2029' };

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(cut(value));
  return cut(JSON.stringify(value) ?? 'null');
}

function cut(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function cause(reason: string, field: string, body: string, detail: string): StatusCause {
  return { reason, field, message: detail === '' ? body : `${body}: ${detail}` };
}
