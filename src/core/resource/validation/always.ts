import { setOwn } from '../json/plain-json.js';
import type { JsonSchema } from '../schema.js';

type Fields = { [name: string]: unknown };

/**
 * Adds, in place, what Go prints of a built-in kind whether it was written or not: `status: {}`, `replicas: 0`,
 * `lastProbeTime: null`. What has to be written is made up only for 'all', but for messages, whose own fields are asked
 * for then. Frozen parts are left alone: they were completed when they were made. Rules: T2, A52
 */
export function addAlways(value: unknown, schema: JsonSchema, what: 'all' | 'unasked' = 'unasked'): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  const { items, properties, required, additionalProperties, 'x-setpoint-always': always } = schema;
  if (Array.isArray(value)) {
    if (items?.type === 'object') for (const item of value) addAlways(item, items, what);
    return;
  }
  const fields = value as Fields;
  for (const name of always ?? []) {
    const property = properties?.[name];
    if (Object.hasOwn(fields, name)) continue;
    const isAsked = property?.properties === undefined && required?.includes(name) === true;
    if (!isAsked) setOwn(fields, name, zeroOf(property));
    else if (what === 'all') setOwn(fields, name, property?.type === 'array' ? [] : zeroOf(property));
  }
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (typeof field !== 'object' || field === null) continue;
    const inner = properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof inner === 'object') addAlways(field, inner, what);
  }
}

/** What Go has where nothing was said. */
export function zeroOf(schema: JsonSchema | undefined): unknown {
  if (schema === undefined || schema.nullable) return null;
  if (schema.format === 'quantity') return '0';
  if (schema['x-kubernetes-int-or-string']) return 0;
  switch (schema.type) {
    case 'object': return {};
    case 'string': return '';
    case 'boolean': return false;
    case 'integer':
    case 'number': return 0;
    default: return null;
  }
}
