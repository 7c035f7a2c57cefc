import type { JsonSchema } from '../schema.js';
import { formats } from './formats.js';

/** A schema as ajv takes it: draft 7 keywords, nothing that it could execute or fetch. Rules: A107, B74, B75 */
export interface AjvSchema {
  readonly [keyword: string]: unknown;
}

/** Keywords whose value is passed on as it is. */
const copied = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'pattern'] as const;

/**
 * The schema of `{ root: … }`. A part that is used in several places (a container, a probe) becomes one definition, which
 * ajv compiles once: built-in kinds would take ten times as long otherwise.
 */
export function rootedSchema(schema: JsonSchema): AjvSchema {
  const shared = sharedParts(schema);
  const definitions: { [name: string]: AjvSchema } = {};
  const names = new Map<JsonSchema, string>();
  const refer: Refer = (part) => {
    if (!shared.has(part)) return undefined;
    let name = names.get(part);
    if (name === undefined) {
      names.set(part, (name = String(names.size)));
      definitions[name] = ajvSchema(part, refer);
    }
    return { $ref: `#/definitions/${name}` };
  };
  const root = ajvSchema(schema, refer);
  return { type: 'object', properties: { root }, definitions };
}

/** A reference to a shared part; undefined for one that stands where it is. */
type Refer = (part: JsonSchema) => AjvSchema | undefined;

/** Objects that stand in more than one place. Branches (`anyOf` …) are left alone: their errors are told apart by path. */
function sharedParts(schema: JsonSchema): ReadonlySet<JsonSchema> {
  const seen = new Set<JsonSchema>();
  const shared = new Set<JsonSchema>();
  const visit = (part: JsonSchema) => {
    if (part.properties !== undefined) {
      if (seen.has(part)) { shared.add(part); return; }
      seen.add(part);
    }
    for (const property of Object.values(part.properties ?? {})) visit(property);
    if (typeof part.additionalProperties === 'object') visit(part.additionalProperties);
    if (part.items !== undefined) visit(part.items);
  };
  visit(schema);
  return shared;
}

function ajvSchema(schema: JsonSchema, refer: Refer = alone): AjvSchema {
  const part = (inner: JsonSchema) => refer(inner) ?? ajvSchema(inner, refer);
  const made: { [keyword: string]: unknown } = {};
  const types = schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type];
  if (types.length > 0) made['type'] = schema.nullable === true ? [...types, 'null'] : types.length === 1 ? types[0] : types;
  for (const keyword of copied) if (schema[keyword] !== undefined) made[keyword] = schema[keyword];
  if (schema.enum !== undefined) made['enum'] = schema.nullable === true ? [...schema.enum, null] : schema.enum;
  if (schema.format !== undefined && Object.hasOwn(formats, schema.format)) made['format'] = schema.format;
  bound(made, schema, 'minimum', 'exclusiveMinimum');
  bound(made, schema, 'maximum', 'exclusiveMaximum');
  if (schema.multipleOf !== undefined) made['multipleOf'] = Number(schema.multipleOf);
  if (schema.required !== undefined && schema.required.length > 0) made['required'] = schema.required;
  if (schema.properties !== undefined) made['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, part(property)]));
  if (typeof schema.additionalProperties === 'object') made['additionalProperties'] = part(schema.additionalProperties);
  if (schema.items !== undefined) made['items'] = part(schema.items);
  if (schema.not !== undefined) made['not'] = ajvSchema(schema.not);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) if (schema[keyword] !== undefined) made[keyword] = schema[keyword].map((branch) => ajvSchema(branch));
  return made;
}

const alone: Refer = () => undefined;

/** Definitions say `exclusiveMinimum: true` beside `minimum`, ajv wants the number; both are accepted. */
function bound(made: { [keyword: string]: unknown }, schema: JsonSchema, inclusive: 'minimum' | 'maximum', exclusive: 'exclusiveMinimum' | 'exclusiveMaximum'): void {
  const limit = schema[inclusive];
  const strict = schema[exclusive];
  if (strict === true && limit !== undefined) made[exclusive] = Number(limit);
  else if (limit !== undefined) made[inclusive] = Number(limit);
  if (typeof strict === 'number' || typeof strict === 'bigint') made[exclusive] = Number(strict);
}
