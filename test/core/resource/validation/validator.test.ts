import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '../../../../src/core/resource/schema.js';
import { t } from '../../../../src/core/resource/schema-builder.js';
import { compileValidator } from '../../../../src/core/resource/validation/validator.js';

const object = (spec: JsonSchema): JsonSchema => ({ type: 'object', required: ['spec'], properties: { spec } });
const check = (schema: JsonSchema, spec: unknown) => compileValidator(object(schema))({ spec });
const messages = (schema: JsonSchema, spec: unknown) => check(schema, spec).map(({ field, message }) => `${field}: ${message}`);

describe('validator', () => {
  const one = (value: { readonly json: JsonSchema }) => t.Object({ v: t.Optional(value as never) }).json;
  test.each([
    ['a missing field', t.Object({ who: t.String() }).json, {}, 'FieldValueRequired', 'spec.who', 'Required value'],
    ['a wrong type', one(t.Integer()), { v: 'x' }, 'FieldValueTypeInvalid', 'spec.v', 'Invalid value: "string": spec.v in body must be of type integer: "string"'],
    ['a fraction', one(t.Integer()), { v: 1.5 }, 'FieldValueTypeInvalid', 'spec.v', 'Invalid value: "number": spec.v in body must be of type integer: "number"'],
    ['a list for a map', one(t.Map(t.String())), { v: [] }, 'FieldValueTypeInvalid', 'spec.v', 'Invalid value: "array": spec.v in body must be of type object: "array"'],
    ['a value that is not offered', one(t.Enum(['a', 'b'])), { v: 'x' }, 'FieldValueNotSupported', 'spec.v', 'Unsupported value: "x": supported values: "a", "b"'],
    ['a number too small', one(t.Integer({ minimum: 1 })), { v: 0 }, 'FieldValueInvalid', 'spec.v', 'Invalid value: 0: spec.v in body should be greater than or equal to 1'],
    ['a number too big', one(t.Number({ maximum: 1 })), { v: 1.5 }, 'FieldValueInvalid', 'spec.v', 'Invalid value: 1.5: spec.v in body should be less than or equal to 1'],
    ['a number at an exclusive bound', one(t.Number({ minimum: 1, exclusiveMinimum: true })), { v: 1 }, 'FieldValueInvalid', 'spec.v', 'Invalid value: 1: spec.v in body should be greater than 1'],
    ['no multiple', one(t.Integer({ multipleOf: 5 })), { v: 7 }, 'FieldValueInvalid', 'spec.v', 'Invalid value: 7: spec.v in body should be a multiple of 5'],
    ['a text too short', one(t.String({ minLength: 1 })), { v: '' }, 'FieldValueInvalid', 'spec.v', 'Invalid value: "": spec.v in body should be at least 1 chars long'],
    ['a text too long', one(t.String({ maxLength: 2 })), { v: 'abc' }, 'FieldValueTooLong', 'spec.v', 'Too long: may not be more than 2 bytes'],
    ['a text that misses the pattern', one(t.String({ pattern: '^a' })), { v: 'b' }, 'FieldValueInvalid', 'spec.v', `Invalid value: "b": spec.v in body should match '^a'`],
    ['a list too short', one(t.Array(t.String(), { minItems: 1 })), { v: [] }, 'FieldValueInvalid', 'spec.v', 'Invalid value: []: spec.v in body should have at least 1 items'],
    ['a list too long', one(t.Array(t.String(), { maxItems: 1 })), { v: ['a', 'b'] }, 'FieldValueTooMany', 'spec.v', 'Too many: 2: must have at most 1 items'],
    ['a map too big', one(t.Map(t.String(), { maxProperties: 1 })), { v: { a: 'b', c: 'd' } }, 'FieldValueTooMany', 'spec.v', 'Too many: 2: must have at most 1 items'],
    ['a bad format', one(t.String({ format: 'ipv4' })), { v: '1.2.3' }, 'FieldValueTypeInvalid', 'spec.v', 'Invalid value: "1.2.3": spec.v in body must be of type ipv4: "1.2.3"'],
    ['a boolean for an int-or-string', one(t.IntOrString()), { v: true }, 'FieldValueTypeInvalid', 'spec.v', 'Invalid value: "boolean": spec.v in body must be of type integer,string: "boolean"'],
    ['no quantity', one(t.Quantity()), { v: '1 Gi' }, 'FieldValueInvalid', 'spec.v', expect.stringContaining('should match')],
  ])('A6 %s', (_, schema, spec, reason, field, message) => {
    expect(check(schema, spec)).toContainEqual({ reason, field, message });
  });

  test.each<readonly [string, JsonSchema, unknown]>([
    ['null where it is allowed', t.Object({ v: t.Nullable(t.String({ minLength: 3 })) }).json, { v: null }],
    ['null beside an enum', t.Object({ v: t.Nullable(t.Enum(['a'])) }).json, { v: null }],
    ['both kinds of an int-or-string', t.Object({ v: t.IntOrString(), w: t.IntOrString() }).json, { v: 1, w: '25%' }],
    ['a quantity as a number', t.Object({ v: t.Quantity() }).json, { v: 2 }],
    ['anything under Any', t.Object({ v: t.Any() }).json, { v: { deep: [1, null, 'x'] } }],
    ['unknown formats', { type: 'object', properties: { v: { type: 'string', format: 'isbn10' } } }, { v: 'x' }],
    ['lengths in code points', t.Object({ v: t.String({ maxLength: 1 }) }).json, { v: '😀' }],
    ['fields named like members of Object', t.Object({ toString: t.Optional(t.String()), constructor: t.Optional(t.Integer()) }).json, {}],
  ])('A107 takes %s', (_, schema, spec) => {
    expect(check(schema, spec)).toEqual([]);
  });

  test('A6 paths show indexes and names', () => {
    const schema = t.Object({ containers: t.Array(t.Object({ name: t.String(), env: t.Map(t.Integer()) })) }).json;

    expect(messages(schema, { containers: [{ name: 'a', env: {} }, { env: { 'A/B': 'x' } }] })).toEqual([
      'spec.containers[1].name: Required value',
      'spec.containers[1].env.A/B: Invalid value: "string": spec.containers[1].env.A/B in body must be of type integer: "string"',
    ]);
  });

  test('A6 all fields are reported, not the first', () => {
    expect(check(t.Object({ a: t.String(), b: t.Integer(), c: t.Boolean() }).json, { b: 'x' }).map((cause) => cause.field).sort()).toEqual(['spec.a', 'spec.b', 'spec.c']);
  });

  test('B78 10,000 errors are answered as 100 and their count, without the whole value', () => {
    const causes = check(t.Object({ list: t.Array(t.Integer()) }).json, { list: Array.from({ length: 10_000 }, () => 'x'.repeat(10_000)) });

    expect(causes).toHaveLength(101);
    expect(causes.at(-1)).toEqual({ reason: 'FieldValueInvalid', message: 'and 9900 more errors' });
    expect(JSON.stringify(causes).length).toBeLessThan(65_536);
  });

  test('A108 duplicates of a set and of a list-type map', () => {
    const schema = t.Object({ roles: t.Set(t.String()), users: t.ListMap(['name', 'host'], t.Object({ name: t.String(), host: t.String({ default: 'a' }) })) }).json;

    expect(messages(schema, { roles: ['a', 'b', 'a'], users: [{ name: 'x', host: 'h' }, { host: 'h', name: 'x' }, { name: 'x', host: 'i' }] })).toEqual([
      'spec.roles[2]: Duplicate value: "a"', 'spec.users[1]: Duplicate value: {"name":"x","host":"h"}',
    ]);
  });

  test('A107 branches are summed up', () => {
    const schema = {
      type: 'object', properties: { a: { type: 'string' }, anyOf: { type: 'integer' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }], anyOf: [{ required: ['c'] }],
    } as JsonSchema;

    expect(messages(schema, { anyOf: 'x' })).toEqual(expect.arrayContaining([
      '<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid',
      '<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)',
      'spec.anyOf: Invalid value: "string": spec.anyOf in body must be of type integer: "string"',
    ]));
    expect(messages(schema, { anyOf: 'x' })).toHaveLength(3);
  });

  test('B72 a hostile pattern and value cost linear time', () => {
    const validate = compileValidator(object(t.Object({ v: t.String({ pattern: '^(a+)+$' }) }).json));
    const value = { spec: { v: `${'a'.repeat(100 * 1024)}b` } };

    expect(validate(value)).toHaveLength(1);
  });

  test('A107 two patterns in one schema are two patterns', () => {
    const schema: JsonSchema = { type: 'object', properties: { digits: { type: 'string', pattern: '^[0-9]+$' }, letters: { type: 'string', pattern: '^[a-z]+$' } } };

    expect(messages(schema, { digits: '1', letters: 'a' })).toEqual([]);
    expect(messages(schema, { digits: 'a', letters: '1' })).toHaveLength(2);
  });

  test('B75 hostile names and values are data, not code', () => {
    const globals = globalThis as { canary?: string };
    const hostile = ['a"b', "a'b", 'a`b', 'a\nb', '*/globalThis.canary="hit"/*', '${globalThis.canary="hit"}', '\u2028', '");globalThis.canary="hit";("', "'];globalThis.canary='hit';['", '\\', '__proto__'];
    const properties = Object.fromEntries(hostile.map((name) => [name, { type: 'integer', description: name, format: name }]));
    const schema: JsonSchema = {
      type: 'object', properties: { ...properties, e: { type: 'string', enum: hostile, default: hostile[4] } }, required: hostile.filter((name) => name !== '__proto__'),
      ...({ $id: 'http://example.com/x', $ref: 'file:///etc/passwd', const: 1, instanceof: 'Date', $async: true } as object),
    };

    expect(messages(schema, {})).toHaveLength(hostile.length - 1);
    expect(messages(schema, Object.fromEntries(hostile.map((name) => [name, 1])))).toEqual([]);
    expect(messages(schema, { ...Object.fromEntries(hostile.map((name) => [name, 1])), e: 'nope' })).toHaveLength(1);
    expect(globals.canary).toBeUndefined();
  });
});
