import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Deployment } from '../../../src/kinds/index.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { Widget, configMap, here, refusal, widget, type World } from '../../core/api/harness.js';
import { deployment } from './objects.js';
import { cases } from './cases.js';
import { expectStored, worlds } from './stores.js';

const row = cases();

const applyData = ({ api }: World, manager: string, data: object, force?: boolean) =>
  api.patch(ConfigMap, here('a'), { type: 'apply', value: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data }, force }, { fieldManager: manager });
const applyDeployment = ({ api }: World, manager: string, spec: object, force?: boolean) =>
  api.patch(Deployment, here('a'), { type: 'apply', value: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec }, force }, { fieldManager: manager });
const owners = (object: KubeObject, field: string) => (object.metadata.managedFields ?? []).filter((entry) => JSON.stringify(entry.fieldsV1).includes(`"${field}"`)).map(({ manager }) => manager);
const dataOf = (object: KubeObject) => (object as { readonly data?: object }).data;

row('A48.1', async ({ api }) => {
  expect(await refusal(api.patch(ConfigMap, here('a'), { type: 'apply', value: configMap('a') }))).toMatchObject({
    code: 422, message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  });
});
row('A48.2', async (world) => {
  expect((await refusal(applyData(world, 'm'.repeat(129), {}))).details?.causes).toMatchObject([{ reason: 'FieldValueTooLong', field: 'fieldManager' }]);
});
row('A48.3', async ({ api }) => {
  const value = configMap('a', {}, { managedFields: [{}] });
  expect(await refusal(api.patch(ConfigMap, here('a'), { type: 'apply', value }, { fieldManager: 'm' }))).toMatchObject({ code: 400, message: 'metadata.managedFields must be nil' });
});
row('A49.1', async (world) => {
  const { object, created } = await applyData(world, 'm1', { x: '1' });
  expect(created).toBe(true);
  expect(object.metadata.managedFields).toMatchObject([{ manager: 'm1', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:x': {} } } }]);
});
row('A49.2', async (world) => {
  await applyData(world, 'm1', { x: '1', y: '1' });
  expect(dataOf((await applyData(world, 'm1', { x: '1' })).object)).toEqual({ x: '1' });
});
row('A49.3', async (world) => {
  await applyData(world, 'm1', { x: '1', y: '1' });
  await applyData(world, 'm2', { y: '1' });
  const { object } = await applyData(world, 'm1', { x: '1' });
  expect(dataOf(object)).toEqual({ x: '1', y: '1' });
  expect(owners(object, 'f:y')).toEqual(['m2']);
});
row('A50.1', async (world) => {
  await applyDeployment(world, 'm1', deployment('a').spec);
  expect(await refusal(applyDeployment(world, 'm2', { replicas: 2 }))).toMatchObject({
    code: 409, reason: 'Conflict', message: 'Apply failed with 1 conflict: conflict with "m1": .spec.replicas',
    details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.replicas' }] },
  });
});
row('A50.2', async (world) => {
  await applyDeployment(world, 'm1', deployment('a').spec);
  // One that only shared a field has no time yet, and so sorts first.
  expect(owners((await applyDeployment(world, 'm2', { replicas: 1 })).object, 'f:replicas')).toEqual(['m2', 'm1']);
});
row('A50.3', async (world) => {
  await applyDeployment(world, 'm1', deployment('a').spec);
  expect(owners((await applyDeployment(world, 'm2', { replicas: 2 }, true)).object, 'f:replicas')).toEqual(['m2']);
});
row('A50.4', async (world) => {
  const { object } = await world.api.create(Deployment, here(), deployment('a'), { fieldManager: 'someone' });
  const container = { name: 'a', image: 'a:2' };
  const spec = { ...(object.spec as object), template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } } };
  await world.api.update(Deployment, here('a'), { ...object, spec }, { fieldManager: 'kubectl-edit' });
  const status = await refusal(applyDeployment(world, 'm2', { template: { spec: { containers: [{ name: 'a', image: 'a:3' }] } } }));
  expect(status.message).toContain('"kubectl-edit" using apps/v1');
});
row('A51.1', async (world) => {
  const container = (name: string) => ({ template: { spec: { containers: [{ name, image: 'a:1' }] } } });
  await applyDeployment(world, 'm1', deployment('a').spec);
  const { object } = await applyDeployment(world, 'm2', container('b'));
  const spec = object.spec as { readonly template: { readonly spec: { readonly containers: readonly { readonly name: string }[] } } };
  expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(owners(object, 'k:{\\"name\\":\\"b\\"}')).toEqual(['m2']);
});
row('A51.2', async ({ api, revision }) => {
  await api.list(Widget, here());
  const before = await revision();
  const value = widget('a', { parts: [{ name: 'x' }, { name: 'x' }] });
  const status = await refusal(api.patch(Widget, here('a'), { type: 'apply', value }, { fieldManager: 'm' }));
  expect(status.code).toBe(422);
  expect(status.details?.causes?.[0]?.reason).toBe('FieldValueDuplicate');
  expect(await revision()).toBe(before);
});
row('A53.1', async ({ api }) => {
  let { object } = await api.create(ConfigMap, here(), configMap('a', { first: 'v' }), { fieldManager: 'm0' });
  for (let i = 1; i <= 11; i++) {
    ({ object } = await api.update(ConfigMap, here('a'), { ...object, data: { ...dataOf(object), [`k${String(i)}`]: 'v' } }, { fieldManager: `m${String(i)}` }));
  }
  const managers = (object.metadata.managedFields ?? []).map(({ manager }) => manager);
  expect(managers).toHaveLength(10);
  expect(managers).toContain('ancient-changes');
});
row('A54.1', async (world) => {
  const first = await applyData(world, 'm1', { x: '1' });
  const before = await world.revision();
  for (let i = 0; i < 100; i++) expectStored((await applyData(world, 'm1', { x: '1' })).object, first.object);
  expect(await world.revision()).toBe(before);
});

const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } }) };
row('A56.1', async (world) => {
  await world.api.create(ConfigMap, here(), configMap('a', { x: '1' }, { annotations: lastApplied }), { fieldManager: 'kubectl-client-side-apply' });
  expect(dataOf((await applyData(world, 'kubectl', { x: '2' })).object)).toEqual({ x: '2' });
});
row('A56.2', async (world) => {
  await world.api.create(ConfigMap, here(), configMap('a', { x: '1' }, { annotations: lastApplied }), { fieldManager: 'kubectl-client-side-apply' });
  expect((await refusal(applyData(world, 'm2', { x: '2' }))).code).toBe(409);
});

describe('apply, beyond the rows', () => {
  const open = worlds();

  test('A49 two managers that create the same object by apply both get their fields in', async () => {
    await using world = await open();
    await Promise.all([applyData(world, 'm1', { x: '1' }), applyData(world, 'm2', { y: '1' })]);

    expect(dataOf(await world.api.get(ConfigMap, here('a')))).toEqual({ x: '1', y: '1' });
  });

  test('A65 a status applied through the main resource is neither written nor owned', async () => {
    await using world = await open();
    const value = { ...widget('a', { size: 1 }), status: { ready: true } };
    const { object } = await world.api.patch(Widget, here('a'), { type: 'apply', value }, { fieldManager: 'm' });
    const again = await world.api.patch(Widget, here('a'), { type: 'apply', value }, { fieldManager: 'm' });

    expect(object.status).toBeUndefined();
    expect(JSON.stringify(object.metadata.managedFields)).not.toContain('f:status');
    expectStored(again.object, object);
  });
});
