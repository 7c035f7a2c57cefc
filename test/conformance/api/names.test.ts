import { expect } from '@jest/globals';
import { ConfigMap, Namespace } from '../../../src/kinds/index.js';
import { configMap, here, refusal, type World } from '../../core/api/harness.js';
import { cases } from './cases.js';

const row = cases();
const create = ({ api }: World, name: string, metadata: object = {}) => api.create(ConfigMap, here(), configMap(name, {}, metadata));

row('A9.1', async (world) => {
  await create(world, Array.from({ length: 127 }, () => 'a').join('.'));
});
row('A9.2', async (world) => {
  const status = await refusal(create(world, 'a'.repeat(254)));
  expect(status).toMatchObject({ code: 422, details: { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] } });
  expect(status.message).toContain('must be no more than 253 characters');
});
row('A9.3', async (world) => {
  for (const name of ['A', 'a_b', '-a', 'a-', 'a..b', '.a', 'a\u0000', 'a\n', 'ａ']) {
    expect(await refusal(create(world, name))).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.name' }] } });
  }
});
row('A9.4', async ({ api }) => {
  expect(await refusal(api.create(Namespace, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } }))).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.name' }] } });
});
row('A11.1', async (world) => {
  expect(await refusal(create(world, 'a', { labels: { ['k'.repeat(64)]: 'v' } }))).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.labels' }] } });
});
row('A11.2', async (world) => {
  await create(world, 'a', { labels: { k: 'v'.repeat(63) } });
  expect((await refusal(create(world, 'b', { labels: { k: 'v'.repeat(64) } }))).code).toBe(422);
});
row('A11.3', async (world) => {
  expect((await create(world, 'a', { labels: { k: '' } })).object.metadata.labels).toEqual({ k: '' });
});
row('A11.4', async (world) => {
  await create(world, 'a', { annotations: { k: 'v'.repeat(262_143) } });
});
row('A11.5', async (world) => {
  // Bytes, not characters: é is two of them.
  const status = await refusal(create(world, 'a', { annotations: { k: 'é'.repeat(131_072) } }));
  expect(status).toMatchObject({ code: 422, details: { causes: [{ reason: 'FieldValueTooLong', field: 'metadata.annotations', message: 'Too long: may not be more than 262144 bytes' }] } });
});
row('A11.6', async (world) => {
  await create(world, 'a', { annotations: { 'Upper.Case/Key': 'v' } });
});

const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
row('A12.1', async (world) => {
  const owners = [{ ...owner, controller: true }, { ...owner, uid: 'v', controller: true }];
  expect(await refusal(create(world, 'a', { ownerReferences: owners }))).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.ownerReferences' }] } });
});
row('A12.2', async (world) => {
  const { object, warnings } = await create(world, 'a', { ownerReferences: [owner, owner] });
  expect(object.metadata.ownerReferences).toEqual([owner]);
  expect(warnings).toHaveLength(1);
});
row('A12.3', async (world) => {
  const { uid: _, ...rest } = owner;
  const status = await refusal(create(world, 'a', { ownerReferences: [rest] }));
  expect(status.details?.causes).toEqual([{ reason: 'FieldValueInvalid', field: 'metadata.ownerReferences.uid', message: 'Invalid value: "": must not be empty' }]);
});
row('A13.1', async (world) => {
  expect(await refusal(create(world, 'a', { finalizers: ['orphan', 'foregroundDeletion'] }))).toMatchObject({ code: 422, details: { causes: [{ field: 'metadata.finalizers' }] } });
});
