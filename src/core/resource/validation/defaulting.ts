import { setOwn } from '../json/plain-json.js';
import { canonicalQuantity } from '../quantity.js';
import { parseTimestamp, timestamp } from '../../runtime/clock.js';
import type { JsonSchema } from '../schema.js';

type Fields = { [name: string]: unknown };

/**
 * Fills in defaults, in place: where a field is absent or null and may not be null, and only where its parent exists.
 * Other nulls that may not be are dropped, and so is what Go leaves out when it is empty. Quantities and Go's times get
 * their canonical text. Rules: A90, A106, T15
 */
export function applyDefaults(value: unknown, schema: JsonSchema): void {
  if (Array.isArray(value)) return inList(value as unknown[], schema);
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Fields;
  const { properties, additionalProperties } = schema;
  for (const name in properties) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property) inField(fields, name, property);
  }
  if (typeof additionalProperties !== 'object') return;
  for (const name of Object.keys(fields)) if (properties === undefined || !Object.hasOwn(properties, name)) inField(fields, name, additionalProperties);
}

function inField(fields: Fields, name: string, schema: JsonSchema): void {
  const present = Object.hasOwn(fields, name);
  const before = present ? fields[name] : undefined;
  const after = defaulted(before, schema);
  if (after === undefined) {
    if (present) delete fields[name];
    return;
  }
  if (after !== before) setOwn(fields, name, after);
  applyDefaults(after, schema);
}

function inList(items: unknown[], { items: schema, 'x-setpoint-null-item': none }: JsonSchema): void {
  if (!schema) return;
  for (const [i, item] of items.entries()) {
    // A null that has no default stays, for validation to refuse: dropping it would move its neighbours.
    const after = (item === null ? copyOf(none) : undefined) ?? defaulted(item, schema) ?? item;
    if (after !== item) items[i] = after;
    applyDefaults(after, schema);
  }
}

/** The value to have; undefined for none. */
function defaulted(value: unknown, schema: JsonSchema): unknown {
  if (value === undefined || (value === null && schema.nullable !== true) || (schema['x-setpoint-omitempty'] === true && isEmpty(value, schema))) return copyOf(schema.default);
  if (schema.format === 'quantity' && (typeof value === 'string' || typeof value === 'number')) return canonicalQuantity(value) ?? value;
  if (schema['x-setpoint-time'] !== undefined && typeof value === 'string') return utc(value, schema['x-setpoint-time']);
  return value;
}

/** Of the type that the schema asks for, and nothing in it. */
function isEmpty(value: unknown, { type }: JsonSchema): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return type === 'array' && value.length === 0;
  if (type !== 'object') return false;
  for (const _ in value) return false;
  return true;
}

/** Of a time with any offset; what is no time stays, for validation to refuse. */
function utc(text: string, precision: 'seconds' | 'micros'): string {
  const parts = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  const at = parts ? parseTimestamp(text) : NaN;
  if (!parts || Number.isNaN(at)) return text;
  const [, fraction = ''] = parts;
  if (precision === 'micros' && fraction.length !== 6) return text;
  const whole = timestamp(at);
  return precision === 'seconds' ? whole : `${whole.slice(0, -1)}.${fraction}Z`;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyOf(field)]));
}
