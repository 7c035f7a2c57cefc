import { describe, expect, test } from '@jest/globals';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import type { JsonSchema } from '../../../src/core/resource/schema.js';
import { ConfigMap, Deployment, Secret } from '../../../src/kinds/index.js';
import { Widget, configMap, here, refusal, widget, type World } from '../../core/api/harness.js';
import { deployment } from './objects.js';
import { cases } from './cases.js';
import { worlds } from './stores.js';

const row = cases();

/** A custom kind with this spec. */
const custom = (spec: JsonSchema) => {
  const Kind = defineResource({ group: 'test.example.com', version: 'v1', kind: 'Thing', spec });
  const body = (value: unknown) => ({ apiVersion: 'test.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, ...(value === undefined ? {} : { spec: value }) });
  return { Kind, body, create: async ({ api }: World, value: unknown) => (await api.create(Kind, here(), body(value), { fieldValidation: 'Ignore' })).object.spec };
};
const int: JsonSchema = { type: 'integer' };
const nested = (depth: number): unknown => { let value: unknown = []; for (let i = 1; i < depth; i++) value = [value]; return value; };

row('A86.1', async ({ api }) => {
  expect(await refusal(api.create(Widget, here(), widget('a', { foo: 1 }), { fieldValidation: 'Strict' }))).toMatchObject({ code: 400, message: 'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.foo"' });
});
row('A86.2', async ({ api }) => {
  const { object, warnings } = await api.create(Widget, here(), widget('a', { foo: 1 }), { fieldValidation: 'Warn' });
  expect([object.spec, warnings]).toEqual([{ size: 1 }, ['unknown field "spec.foo"']]);
});
row('A86.3', async ({ api }) => {
  const { object, warnings } = await api.create(Widget, here(), widget('a', { foo: 1 }), { fieldValidation: 'Ignore' });
  expect([object.spec, warnings]).toEqual([{ size: 1 }, []]);
});
row('A86.4', async ({ api }) => {
  expect((await refusal(api.create(Widget, here(), widget('a'), { fieldValidation: 'Loud' as 'Warn' }))).code).toBe(422);
});
row('A85.1', async ({ api }) => {
  expect(await refusal(api.create(ConfigMap, here(), configMap('a', { x: 'x'.repeat(3_145_728) })))).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728' });
});
row('A85.2', async (world) => {
  const { create } = custom({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });
  // Object, spec and list are the first three levels.
  await create(world, { list: nested(510) });
  expect((await refusal(create(world, { list: nested(511) }))).code).toBe(400);
  expect((await refusal(create(world, { list: nested(100_000) }))).code).toBe(400);
});
row('A88.1', async ({ api }) => {
  expect(await refusal(api.create(Deployment, here(), { ...deployment('a'), apiVersion: 'v1' }))).toMatchObject({ code: 400, message: 'the API version in the data (v1) does not match the expected API version (apps/v1)' });
});
row('A87.1', async (world) => {
  const { create } = custom({ type: 'object', properties: { n: int } });
  expect((await refusal(create(world, { n: 9007199254740993 }))).code).toBe(400);
});
row('A90.1', async (world) => {
  const { create } = custom({ type: 'object', additionalProperties: { type: 'string', format: 'quantity' } });
  expect(await create(world, { a: '1024Mi', b: '0.1', c: '1.5Gi', d: '1000m' })).toEqual({ a: '1Gi', b: '100m', c: '1536Mi', d: '1' });
});
row('A91.1', async ({ api }) => {
  const { object } = await api.create(Secret, here(), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, stringData: { a: 'x' }, data: { a: 'eQ==' } });
  expect(object).toMatchObject({ data: { a: 'eA==' } });
  expect(Object.hasOwn(object, 'stringData')).toBe(false);
});
row('A91.2', async ({ api }) => {
  const { object } = await api.create(Secret, here(), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, immutable: true, data: { a: 'eA==' } });
  expect((await refusal(api.update(Secret, here('a'), { ...object, data: { a: 'eQ==' } }))).code).toBe(422);
});
row('A105.1', async (world) => {
  expect(await custom({ type: 'object', properties: { a: int } }).create(world, { a: 1, b: 2 })).toEqual({ a: 1 });
});
row('A105.2', async (world) => {
  const { create } = custom({ type: 'object', properties: { free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } });
  expect(await create(world, { free: { z: 1 } })).toEqual({ free: { z: 1 } });
});
const withDefault: JsonSchema = { type: 'object', properties: { n: { ...int, default: 3 } } };
row('A106.1', async (world) => {
  expect(await custom(withDefault).create(world, {})).toEqual({ n: 3 });
});
row('A106.2', async (world) => {
  expect(await custom(withDefault).create(world, { n: null })).toEqual({ n: 3 });
});
row('A107.1', async (world) => {
  const { create } = custom({ type: 'object', properties: { v: { 'x-kubernetes-int-or-string': true } } });
  expect(await create(world, { v: 5 })).toEqual({ v: 5 });
  expect((await refusal(create(world, { v: true }))).code).toBe(422);
});
row('A108.1', async ({ api }) => {
  const status = await refusal(api.create(Widget, here(), widget('a', { parts: [{ name: 'x' }, { name: 'x' }] })));
  expect(status.code).toBe(422);
  expect(status.details?.causes?.[0]).toMatchObject({ reason: 'FieldValueDuplicate', field: 'spec.parts[1]' });
});
const integers = (rules: NonNullable<JsonSchema['x-kubernetes-validations']>, below: JsonSchema = int): JsonSchema => ({ type: 'object', properties: { a: below, b: int }, 'x-kubernetes-validations': rules });
row('A110.1', async (world) => {
  const { create } = custom(integers([{ rule: 'self.a <= self.b', message: 'a is above b' }]));
  const status = await refusal(create(world, { a: 2, b: 1 }));
  expect(status).toMatchObject({ code: 422, details: { causes: [{ field: 'spec', message: expect.stringContaining('a is above b') }] } });
});
row('A110.2', async (world) => {
  const { Kind, create } = custom({ type: 'object', properties: { a: { ...int, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } } });
  await create(world, { a: 1 });
  expect((await refusal(world.api.patch(Kind, here('a'), { type: 'merge', value: { spec: { a: 2 } } }))).code).toBe(422);
});

describe('decoding, beyond the rows', () => {
  const open = worlds();

  test('B10 B12 what is no JSON is refused with its path, and each property is read once', async () => {
    await using world = await open();
    const create = (data: unknown) => world.api.create(ConfigMap, here(), { ...configMap('a'), data });
    for (const value of [NaN, Infinity, 1n, new Date(0), new Map(), Symbol('s'), () => 1]) {
      const status = await refusal(create({ x: value }));
      expect(status.code).toBe(400);
      expect(status.message).toContain('data.x');
    }
    let reads = 0;
    const { object } = await create({ get x() { reads++; return String(reads); } });
    expect([reads, (object as { readonly data?: object }).data]).toEqual([1, { x: '1' }]);
  });

  test('B13 keys like __proto__ are plain data, byte for byte', async () => {
    await using world = await open();
    const data = JSON.parse('{"__proto__":"a","constructor":"b","prototype":"c","toString":"d"}') as object;
    await world.api.create(ConfigMap, here(), { ...configMap('a'), data });

    expect(JSON.stringify((await world.api.get(ConfigMap, here('a')) as { readonly data?: object }).data)).toBe(JSON.stringify(data));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('B21 a body of no kind or another is 400', async () => {
    await using world = await open();
    for (const body of [null, [], 'x', 5, {}, { ...configMap('a'), kind: 'Secret' }, { ...configMap('a'), apiVersion: 1 }, { metadata: { name: 'a' } }]) {
      expect((await refusal(world.api.create(ConfigMap, here(), body))).code).toBe(400);
    }
  });

  test('A87 a wrong JSON type is 400 for a built-in kind and 422 for a custom one', async () => {
    await using world = await open();
    expect((await refusal(world.api.create(Deployment, here(), deployment('a', { replicas: 'x' })))).code).toBe(400);
    expect(await refusal(world.api.create(Widget, here(), widget('a', { size: 'x' })))).toMatchObject({ code: 422, details: { causes: [{ reason: 'FieldValueTypeInvalid', field: 'spec.size' }] } });
    expect((await refusal(world.api.create(Widget, here(), { ...widget('a'), metadata: { name: 'a', labels: { x: 1 } } }))).code).toBe(400);
  });

  test('A6 B78 every bad field is told, at most 100 and a count', async () => {
    await using world = await open();
    const { create } = custom({ type: 'object', additionalProperties: int });
    const status = await refusal(create(world, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${String(i)}`, 'x']))));

    expect(status.details?.causes).toHaveLength(101);
    expect(status.details?.causes?.at(-1)?.message).toContain('9900');
  });

});
