import { DefinitionError } from './definition-error.js';
import { checkSchema, schemaLimits } from './schema-check.js';
import { isBuilt } from './schema-builder.js';
import type { JsonSchema, SchemaLike } from './schema.js';

/** Offered by Standard Schema values that can be written as JSON Schema. */
interface JsonSchemaSource {
  readonly vendor: string;
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The structural schema of any value that `defineResource` takes: of `t`, a Standard Schema that gives JSON Schema
 * (zod 4.2 and later), or plain JSON Schema.
 * @throws DefinitionError for what cannot be a structural schema. Rules: B73–B77, A104
 */
export function plainSchema(schema: SchemaLike, where: string): JsonSchema {
  if (isBuilt(schema)) return schema.json;
  if ((typeof schema !== 'object' && typeof schema !== 'function') || (schema as unknown) === null) throw new DefinitionError(where, 'is no schema', { hint: 'use t.Object({ … })' });
  const source = '~standard' in schema ? standardJson(schema['~standard'], where) : schema;
  const text = sizeOf(source, where);
  if (text > schemaLimits.sizeBytes) throw new DefinitionError(where, `is larger than ${schemaLimits.sizeBytes} bytes`);
  const structural = structure(source as Loose, where, 1);
  checkSchema(structural, where);
  return structural;
}

function standardJson(standard: JsonSchemaSource, where: string): unknown {
  const input = standard.jsonSchema?.input;
  if (input === undefined) {
    throw new DefinitionError(where, `this version of ${standard.vendor} does not give JSON Schema`, {
      hint: 'use zod 4.2 or later, or convert it yourself and pass the JSON Schema, for example z.toJSONSchema(schema, { io: "input" })',
    });
  }
  try {
    // As written: a field with a default is optional there.
    return input({ target: 'draft-07' });
  } catch (cause) {
    throw new DefinitionError(where, `cannot be written as JSON Schema: ${(cause as Error).message}`, { cause });
  }
}

function sizeOf(source: unknown, where: string): number {
  try {
    return JSON.stringify(source, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)).length;
  } catch (cause) {
    throw new DefinitionError(where, 'is no JSON value', { cause });
  }
}

/** JSON Schema as people and libraries write it. */
type Loose = { readonly [keyword: string]: unknown };

/** Notes for people and tools, with no meaning for validation. */
const ignored: ReadonlySet<string> = new Set(['$schema', '$comment', '$id', 'id', 'title', 'examples', 'example', 'readOnly', 'writeOnly', 'deprecated', 'externalDocs', 'discriminator', 'xml', '~kind', '~optional', '~standard']);
const carried: ReadonlySet<string> = new Set([
  'type', 'description', 'default', 'nullable', 'minProperties', 'maxProperties', 'minItems', 'maxItems', 'enum', 'format', 'minLength', 'maxLength', 'minimum', 'maximum',
  'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource',
  'x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type',
]);

/** Plain JSON Schema said in the structural subset; what has no place there is refused, not dropped. */
function structure(source: Loose, where: string, depth: number): JsonSchema {
  if (depth > schemaLimits.depth) throw new DefinitionError(where, `nested deeper than ${schemaLimits.depth} levels`);
  if (typeof source !== 'object' || source === null || Array.isArray(source)) throw new DefinitionError(where, 'is no schema');
  const below = (child: unknown, step: string) => structure(child as Loose, `${where}${step}`, depth + 1);
  const made: { [keyword: string]: unknown } = {};
  for (const [keyword, value] of Object.entries(source)) {
    if (value === undefined || ignored.has(keyword)) continue;
    if (carried.has(keyword)) made[keyword] = value;
    else Object.assign(made, structureOf(keyword, value, where, below));
  }
  const union = nullableUnion(made);
  const typed: { [keyword: string]: unknown } = { ...inferredType(union), ...union };
  // Known fields alone are kept anyway; saying so twice is not structural.
  if (typed['additionalProperties'] === false || (typed['additionalProperties'] === true && typed['properties'] !== undefined)) delete typed['additionalProperties'];
  if (typed['additionalProperties'] === true) {
    delete typed['additionalProperties'];
    typed['x-kubernetes-preserve-unknown-fields'] = true;
  }
  return typed;
}

function structureOf(keyword: string, value: unknown, where: string, below: (child: unknown, step: string) => JsonSchema): Loose {
  switch (keyword) {
    case 'properties': return { properties: Object.fromEntries(Object.entries(value as Loose).map(([name, child]) => [name, below(child, `.${name}`)])) };
    case 'required': return (value as readonly unknown[]).length === 0 ? {} : { required: value };
    case 'items': return { items: below(value, '[]') };
    case 'additionalProperties': return { additionalProperties: typeof value === 'boolean' ? value : below(value, '.*') };
    case 'propertyNames': return {}; // zod's records name theirs; keys of JSON objects are strings anyway
    case 'not': return { not: below(value, '.not') };
    case 'allOf': case 'anyOf': case 'oneOf': return { [keyword]: (value as readonly unknown[]).map((child, i) => below(child, `.${keyword}[${i}]`)) };
    case 'const': return { enum: [value] };
    case 'pattern': return { pattern: value instanceof RegExp ? value.source : value };
    case '$ref': case '$dynamicRef': throw new DefinitionError(where, `${keyword} is not supported: nothing is fetched or resolved`, { hint: 'write the schema out in place' });
    default: throw new DefinitionError(where, `keyword ${JSON.stringify(keyword)} is not structural`, { hint: 'custom kinds take the subset of JSON Schema that CustomResourceDefinitions take' });
  }
}

/** `anyOf: [X, { type: 'null' }]` and `type: [X, 'null']` are `nullable: true` there. */
function nullableUnion(made: Loose): { [keyword: string]: unknown } {
  if (Array.isArray(made['type'])) {
    const others = (made['type'] as readonly string[]).filter((type) => type !== 'null');
    if (others.length === 1) return { ...made, type: others[0], ...(others.length < made['type'].length ? { nullable: true } : {}) };
  }
  const branches = made['anyOf'] as readonly Loose[] | undefined;
  const others = branches?.filter((branch) => branch['type'] !== 'null');
  if (branches && others?.length === 1 && branches.length === 2) {
    const { anyOf: _anyOf, ...rest } = made;
    return { ...others[0], ...rest, nullable: true };
  }
  return { ...made };
}

function inferredType(made: Loose): { type?: string } {
  if (made['type'] !== undefined || made['x-kubernetes-int-or-string'] === true) return {};
  if (made['properties'] !== undefined || typeof made['additionalProperties'] === 'object') return { type: 'object' };
  if (made['items'] !== undefined) return { type: 'array' };
  const kinds = new Set((made['enum'] as readonly unknown[] | undefined)?.map((value) => (typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value)));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined && ['string', 'number', 'integer', 'boolean'].includes(only) ? { type: only } : {};
}
