import { describe, expect, test } from '@jest/globals';
import { ConfigMap } from '../../../src/kinds/index.js';
import type { Patch } from '../../../src/core/api/api.js';
import { Widget, configMap, here, refusal, widget, type World } from '../../core/api/harness.js';
import { cases } from './cases.js';
import { expectStored, worlds } from './stores.js';

const row = cases();
const fixedText = 'the server rejected our request due to an error in our request';
const given = async ({ api }: World, data: { readonly [key: string]: string } = {}) => (await api.create(ConfigMap, here(), configMap('a', data))).object;
const patch = ({ api }: World, value: Patch) => api.patch(ConfigMap, here('a'), value);
const dataOf = async ({ api }: World) => (await api.get(ConfigMap, here('a')) as { readonly data?: object }).data;

row('A41.1', async ({ api }) => {
  await api.create(Widget, here(), widget('a'));
  expect((await refusal(api.patch(Widget, here('a'), { type: 'strategic', value: {} }))).code).toBe(415);
});
row('A42.1', async (world) => {
  await given(world, {});
  const status = await refusal(patch(world, { type: 'json', ops: [{ op: 'remove', path: '/data/x' }] }));
  expect(status).toMatchObject({ code: 422, reason: 'Invalid', message: fixedText });
  expect(status.details?.causes).toBeUndefined();
});
row('A42.2', async (world) => {
  await given(world, { x: '1' });
  expect((await refusal(patch(world, { type: 'json', ops: [{ op: 'test', path: '/data/x', value: '2' }, { op: 'replace', path: '/data/x', value: '3' }] }))).code).toBe(422);
  expect(await dataOf(world)).toEqual({ x: '1' });
});
row('A42.3', async (world) => {
  await given(world);
  const ops = Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/data/x', value: '1' }) as const);
  const status = await refusal(patch(world, { type: 'json', ops }));
  expect(status.code).toBe(413);
  expect(status.message).toMatch(/10000.*10001/);
});
row('A42.4', async (world) => {
  await given(world);
  expect((await refusal(patch(world, { type: 'json', ops: { op: 'add' } as unknown as [] }))).code).toBe(400);
});
row('A43.1', async (world) => {
  await given(world, { x: '1', y: '2' });
  await patch(world, { type: 'merge', value: { data: { x: null } } });
  expect(await dataOf(world)).toEqual({ y: '2' });
});
row('A43.2', async (world) => {
  await given(world);
  expect((await refusal(patch(world, { type: 'merge', value: 5 }))).code).toBe(400);
});
row('A44.1', async (world) => {
  await given(world);
  await patch(world, { type: 'merge', value: { data: JSON.parse('{"__proto__":"p","constructor":"c"}') as object } });
  expect(Object.entries(await dataOf(world) ?? {})).toEqual([['__proto__', 'p'], ['constructor', 'c']]);
  expect(({} as { readonly p?: unknown }).p).toBeUndefined();
});
row('A44.2', async (world) => {
  await given(world);
  expect((await refusal(patch(world, { type: 'merge', value: JSON.parse('{"__proto__":{"polluted":true}}') as object }))).code).toBe(400);
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
});
row('A44.3', async (world) => {
  await given(world);
  expect((await refusal(patch(world, { type: 'json', ops: [{ op: 'add', path: '/constructor/prototype/x', value: 1 }] }))).code).toBe(422);
  expect(({} as { readonly x?: unknown }).x).toBeUndefined();
});
row('A46.1', async (world) => {
  const object = await given(world);
  expectStored((await patch(world, { type: 'merge', value: {} })).object, object);
});
row('A46.2', async (world) => {
  expect((await refusal(patch(world, { type: 'merge', value: {} }))).code).toBe(404);
});
row('A47.1', async (world) => {
  await given(world);
  const status = await refusal(patch(world, { type: 'merge', value: {}, force: true } as Patch));
  expect(status).toMatchObject({ code: 422, message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch' });
});

describe('patch, beyond the rows', () => {
  const open = worlds();

  test('B53 a patch cannot move an object or change what it is', async () => {
    await using world = await open();
    const object = await given(world);
    for (const value of [{ metadata: { name: 'b' } }, { metadata: { namespace: 'kube-system' } }, { kind: 'Secret' }, { apiVersion: 'v2' }, { metadata: null }]) {
      expect((await refusal(patch(world, { type: 'merge', value }))).code).toBe(400);
    }
    expect((await refusal(patch(world, { type: 'merge', value: { metadata: { uid: 'x' } } }))).code).toBe(422);
    expectStored(await world.api.get(ConfigMap, here('a')), object);
  });

  test('A86 an unknown field in a patch is refused in Strict, dropped with a warning in Warn', async () => {
    await using world = await open();
    await given(world, { x: '1' });

    const status = await refusal(world.api.patch(ConfigMap, here('a'), { type: 'merge', value: { dta: {} } }));
    const warned = await world.api.patch(ConfigMap, here('a'), { type: 'merge', value: { dta: {} } }, { fieldValidation: 'Warn' });

    expect(status).toMatchObject({ code: 400, message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"' });
    expect(warned.warnings).toEqual(['unknown field "dta"']);
    expect(Object.hasOwn(warned.object, 'dta')).toBe(false);
  });
});
