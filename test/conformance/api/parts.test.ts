import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, Event, Lease, Pod } from '../../../src/kinds/index.js';
import type { AdmissionPlugin } from '../../../src/core/api/plugs.js';
import type { Epoch, Key } from '../../../src/core/resource/object.js';
import { Widget, collect, configMap, here, refusal, widget, type World } from '../../core/api/harness.js';
import { deployment, lease, pod } from './objects.js';
import { cases } from './cases.js';
import { expectStored, worlds } from './stores.js';

const row = cases();

row('A65.1', async ({ api }) => {
  const { object } = await api.create(Deployment, here(), deployment('a'));
  const body = { ...object, spec: { ...(object.spec as object), replicas: 5 }, status: { observedGeneration: 1 } };
  const next = await api.update(Deployment, { ...here('a'), subresource: 'status' }, body);
  expect(next.object).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 1 }, status: { observedGeneration: 1 } });
});
row('A65.2', async ({ api }) => {
  const { object } = await api.create(Widget, here(), widget('a'));
  const next = await api.update(Widget, here('a'), { ...object, status: { ready: true } });
  expectStored(next.object, object);
});
row('A67.1', async ({ api, until }) => {
  const { resourceVersion } = await api.create(Pod, here(), pod('p'));
  const watch = collect(api.watch(Pod, here(), { resourceVersion }));
  await api.create(Pod, { ...here('p'), subresource: 'binding' }, { target: { kind: 'Node', name: 'n1' } });
  await until(() => watch.events.length >= 1);
  expect(watch.events).toMatchObject([{ type: 'MODIFIED', object: { spec: { nodeName: 'n1' }, status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } } }]);
  await watch.stop();
});
const bind = ({ api }: World, node: string) => api.create(Pod, { ...here('p'), subresource: 'binding' }, { target: { kind: 'Node', name: node } });
row('A67.2', async (world) => {
  await world.api.create(Pod, here(), pod('p', { nodeName: 'n1' }));
  expect((await refusal(bind(world, 'n2'))).message).toBe('Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"');
});
row('A67.3', async (world) => {
  await world.api.create(Pod, here(), pod('p', {}, { finalizers: ['x/y'] }));
  await world.api.delete(Pod, here('p'));
  expect((await refusal(bind(world, 'n2'))).message).toContain('is being deleted, cannot be assigned to a host');
});
row('A92.1', async ({ api, revision }) => {
  await api.list(ConfigMap, here());
  const before = await revision();
  const { object } = await api.create(ConfigMap, here(), configMap('a'), { dryRun: true });
  expect(object.metadata.uid).toMatch(/-4/);
  expect(Object.hasOwn(object.metadata, 'resourceVersion')).toBe(false);
  expect((await refusal(api.get(ConfigMap, here('a')))).code).toBe(404);
  expect(await revision()).toBe(before);
});
row('A92.2', async ({ api }) => {
  const dryRun = ['Some'] as unknown as boolean;
  expect((await refusal(api.create(ConfigMap, here(), configMap('a'), { dryRun }))).details?.causes).toMatchObject([{ reason: 'FieldValueNotSupported', field: 'dryRun' }]);
});
row('A92.3', async ({ api, revision }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  const before = await revision();
  await api.delete(ConfigMap, here('a'), { dryRun: true });
  expectStored(await api.get(ConfigMap, here('a')), object);
  expect(await revision()).toBe(before);
});

const mutates: AdmissionPlugin = { name: 'sly', type: 'validating', handles: ({ kind }) => kind.kind === 'ConfigMap', admit({ object }) { if (object) object['data'] = { x: 'sly' }; } };
row('A93.1', async ({ api }) => {
  expect(await refusal(api.create(ConfigMap, here(), configMap('a')))).toMatchObject({ code: 500, reason: 'InternalError' });
  expect((await refusal(api.get(ConfigMap, here('a')))).code).toBe(404);
}, { admission: [mutates] });
const thrower: AdmissionPlugin = { name: 'broken', type: 'mutating', handles: ({ kind }) => kind.kind === 'ConfigMap', admit() { throw new Error('oops'); } };

describe('admission, status, fences and expiry, beyond the rows', () => {
  const open = worlds();

  test('A95 a plugin that throws refuses the request, and nothing is written', async () => {
    await using world = await open({ admission: [thrower] });
    expect(await refusal(world.api.create(ConfigMap, here(), configMap('a')))).toMatchObject({ code: 500, message: 'Internal error occurred: admission plugin broken: oops' });
    expect((await world.api.list(ConfigMap, here())).items).toEqual([]);
  });

  test('A95 a plugin denies with its reason, and warns beside the result', async () => {
    const plugin: AdmissionPlugin = { name: 'p', type: 'validating', handles: ({ kind }) => kind.kind === 'ConfigMap', admit: ({ name }) => (name === 'no' ? { deny: 'not today' } : { warn: 'look out' }) };
    await using world = await open({ admission: [plugin] });

    const denied = await refusal(world.api.create(ConfigMap, here(), configMap('no')));
    const { warnings } = await world.api.create(ConfigMap, here(), configMap('yes'));

    expect(denied).toMatchObject({ code: 403, reason: 'Forbidden', message: 'configmaps "no" is forbidden: not today' });
    expect(warnings).toEqual(['look out']);
  });

  test('A94 the chain runs once more when a later plugin changed the object', async () => {
    const calls: string[] = [];
    const plugin = (name: string, change: boolean): AdmissionPlugin => ({
      name, type: 'mutating', handles: ({ kind }) => kind.kind === 'ConfigMap',
      admit({ object }) { calls.push(name); if (change && object) object.metadata['annotations'] = { by: name }; },
    });
    await using world = await open({ admission: [plugin('one', false), plugin('two', true)] });

    await world.api.create(ConfigMap, here(), configMap('a'));

    expect(calls).toEqual(['one', 'two', 'one', 'two']);
  });

  test('A96 a delete is admitted with the old object', async () => {
    const plugin: AdmissionPlugin = { name: 'keep', type: 'validating', handles: ({ operation }) => operation === 'DELETE', admit: ({ oldObject }) => ({ deny: `keeps ${oldObject?.metadata.name ?? ''}` }) };
    await using world = await open({ admission: [plugin] });
    await world.api.create(ConfigMap, here(), configMap('a'));

    expect((await refusal(world.api.delete(ConfigMap, here('a')))).message).toBe('configmaps "a" is forbidden: keeps a');
  });

  test('A65 a patch of the status changes nothing else; a kind without one is 404', async () => {
    await using world = await open();
    const { api } = world;
    await api.create(Widget, here(), widget('a'));

    const { object } = await api.patch(Widget, { ...here('a'), subresource: 'status' }, { type: 'merge', value: { spec: { size: 9 }, metadata: { labels: { x: 'y' } }, status: { ready: true } } });

    expect(object).toMatchObject({ spec: { size: 1 }, status: { ready: true }, metadata: { generation: 1 } });
    expect(object.metadata.labels).toBeUndefined();
    expect(object.metadata.managedFields).toMatchObject([{ fieldsV1: { 'f:spec': {} } }, { subresource: 'status', fieldsV1: { 'f:status': {} } }]);
    await api.create(ConfigMap, here(), configMap('a'));
    expect(await refusal(api.update(ConfigMap, { ...here('a'), subresource: 'status' }, configMap('a')))).toMatchObject({ code: 404, message: 'the server could not find the requested resource' });
  });

  test('A121 L19 a write carries the fence of a term: it is refused once another holds the lease', async () => {
    await using world = await open();
    const { api } = world;
    const held = await api.create(Lease, here('l'), lease('l', { holderIdentity: 'one', leaseTransitions: 0 }));
    const fence = { lease: 'default/l' as Key, epoch: Number(held.resourceVersion) as Epoch };
    const renewed = await api.patch(Lease, here('l'), { type: 'merge', value: { spec: { renewTime: '2030-01-01T00:00:05.000000Z' } } });
    await api.create(ConfigMap, here(), configMap('a'), { fence });
    await api.patch(Lease, here('l'), { type: 'merge', value: { spec: { holderIdentity: 'two', leaseTransitions: 1 } } });
    const before = await world.revision();

    const refused = await Promise.all([
      api.create(ConfigMap, here(), configMap('b'), { fence }), api.patch(ConfigMap, here('a'), { type: 'merge', value: { data: { x: '1' } } }, { fence }), api.delete(ConfigMap, here('a'), { fence }),
    ].map(refusal));

    expect(renewed.resourceVersion).not.toBe(held.resourceVersion);
    for (const status of refused) expect(status).toMatchObject({ code: 409, reason: 'Fenced' });
    expect(await world.revision()).toBe(before);
  });

  test('A121 a fence is over with its lease, and no resource shows the record', async () => {
    await using world = await open();
    const { api } = world;
    const held = await api.create(Lease, here('l'), lease('l', { holderIdentity: 'one' }));
    const fence = { lease: 'default/l' as Key, epoch: Number(held.resourceVersion) as Epoch };
    await api.delete(Lease, here('l'));
    const again = await api.create(Lease, here('l'), lease('l', { holderIdentity: 'one' }));

    expect((await refusal(api.create(ConfigMap, here(), configMap('a'), { fence }))).reason).toBe('Fenced');
    await api.create(ConfigMap, here(), configMap('a'), { fence: { ...fence, epoch: Number(again.resourceVersion) as Epoch } });
    expect((await api.list(Lease, {})).items).toHaveLength(1);
  });

  test('A64 an event expires an hour after it was written, as an ordinary DELETED', async () => {
    await using world = await open();
    const { api, clock, store } = world;
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: {}, reason: 'r', message: 'm' };
    await api.create(Event, here('e'), event);
    await api.create(ConfigMap, here(), configMap('a'));
    const leased = await store.range({ prefix: `${world.prefix}/events/` });

    expect(leased.items[0]?.lease).not.toBe(0n);
    expect((await store.range({ prefix: `${world.prefix}/configmaps/` })).items[0]?.lease).toBe(0n);
    expect(clock.pending).toBeGreaterThanOrEqual(0);
  });

  test('A123 keys are those of kube-apiserver', async () => {
    await using world = await open();
    const { api, store, prefix } = world;
    await api.create(ConfigMap, here(), configMap('a'));
    await api.create(Widget, here(), widget('w'));
    await api.create(Deployment, here(), deployment('d'));
    await api.create(Lease, here('l'), lease('l'));

    const { items } = await store.range({ prefix: `${prefix}/`, keysOnly: true });

    expect(items.map(({ key }) => key.slice(prefix.length)).filter((key) => !key.startsWith('/namespaces/'))).toEqual([
      '/configmaps/default/a', '/demo.example.com/widgets/default/w', '/deployments/default/d', '/leases/default/l', '/setpoint/fences/default/l',
    ]);
  });
});
