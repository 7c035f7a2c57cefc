import { describe, expect, test } from '@jest/globals';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { ConfigMap, Deployment, Namespace } from '../../../src/kinds/index.js';
import { Widget, configMap, here, refusal, widget } from '../../core/api/harness.js';
import { deployment } from './objects.js';
import { cases } from './cases.js';
import { worlds } from './stores.js';

const row = cases();

row('A17.1', async ({ api }) => {
  const { object, created } = await api.create(ConfigMap, here(), configMap('a'));
  expect(created).toBe(true);
  expect(object.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(object.metadata.creationTimestamp).toBe('2030-01-01T00:00:00Z');
  expect(object.metadata.resourceVersion).toMatch(/^[1-9][0-9]*$/);
});
row('A17.2', async ({ api }) => {
  const { object } = await api.create(Deployment, here(), { ...deployment('a', {}, { generation: 7 }), status: { replicas: 3 } });
  expect(object.metadata.generation).toBe(1);
  expect(object.status).toEqual({});
});
row('A14.1', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a', {}, { uid: 'u', creationTimestamp: '2001-01-01T00:00:00Z' }));
  expect(object.metadata.uid).not.toBe('u');
  expect(object.metadata.creationTimestamp).toBe('2030-01-01T00:00:00Z');
});
row('A14.2', async ({ api }) => {
  expect(await refusal(api.create(ConfigMap, here(), configMap('a', {}, { resourceVersion: '5' })))).toMatchObject({
    code: 400, reason: 'BadRequest', message: 'resourceVersion should not be set on objects to be created',
  });
});
row('A10.1', async ({ api }) => {
  const status = await refusal(api.create(ConfigMap, here(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }));
  expect(status).toMatchObject({ code: 422, reason: 'Invalid', details: { kind: 'ConfigMap', causes: [{ reason: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' }] } });
});
row('A18.1', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  expect(await refusal(api.create(ConfigMap, here(), configMap('a')))).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists', details: { name: 'a', kind: 'configmaps' } });
});
row('A18.2', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a', {}, { finalizers: ['x/y'] }));
  await api.delete(ConfigMap, here('a'));
  expect(await refusal(api.create(ConfigMap, here(), configMap('a')))).toMatchObject({ reason: 'AlreadyExists', message: 'object is being deleted: configmaps "a" already exists' });
});
row('A19.1', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), { ...configMap(''), metadata: { generateName: 'web-' } });
  expect(object.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(object.metadata.generateName).toBe('web-');
});
row('A19.2', async ({ api }) => {
  const base = 'x'.repeat(70);
  const { object } = await api.create(ConfigMap, here(), { ...configMap(''), metadata: { generateName: base } });
  expect(object.metadata.name).toHaveLength(63);
  expect(object.metadata.name.startsWith('x'.repeat(58))).toBe(true);
});

/** Suffixes come from a stream that gives each of these five times in a row, then the last for ever. */
const repeating = (...draws: readonly number[]) => {
  const real = keyedRandom(1);
  let i = 0;
  return { ...real, next: (stream: string) => (stream === 'api/generateName' ? (draws[Math.min(Math.floor(i++ / 5), draws.length - 1)] ?? 0) : real.next(stream)) };
};
row('A19.3', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('web-bbbbb'));
  const { object } = await api.create(ConfigMap, here(), { ...configMap(''), metadata: { generateName: 'web-' } });
  expect(object.metadata.name).toBe('web-99999');
}, { random: repeating(0, 0, 0.99) });
row('A19.4', async ({ api, revision }) => {
  await api.create(ConfigMap, here(), configMap('web-bbbbb'));
  const before = await revision();
  const status = await refusal(api.create(ConfigMap, here(), { ...configMap(''), metadata: { generateName: 'web-' } }));
  expect(status).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "web-bbbbb" already exists, the server was not able to generate a unique name for the object', details: { retryAfterSeconds: 1 } });
  expect(await revision()).toBe(before);
}, { random: repeating(0) });
row('A19.5', async ({ api }) => {
  const status = await refusal(api.create(ConfigMap, here(), { ...configMap(''), metadata: { generateName: 'Web-' } }));
  expect(status.code).toBe(422);
  expect(status.details?.causes?.map(({ field }) => field)).toEqual(['metadata.generateName', 'metadata.name']);
});
row('A20.1', async ({ api, revision }) => {
  await api.list(ConfigMap, here());
  const before = await revision();
  const results = await Promise.allSettled([api.create(ConfigMap, here(), configMap('a')), api.create(ConfigMap, here(), configMap('a'))]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await revision()).toBe(before + 1n);
});
row('A15.1', async ({ api }) => {
  expect(await refusal(api.create(ConfigMap, { namespace: 'kube-system' }, configMap('a')))).toMatchObject({ code: 400, message: 'the namespace of the provided object does not match the namespace sent on the request' });
});
row('A15.2', async ({ api }) => {
  const { object } = await api.create(Namespace, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', namespace: 'y' } });
  expect(Object.hasOwn(object.metadata, 'namespace')).toBe(false);
});
row('A97.1', async ({ api, revision }) => {
  await api.list(ConfigMap, here());
  const before = await revision();
  expect(await refusal(api.create(ConfigMap, { namespace: 'x' }, configMap('a', {}, { namespace: 'x' })))).toMatchObject({ code: 404, reason: 'NotFound', message: 'namespaces "x" not found' });
  expect(await revision()).toBe(before);
});
row('A97.2', async ({ api }) => {
  await api.create(Namespace, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  await api.delete(Namespace, { name: 'x' });
  expect(await refusal(api.create(ConfigMap, { namespace: 'x' }, configMap('a', {}, { namespace: 'x' })))).toMatchObject({
    code: 403, reason: 'Forbidden', message: 'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }] },
  });
});

describe('create, beyond the rows', () => {
  const open = worlds();

  test('A2 a write answers with the very reference that get, list and watch give', async () => {
    await using world = await open();
    const { object } = await world.api.create(Widget, here(), widget('a'));
    await world.api.list(Widget, here());
    const again = await world.api.update(Widget, here('a'), { ...object, spec: { size: 2 } });

    expect(await world.api.get(Widget, here('a'))).toBe(again.object);
    expect((await world.api.list(Widget, here())).items[0]).toBe(again.object);
    expect(Object.isFrozen(again.object.metadata)).toBe(true);
  });

  test('B26 what only the server may set is ignored on create', async () => {
    await using world = await open();
    const { object } = await world.api.create(Widget, here(), widget('a', {}, { deletionTimestamp: '2040-01-01T00:00:00Z', deletionGracePeriodSeconds: 5, generation: 99, selfLink: '/x' }));

    expect(object.metadata).toMatchObject({ generation: 1 });
    for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink']) expect(Object.hasOwn(object.metadata, field)).toBe(false);
  });

  test('B23 a name that means another path is refused and nothing is read or written there', async () => {
    await using world = await open();
    for (const name of ['..', '.', 'a/b', 'a%2fb']) {
      expect((await refusal(world.api.create(Widget, here(), widget(name)))).code).toBe(422);
      expect((await refusal(world.api.get(Widget, here(name)))).code).toBe(400);
    }
    expect((await refusal(world.api.get(Widget, { namespace: '../secrets', name: 'a' }))).code).toBe(400);
  });
});
