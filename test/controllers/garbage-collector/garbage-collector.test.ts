import { afterEach, describe, expect, test } from '@jest/globals';
import { garbageCollectorController, replicaSetController } from '../../../src/controllers/index.js';
import type { KubeObject, OwnerReference, Runnable, Uid } from '../../../src/index.js';
import { ConfigMap, Event, Node, Pod, ReplicaSet, Secret } from '../../../src/kinds/index.js';
import { testApp, type TestApp } from '../../../src/testing/index.js';

let app: TestApp;
const start = async (...more: readonly Runnable[]) => (app = await testApp(garbageCollectorController(), ...more));
afterEach(() => app.stop());

const by = (owner: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more });
const make = (name: string, ownerReferences: readonly OwnerReference[] = [], namespace = 'default') => app.client.create(ConfigMap, { metadata: { name, namespace, ownerReferences } });
const names = async () => (await app.client.list(ConfigMap, { namespace: 'default' })).map(({ metadata }) => metadata.name);

describe('the garbage collector', () => {
  test('C72 background: the owner goes at once, what it owned after it, to the last', async () => {
    await start();
    const owner = await make('owner');
    const child = await make('child', [by(owner)]);
    await make('grandchild', [by(child)]);
    await app.client.create(Secret, { metadata: { name: 'other-kind', ownerReferences: [by(owner)] } });
    await make('free');

    await app.client.delete(ConfigMap, 'owner');
    await app.settled();

    expect(await names()).toEqual(['free']);
    expect(await app.client.get(Secret, 'other-kind')).toBeUndefined();
  });

  test('C72 foreground: the owner stays until nothing that blocks is left', async () => {
    await start();
    const owner = await make('owner');
    const child = await make('child', [by(owner, { blockOwnerDeletion: true })]);
    await app.client.patch(ConfigMap, child, { metadata: { finalizers: ['example.com/hold'] } });
    await app.settled();

    await app.client.delete(ConfigMap, 'owner', { propagation: 'Foreground' });
    await app.settled();
    expect(await names()).toEqual(['child', 'owner']);

    await app.client.patch(ConfigMap, 'child', { metadata: { finalizers: null } });
    await app.settled();
    expect(await names()).toEqual([]);
  });

  test('C73 orphan: what it owned stays and forgets it', async () => {
    await start();
    const owner = await make('owner');
    await make('child', [by(owner)]);

    await app.client.delete(ConfigMap, 'owner', { propagation: 'Orphan' });
    await app.settled();

    expect(await names()).toEqual(['child']);
    expect((await app.client.get(ConfigMap, 'child'))?.metadata.ownerReferences).toBeUndefined();
  });

  test('C70 with another owner left only the reference goes', async () => {
    await start();
    const [gone, stays] = [await make('gone'), await make('stays')];
    await make('child', [by(gone), by(stays)]);

    await app.client.delete(ConfigMap, 'gone');
    await app.settled();

    expect((await app.client.get(ConfigMap, 'child'))?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['stays']);
  });

  test('C68 C74 an owner of another uid, or one deleted before, is none', async () => {
    await start();
    const owner = await make('owner');
    await app.client.delete(ConfigMap, 'owner');
    await make('owner');

    await make('child', [by(owner)]);
    await app.settled();

    expect(await names()).toEqual(['owner']);
  });

  test('C69 an owner in another namespace is absent', async () => {
    await start();
    const foreign = await make('foreign', [], 'kube-public');

    await make('child', [by(foreign)]);
    await app.settled();

    expect(await names()).toEqual([]);
    expect((await app.client.list(Event)).map(({ reason }) => reason)).toEqual(['OwnerRefInvalidNamespace']);
  });

  test('C69 a cluster-scoped object with a namespaced owner is never collected', async () => {
    await start();
    const owner = await make('owner');
    await app.client.create(Node, { metadata: { name: 'n1', ownerReferences: [by(owner, { uid: 'other' as Uid })] }, spec: {} });

    await app.settled();

    expect(await app.client.get(Node, 'n1')).toBeDefined();
  });

  test('C75 an owner of a kind that nobody serves holds', async () => {
    await start();
    await make('child', [{ apiVersion: 'example.com/v1', kind: 'Unknown', name: 'x', uid: 'x' as Uid }]);

    await app.settled();

    expect(await names()).toEqual(['child']);
  });

  test('C77 while a ReplicaSet works beside it nothing with an owner is lost, and nothing without is left', async () => {
    await start(replicaSetController());
    await app.client.create(ReplicaSet, { metadata: { name: 'web' }, spec: { replicas: 20, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } } } });
    await app.settled();
    expect(await app.client.list(Pod)).toHaveLength(20);

    await app.client.delete(ReplicaSet, 'web');
    await app.settled();

    expect(await app.client.list(Pod)).toHaveLength(0);
  });
});
