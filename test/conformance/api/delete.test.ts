import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, Namespace, Pod } from '../../../src/kinds/index.js';
import type { DeleteParams } from '../../../src/core/api/api.js';
import { Widget, collect, configMap, here, refusal, shown, widget, type World } from '../../core/api/harness.js';
import { deployment, pod } from './objects.js';
import { cases } from './cases.js';
import { expectStored, worlds } from './stores.js';

const row = cases();

row('A57.1', async ({ api, until }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion: object.metadata.resourceVersion }));
  const gone = await api.delete(ConfigMap, here('a'));
  expect([gone.gone, gone.object.metadata.uid]).toEqual([true, object.metadata.uid]);
  await until(() => watch.events.length > 0);
  expect(watch.events.map(shown)).toEqual([`DELETED a@${gone.resourceVersion}`]);
  await watch.stop();
});
row('A58.1', async ({ api, until }) => {
  const { object } = await api.create(Widget, here(), widget('a', {}, { finalizers: ['x/y'] }));
  const watch = collect(api.watch(Widget, here(), { resourceVersion: object.metadata.resourceVersion }));
  const marked = await api.delete(Widget, here('a'));
  expect(marked.gone).toBe(false);
  expect(marked.object.metadata).toMatchObject({ deletionTimestamp: '2030-01-01T00:00:00Z', deletionGracePeriodSeconds: 0, generation: 2 });
  expectStored(await api.get(Widget, here('a')), marked.object);
  await until(() => watch.events.length > 0);
  expect(watch.events.map(({ type }) => type)).toEqual(['MODIFIED']);
  await watch.stop();
});
row('A58.2', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a', {}, { finalizers: ['x/y'] }));
  const marked = await api.delete(ConfigMap, here('a'));
  expectStored((await api.delete(ConfigMap, here('a'))).object, marked.object);
});
row('A59.1', async ({ api }) => {
  expect((await refusal(api.delete(ConfigMap, here('a')))).code).toBe(404);
});
row('A59.2', async ({ api }) => {
  const { object } = await api.create(ConfigMap, here(), configMap('a'));
  expect(await refusal(api.delete(ConfigMap, here('a'), { preconditions: { uid: 'v' } }))).toMatchObject({
    code: 409, reason: 'Conflict',
    message: `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (v) does not match the UID in record (${object.metadata.uid}). The object might have been deleted and then recreated`,
  });
});
row('A59.3', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  expect((await refusal(api.delete(ConfigMap, here('a'), { preconditions: { resourceVersion: '1' } }))).reason).toBe('Conflict');
});

const running = async ({ api }: World, spec: object = {}) => (await api.create(Pod, here(), pod('p', { nodeName: 'n1', ...spec }))).object;
const end = ({ api }: World, params: DeleteParams = {}) => api.delete(Pod, here('p'), params);
row('A60.1', async (world) => {
  await running(world, { terminationGracePeriodSeconds: 30 });
  const { object, gone } = await end(world);
  expect(gone).toBe(false);
  expect(object.metadata).toMatchObject({ deletionTimestamp: '2030-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
  expectStored(await world.api.get(Pod, here('p')), object);
});
row('A60.2', async (world) => {
  await running(world);
  await end(world);
  expect((await end(world, { gracePeriodSeconds: 10 })).object.metadata).toMatchObject({ deletionTimestamp: '2030-01-01T00:00:10Z', deletionGracePeriodSeconds: 10 });
});
row('A60.3', async (world) => {
  await running(world);
  const { object } = await end(world, { gracePeriodSeconds: 10 });
  expectStored((await end(world, { gracePeriodSeconds: 60 })).object, object);
});
row('A60.4', async (world) => {
  await running(world);
  await end(world);
  expect((await end(world, { gracePeriodSeconds: 0 })).gone).toBe(true);
  expect((await refusal(world.api.get(Pod, here('p')))).code).toBe(404);
});
row('A60.5', async (world) => {
  await world.api.create(Pod, here(), pod('p'));
  expect((await end(world)).gone).toBe(true);
});
row('A60.6', async (world) => {
  await running(world);
  expect((await end(world, { gracePeriodSeconds: -5 })).object.metadata.deletionGracePeriodSeconds).toBe(1);
});
row('A61.1', async ({ api }) => {
  await api.create(Deployment, here(), deployment('a'));
  const { object } = await api.delete(Deployment, here('a'), { propagationPolicy: 'Foreground' });
  expect(object.metadata).toMatchObject({ finalizers: ['foregroundDeletion'], deletionTimestamp: '2030-01-01T00:00:00Z' });
});
row('A61.2', async ({ api }) => {
  await api.create(Deployment, here(), deployment('a'));
  expect((await api.delete(Deployment, here('a'), { propagationPolicy: 'Orphan' })).object.metadata.finalizers).toEqual(['orphan']);
});
row('A61.3', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  const params = { propagationPolicy: 'Orphan', orphanDependents: true };
  expect(await refusal(api.delete(ConfigMap, here('a'), params))).toMatchObject({ code: 422, details: { kind: 'DeleteOptions', causes: [{ field: 'propagationPolicy' }] } });
});
row('A61.4', async ({ api }) => {
  await api.create(ConfigMap, here(), configMap('a'));
  expect((await refusal(api.delete(ConfigMap, here('a'), { propagationPolicy: 'Sideways' }))).details?.causes).toMatchObject([{ reason: 'FieldValueNotSupported' }]);
});
row('A63.1', async ({ api }) => {
  for (let i = 0; i < 10; i++) await api.create(ConfigMap, here(), configMap(`a${String(i)}`, {}, { labels: { chosen: i < 4 ? 'yes' : 'no' } }));
  const { items } = await api.deleteCollection(ConfigMap, here(), { labelSelector: 'chosen=yes' });
  expect(items).toHaveLength(4);
  expect((await api.list(ConfigMap, here())).items).toHaveLength(6);
});
row('A97.3', async ({ api }) => {
  const status = await refusal(api.delete(Namespace, { name: 'default' }));
  expect(status.code).toBe(403);
  expect(status.message).toContain('this namespace may not be deleted');
});

describe('delete, beyond the rows', () => {
  const open = worlds();

  test('A61 each policy removes the finalizer of the other, also once deletion began', async () => {
    await using world = await open();
    await world.api.create(Widget, here(), widget('a', {}, { finalizers: ['orphan', 'x/y'] }));

    const marked = await world.api.delete(Widget, here('a'), { propagationPolicy: 'Foreground' });
    const again = await world.api.delete(Widget, here('a'), { propagationPolicy: 'Orphan' });

    expect(marked.object.metadata.finalizers).toEqual(['x/y', 'foregroundDeletion']);
    expect(again.object.metadata).toMatchObject({ finalizers: ['x/y', 'orphan'], deletionTimestamp: marked.object.metadata.deletionTimestamp, generation: marked.object.metadata.generation });
  });

  test('A98 a namespace goes through Terminating and goes when its finalizers are gone', async () => {
    await using world = await open();
    const { api } = world;
    const { object: made } = await api.create(Namespace, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
    const { object } = await api.delete(Namespace, { name: 'x' });
    const finished = await api.update(Namespace, { name: 'x', subresource: 'finalize' }, { ...object, spec: { finalizers: [] } });

    expect(made).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
    expect(object.status).toEqual({ phase: 'Terminating' });
    expect(finished.gone).toBe(true);
    expect((await refusal(api.get(Namespace, { name: 'x' }))).code).toBe(404);
  });

  test('A98 the first namespaces exist from the first answer on', async () => {
    await using world = await open();
    const { items } = await world.api.list(Namespace, {});
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  });

  test('B47 a grace period that is no number is 400, one beyond all dates 422', async () => {
    await using world = await open();
    await running(world);
    for (const gracePeriodSeconds of ['30', NaN, 1.5]) expect((await refusal(end(world, { gracePeriodSeconds: gracePeriodSeconds as number }))).code).toBe(400);
    expect((await refusal(end(world, { gracePeriodSeconds: 1e18 }))).code).toBe(422);
  });
});
