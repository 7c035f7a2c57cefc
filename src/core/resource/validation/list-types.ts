import { canonical } from '../json/canonical.js';
import type { JsonSchema } from '../schema.js';
import type { StatusCause } from '../status.js';
import { duplicate } from './causes.js';

/** Adds a cause for each item of a set or list-type map that an earlier one equals (A108). */
export function findDuplicates(value: unknown, schema: JsonSchema, path: string, causes: StatusCause[]): void {
  if (Array.isArray(value)) inList(value, schema, path, causes);
  else if (typeof value === 'object' && value !== null) inObject(value as { readonly [field: string]: unknown }, schema, path, causes);
}

function inObject(value: { readonly [field: string]: unknown }, schema: JsonSchema, path: string, causes: StatusCause[]): void {
  const { properties, additionalProperties } = schema;
  if (properties === undefined && typeof additionalProperties !== 'object') return;
  for (const [name, field] of Object.entries(value)) {
    const below = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof below === 'object' && hasLists(below)) findDuplicates(field, below, path === '' ? name : `${path}.${name}`, causes);
  }
}

function inList(items: readonly unknown[], schema: JsonSchema, path: string, causes: StatusCause[]): void {
  const keyOf = identity(schema);
  if (keyOf) {
    const seen = new Set<string>();
    for (const [i, item] of items.entries()) {
      const key = keyOf(item);
      const text = canonical(key);
      if (seen.has(text)) causes.push(duplicate(`${path}[${i}]`, key));
      else seen.add(text);
    }
  }
  const below = schema.items;
  if (below && hasLists(below)) for (const [i, item] of items.entries()) findDuplicates(item, below, `${path}[${i}]`, causes);
}

/** What tells items apart; undefined where equal items are allowed. */
function identity(schema: JsonSchema): ((item: unknown) => unknown) | undefined {
  switch (schema['x-kubernetes-list-type']) {
    case 'set': return (item) => item;
    case 'map': {
      const keys = schema['x-kubernetes-list-map-keys'] ?? [];
      return (item) => (typeof item === 'object' && item !== null ? Object.fromEntries(keys.map((key) => [key, (item as { readonly [field: string]: unknown })[key]])) : item);
    }
    default: return undefined;
  }
}

/** Scalars are the most of any object: not to be walked. */
function hasLists(schema: JsonSchema): boolean {
  return schema.type === 'array' || schema.properties !== undefined || typeof schema.additionalProperties === 'object';
}
