import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, Lease } from '../../../src/kinds/index.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { Widget, collect, configMap, here, refusal, shown, widget } from '../../core/api/harness.js';
import { deployment, lease } from './objects.js';
import { cases } from './cases.js';
import { expectStored, worlds } from './stores.js';

const row = cases();
const stale = 'the object has been modified; please apply your changes to the latest version and try again';

row('A31.1', async ({ api }) => {
  const { object: first } = await api.create(ConfigMap, here(), configMap('a'));
  await api.update(ConfigMap, here('a'), { ...first, data: { x: '1' } });
  expect(await refusal(api.update(ConfigMap, here('a'), { ...first, data: { x: '2' } }))).toMatchObject({
    code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on configmaps "a": ${stale}`,
  });
});
row('A32.1', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a', { x: '1' }));
  const { object } = await api.update(ConfigMap, here('a'), configMap('a', { y: '2' }));
  expect(object).toMatchObject({ data: { y: '2' } });
});
row('A32.2', async ({ api }) => {
  await api.create(Widget, here(), widget('a'));
  expect(await refusal(api.update(Widget, here('a'), widget('a', { size: 2 })))).toMatchObject({
    code: 422, message: 'widgets.demo.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  });
});
row('A33.1', async ({ api }) => {
  expect((await refusal(api.update(ConfigMap, here('a'), configMap('a')))).code).toBe(404);
});
row('A33.2', async ({ api }) => {
  expect((await api.update(Lease, here('a'), lease('a', { holderIdentity: 'me' }))).created).toBe(true);
});
row('A34.1', async ({ api, revision, until }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a', { x: '1' }));
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion: object.metadata.resourceVersion }));
  const before = await revision();
  const again = await api.update(ConfigMap, here('a'), object);
  expectStored(again.object, object);
  expect([again.appliedTo, again.resourceVersion]).toEqual([object.metadata.resourceVersion, object.metadata.resourceVersion]);
  expect(await revision()).toBe(before);
  await api.delete(ConfigMap, here('a'));
  await until(() => watch.events.length > 0);
  expect(watch.events.map(({ type }) => type)).toEqual(['DELETED']);
  await watch.stop();
});
row('A35.1', async ({ api }) => {
  const { object } = await api.create(Deployment, here(), deployment('a'));
  const next = await api.update(Deployment, here('a'), { ...object, metadata: { ...object.metadata, labels: { x: 'y' } } });
  expect(next.object.metadata.generation).toBe(1);
});
row('A35.2', async ({ api }) => {
  const { object } = await api.create(Deployment, here(), deployment('a'));
  const next = await api.update(Deployment, here('a'), { ...object, spec: { ...(object.spec as object), replicas: 3 } });
  expect(next.object.metadata.generation).toBe(2);
});
row('A35.3', async ({ api }) => {
  const { object } = await api.create(Deployment, here(), deployment('a'));
  const next = await api.update(Deployment, here('a'), { ...object, metadata: { ...object.metadata, generation: 9 } });
  expectStored(next.object, object);
});
row('A35.4', async ({ api }) => {
  const Plain = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Plain', spec: { type: 'object', properties: { status: { type: 'string' } } } });
  const { object } = await api.create(Plain, here(), { apiVersion: 'demo.example.com/v1', kind: 'Plain', metadata: { name: 'a' }, spec: {} });
  const next = await api.update(Plain, here('a'), { ...object, spec: { status: 'x' } });
  expect(next.object.metadata.generation).toBe(2);
});
row('A16.1', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  const status = await refusal(api.update(ConfigMap, here('a'), { ...object, metadata: { ...object.metadata, uid: 'other' } }));
  expect(status).toMatchObject({ code: 409, reason: 'Conflict' });
  expect(status.message).toContain(`Precondition failed: UID in precondition: other, UID in object meta: ${object.metadata.uid}`);
});
row('A16.2', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  const next = await api.update(ConfigMap, here('a'), { ...object, metadata: { ...object.metadata, creationTimestamp: '2001-01-01T00:00:00Z' } });
  expectStored(next.object, object);
});
row('A15.3', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  expect(await refusal(api.update(ConfigMap, here('a'), configMap('b')))).toMatchObject({ code: 400, message: 'the name of the object (b) does not match the name on the URL (a)' });
});
row('A36.1', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  const status = await refusal(api.update(ConfigMap, here('a'), { ...object, metadata: { ...object.metadata, deletionTimestamp: '2040-01-01T00:00:00Z' } }));
  expect(status.details?.causes).toMatchObject([{ field: 'metadata.deletionTimestamp', message: 'Invalid value: "2040-01-01T00:00:00Z": field is immutable' }]);
});
row('A37.1', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a', {}, { finalizers: ['x/y'] }));
  const { object } = await api.delete(ConfigMap, here('a'));
  const status = await refusal(api.update(ConfigMap, here('a'), { ...object, metadata: { ...object.metadata, finalizers: ['x/y', 'x/z'] } }));
  expect(status.details?.causes).toMatchObject([{ reason: 'FieldValueForbidden', field: 'metadata.finalizers' }]);
});
row('A38.1', async ({ api, until }) => {
  const { object: made } = await api.create(ConfigMap, here(), configMap('a', {}, { finalizers: ['x/y'] }));
  const { object } = await api.delete(ConfigMap, here('a'));
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion: object.metadata.resourceVersion }));
  const gone = await api.update(ConfigMap, here('a'), { ...object, metadata: { ...object.metadata, finalizers: [] } });
  expect([gone.gone, gone.object.metadata.uid]).toEqual([true, made.metadata.uid]);
  expect((await refusal(api.get(ConfigMap, here('a')))).code).toBe(404);
  await until(() => watch.events.length > 0);
  expect(watch.events.map(shown)).toEqual([`DELETED a@${gone.resourceVersion}`]);
  await watch.stop();
});
row('A39.1', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  await Promise.all(Array.from({ length: 100 }, (_, i) => api.patch(ConfigMap, here('a'), { type: 'merge', value: { data: { [`k${String(i)}`]: 'v' } } })));
  expect(Object.keys((await api.get(ConfigMap, here('a')) as { readonly data?: object }).data ?? {})).toHaveLength(100);
});
row('A39.2', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  await api.patch(ConfigMap, here('a'), { type: 'merge', value: { data: { x: '1' } } });
  const late = { data: { x: '2' }, metadata: { resourceVersion: object.metadata.resourceVersion } };
  expect((await refusal(api.patch(ConfigMap, here('a'), { type: 'merge', value: late }))).reason).toBe('Conflict');
});

describe('update, beyond the rows', () => {
  const open = worlds();

  test('A40 100 concurrent JSON patches of one object all win', async () => {
    await using world = await open();
    const { api } = world;
    await api.create(ConfigMap, here(), configMap('a', { first: 'v' }));
    const before = await world.revision();

    await Promise.all(Array.from({ length: 100 }, (_, i) => api.patch(ConfigMap, here('a'), { type: 'json', ops: [{ op: 'add', path: `/data/k${String(i)}`, value: 'v' }] })));

    expect(await world.revision()).toBe(before + 100n);
    expect(Object.keys((await api.get(ConfigMap, here('a')) as { readonly data?: object }).data ?? {})).toHaveLength(101);
  });

  test('A36 B28 a terminating object cannot be revived', async () => {
    await using world = await open();
    await world.api.create(ConfigMap, here(), configMap('a', {}, { finalizers: ['x/y'] }));
    const { object } = await world.api.delete(ConfigMap, here('a'));

    const { deletionTimestamp: _, deletionGracePeriodSeconds: __, ...metadata } = object.metadata;
    const next = await world.api.update(ConfigMap, here('a'), { ...object, metadata });

    expectStored(next.object, object);
  });

  test('A122 each write tells what it was applied to and what it made', async () => {
    await using world = await open();
    const made = await world.api.create(ConfigMap, here(), configMap('a'));
    const patched = await world.api.patch(ConfigMap, here('a'), { type: 'merge', value: { data: { x: '1' } } });
    const gone = await world.api.delete(ConfigMap, here('a'));

    expect(made.appliedTo).toBeUndefined();
    expect([patched.appliedTo, gone.appliedTo]).toEqual([made.resourceVersion, patched.resourceVersion]);
    expect(BigInt(gone.resourceVersion) > BigInt(patched.resourceVersion)).toBe(true);
    expect(gone.gone).toBe(true);
  });

  test('B32 a resourceVersion that is no decimal number is 400 on every verb', async () => {
    await using world = await open();
    const { api } = world;
    const { object } = await api.create(ConfigMap, here(), configMap('a'));
    for (const resourceVersion of ['abc', '-1', '1.5', '1e3', '0x10', '18446744073709551616', '9'.repeat(100_000)]) {
      const body = { ...object, metadata: { ...object.metadata, resourceVersion } };
      const refused = [
        api.update(ConfigMap, here('a'), body), api.get(ConfigMap, here('a'), { resourceVersion }), api.list(ConfigMap, here(), { resourceVersion }),
        api.delete(ConfigMap, here('a'), { preconditions: { resourceVersion } }), api.patch(ConfigMap, here('a'), { type: 'merge', value: { metadata: { resourceVersion } } }),
      ];
      for (const status of await Promise.all(refused.map(refusal))) {
        expect(status.code).toBe(400);
        expect(status.message).toContain('resourceVersion');
        expect(status.message.length).toBeLessThan(300);
      }
    }
  });
});
