import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { DefinitionError } from '../../../src/core/resource/definition-error.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { pluralOf } from '../../../src/core/resource/kind-names.js';
import { definition } from '../../../src/core/resource/kind.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import type { JsonSchema, SchemaLike } from '../../../src/core/resource/schema.js';
import { validators } from '../../../src/core/resource/validation/validators.js';

const base = { group: 'demo.example.com', version: 'v1', kind: 'Greeting' } as const;
const withSpec = (spec: unknown) => defineResource({ ...base, spec: spec as SchemaLike });
const specOf = (kind: { readonly [definition]: { readonly schema: JsonSchema } }) => kind[definition].schema.properties?.['spec'];

describe('defineResource', () => {
  test('derives what is left out', () => {
    const Greeting = defineResource({ ...base, spec: t.Object({ who: t.String({ minLength: 1 }) }) });

    expect(Greeting).toMatchObject({ apiVersion: 'demo.example.com/v1', plural: 'greetings', namespaced: true });
    expect(Greeting[definition]).toMatchObject({
      singular: 'greeting', statusSubresource: false, builtin: false, unconditionalUpdate: false, createOnUpdate: false, hasGeneration: true, storageKey: 'demo.example.com/greetings', nameRule: 'subdomain',
    });
    expect(Object.isFrozen(Greeting)).toBe(true);
  });

  test.each([['Policy', 'policies'], ['Gateway', 'gateways'], ['Box', 'boxes'], ['Database', 'databases'], ['Ingress', 'ingresses'], ['DnsRecord', 'dnsrecords'], ['Patch', 'patches']])('the plural of %s is %s', (kind, plural) => {
    expect(pluralOf(kind)).toBe(plural);
  });

  test('every status has observedGeneration and conditions as a list-type map', () => {
    const Site = defineResource({ ...base, conditions: ['Ready'], spec: t.Object({}), status: t.Object({ url: t.Optional(t.String()) }) });
    const status = Site[definition].schema.properties?.['status'];

    expect(Object.keys(status?.properties ?? {}).sort()).toEqual(['conditions', 'observedGeneration', 'url']);
    expect(status?.properties?.['conditions']).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });
    expect(Site[definition].statusSubresource).toBe(true);
    expect(defineResource({ ...base, conditions: ['Ready'], spec: t.Object({}) })[definition].statusSubresource).toBe(true);
  });

  test('the spec is required', () => {
    const Greeting = defineResource({ ...base, spec: t.Object({ who: t.String() }) });

    expect(validators().check(Greeting[definition].schema, { apiVersion: 'x', kind: 'y', metadata: {} })).toEqual([{ reason: 'FieldValueRequired', field: 'spec', message: 'Required value' }]);
  });

  test.each([
    ['a group without a dot', { group: 'demo' }], ['an upper-case group', { group: 'Demo.example.com' }], ['a version with a dot', { version: 'v1.2' }], ['a kind with a space', { kind: 'A B' }], ['no kind', { kind: '' }],
    ['a plural with a dash first', { plural: '-a' }], ['a bad short name', { shortNames: ['A'] }], ['a spec that is a string', { spec: t.String() }], ['a status that is a list', { status: t.Array(t.String()) }],
    ['a scale path outside', { scale: { spec: '.metadata.name', status: '.status.replicas' } }], ['a misspelt option', { shortnames: ['a'] }], ['no spec', { spec: undefined }], ['a spec that is no schema', { spec: 3 }],
  ])('B77 %s is refused', (_, change) => {
    expect(() => defineResource({ ...base, spec: t.Object({}), ...change } as Parameters<typeof defineResource>[0])).toThrow(DefinitionError);
  });

  test('several versions are not there yet, and say so', () => {
    const Backup = defineResource({ ...base, spec: t.Object({ a: t.String() }) });

    expect(() => Backup.serves('v1beta1', { spec: t.Object({ b: t.String() }), convertTo: ({ spec }) => ({ spec: { a: spec.b } }), convertFrom: ({ spec }) => ({ spec: { b: spec.a } }) }))
      .toThrow(/comes with a later release/);
  });
});

describe('foreign schemas', () => {
  test('plain JSON Schema is put in structural form', () => {
    const Plain = defineResource({
      ...base, kind: 'Plain',
      spec: { type: 'object', required: ['who'], additionalProperties: false, properties: { who: { type: 'string' }, size: { enum: ['s', 'l'] }, free: { type: 'object', additionalProperties: true } } },
    });

    expect(specOf(Plain)).toEqual({
      type: 'object', required: ['who'],
      properties: { who: { type: 'string' }, size: { type: 'string', enum: ['s', 'l'] }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    });
  });

  test('zod gives JSON Schema', () => {
    const Zodded = defineResource({ ...base, kind: 'Zodded', spec: z.object({ who: z.string().min(1), times: z.int().default(1), tags: z.array(z.string()).optional(), note: z.string().nullable(), by: z.record(z.string(), z.int()) }) });

    expect(specOf(Zodded)).toMatchObject({
      type: 'object', required: ['who', 'note', 'by'],
      properties: { who: { type: 'string', minLength: 1 }, times: { type: 'integer', default: 1 }, tags: { type: 'array', items: { type: 'string' } }, note: { type: 'string', nullable: true }, by: { type: 'object', additionalProperties: { type: 'integer' } } },
    });
  });

  test('a Standard Schema without JSON Schema says what to do', () => {
    expect(() => withSpec({ '~standard': { version: 1, vendor: 'valibot', validate: () => ({}) } })).toThrow(/valibot does not give JSON Schema/);
  });

  const object = (properties: object) => ({ type: 'object', properties });
  test.each([
    ['B74 a remote $ref', object({ a: { $ref: 'https://example.com/x.json' } })], ['B74 a file $ref', object({ a: { $ref: 'file:///etc/passwd' } })], ['B74 a recursive $ref', object({ a: { $ref: '#' } })],
    ['B73 a look-behind', object({ a: { type: 'string', pattern: '(?<=a)b' } })], ['B77 a bad default', object({ a: { type: 'integer', default: 'x' } })], ['A104 a field without type', object({ a: {} })],
    ['A104 a keyword that is not structural', object({ a: { type: 'string', if: {} } })], ['a type that is none', object({ a: { type: 'text' } })], ['A104 uniqueItems', object({ a: { type: 'array', items: { type: 'string' }, uniqueItems: true } })],
    ['B76 too many nodes', object(Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [`p${i}`, { type: 'null' }])))],
    ['B76 too large', object({ a: { type: 'string', description: 'x'.repeat(1_572_865) } })],
    ['B76 10,000 branches', { ...object({ a: { type: 'string' } }), oneOf: Array.from({ length: 10_000 }, () => ({ required: ['a'] })) }],
  ])('%s is refused', (_, spec) => {
    expect(() => withSpec(spec)).toThrow(DefinitionError);
  });

  test('B76 a schema nested deeper than 128 levels is refused', () => {
    let spec: object = { type: 'string' };
    for (let i = 0; i < 129; i++) spec = object({ a: spec });

    expect(() => withSpec(spec)).toThrow(DefinitionError);
  });

  test('B76 a schema of 10,000 nodes is taken and compiled', () => {
    const Big = withSpec(object(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`g${i}`, object(Object.fromEntries(Array.from({ length: 100 }, (__, j) => [`f${j}`, { type: 'integer', minimum: 0 }])))]))));

    expect(validators().check(Big[definition].schema, { spec: { g7: { f9: -1 } } })).toHaveLength(1);
  });

  test('paths lead to the bad node', () => {
    expect(() => withSpec(object({ a: object({ b: { type: 'string', pattern: '(' } }) }))).toThrow(/^Greeting: spec\.a\.b: pattern/);
  });
});
