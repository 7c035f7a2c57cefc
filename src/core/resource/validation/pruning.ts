import type { JsonSchema } from '../schema.js';

type Fields = { [name: string]: unknown };

/** Fields of every object that its kind's schema does not speak of. */
const ofEveryObject: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Drops the fields of an object that its kind does not declare, in place, and gives their paths: `spec.foo`,
 * `spec.list[0].bar`. `metadata` is left alone: it has a schema of its own. Rules: A86, A105
 */
export function pruneObject(object: Fields, schema: JsonSchema): readonly string[] {
  const unknown: string[] = [];
  pruneFields(object, schema, '', unknown, ofEveryObject);
  return unknown;
}

/** The same for any value. */
export function prune(value: unknown, schema: JsonSchema, path = ''): readonly string[] {
  const unknown: string[] = [];
  visit(value, schema, path, unknown);
  return unknown;
}

const nothing: ReadonlySet<string> = new Set();

function visit(value: unknown, schema: JsonSchema, path: string, unknown: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, item] of value.entries()) visit(item, items, `${path}[${i}]`, unknown);
  } else if (typeof value === 'object' && value !== null) {
    pruneFields(value as Fields, schema, path, unknown, schema['x-kubernetes-embedded-resource'] === true ? ofEveryObject : nothing);
  }
}

function pruneFields(fields: Fields, schema: JsonSchema, path: string, unknown: string[], kept: ReadonlySet<string>): void {
  const { properties, additionalProperties } = schema;
  for (const name of Object.keys(fields)) {
    const below = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const at = path === '' ? name : `${path}.${name}`;
    if (below) visit(fields[name], below, at, unknown);
    else if (!kept.has(name) && schema['x-kubernetes-preserve-unknown-fields'] !== true && additionalProperties !== true && declares(schema)) {
      delete fields[name];
      unknown.push(at);
    }
  }
}

/** A value where no object is declared (a string, say) is wrong as a whole, which validation says better. */
function declares(schema: JsonSchema): boolean {
  return schema.type === 'object' || schema.properties !== undefined;
}
