import type { JsonSchema } from '../schema.js';
import { formats } from './formats.js';

/** A schema as ajv takes it: draft 7 keywords, nothing that it could execute or fetch. Rules: A107, B74, B75 */
export interface AjvSchema {
  readonly [keyword: string]: unknown;
}

/** Keywords whose value is passed on as it is. */
const copied = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'pattern'] as const;

export function ajvSchema(schema: JsonSchema): AjvSchema {
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
  if (schema.properties !== undefined) made['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, ajvSchema(property)]));
  if (typeof schema.additionalProperties === 'object') made['additionalProperties'] = ajvSchema(schema.additionalProperties);
  if (schema.items !== undefined) made['items'] = ajvSchema(schema.items);
  if (schema.not !== undefined) made['not'] = ajvSchema(schema.not);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) if (schema[keyword] !== undefined) made[keyword] = schema[keyword].map(ajvSchema);
  return made;
}

/** Definitions say `exclusiveMinimum: true` beside `minimum`, ajv wants the number; both are accepted. */
function bound(made: { [keyword: string]: unknown }, schema: JsonSchema, inclusive: 'minimum' | 'maximum', exclusive: 'exclusiveMinimum' | 'exclusiveMaximum'): void {
  const limit = schema[inclusive];
  const strict = schema[exclusive];
  if (strict === true && limit !== undefined) made[exclusive] = Number(limit);
  else if (limit !== undefined) made[inclusive] = Number(limit);
  if (typeof strict === 'number' || typeof strict === 'bigint') made[exclusive] = Number(strict);
}
