import { afterEach, describe, expect, test } from '@jest/globals';
import type { CreateInput } from '../../../src/index.js';
import { replicaSetController } from '../../../src/controllers/index.js';
import { Event, Pod, ReplicaSet } from '../../../src/kinds/index.js';
import { testApp, type TestApp } from '../../../src/testing/index.js';

const template = { metadata: { labels: { app: 'web' }, annotations: { note: 'kept' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
const set = (replicas: number, more: { readonly minReadySeconds?: number } = {}): CreateInput<ReplicaSet> =>
  ({ metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template, ...more } });

let app: TestApp;
const start = async () => (app = await testApp(replicaSetController()));
const pods = async () => [...await app.client.list(Pod, { namespace: 'default' })];
const status = async () => (await app.client.get(ReplicaSet, 'web'))?.status;
afterEach(() => app.stop());

/** As a node agent would: the pod runs, and is Ready. */
async function makeReady(pod: Pod): Promise<void> {
  await app.client.subresource(Pod, 'status').patch(pod, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date(1_893_456_000_000 + app.now).toISOString().replace(/\.\d+/, '') }] } });
}

describe('the ReplicaSet controller', () => {
  test('C33 C37 C9 makes the pods of its template', async () => {
    const { client } = await start();

    const made = await client.create(ReplicaSet, set(3));
    await app.settled();

    const all = await pods();
    expect(all).toHaveLength(3);
    for (const pod of all) {
      expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(pod.metadata).toMatchObject({ labels: { app: 'web' }, annotations: { note: 'kept' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: made.metadata.uid, controller: true, blockOwnerDeletion: true }] });
    }
    expect(await status()).toEqual({ replicas: 3, fullyLabeledReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 });
  });

  test('C10 says what it did', async () => {
    const { client } = await start();

    await client.create(ReplicaSet, set(1));
    await app.settled();

    const [pod] = await pods();
    expect(await client.list(Event)).toEqual([expect.objectContaining({ type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod?.metadata.name ?? ''}`, reportingComponent: 'replicaset-controller' })]);
  });

  test('C4 a settled set costs no writes', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(2));
    await app.settled();
    const versions = async () => [...await client.list(Pod), ...await client.list(ReplicaSet)].map(({ metadata }) => metadata.resourceVersion);
    const before = await versions();

    await app.advance(40 * 3_600_000);
    await app.settled();

    expect(await versions()).toEqual(before);
  });

  test('C34 C36 takes the surplus away, the youngest that are not Ready first', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(3));
    await app.settled();
    const [first, ...others] = await pods();
    if (first) await makeReady(first);

    await client.patch(ReplicaSet, 'web', { spec: { replicas: 1 } });
    await app.settled();

    expect((await pods()).map(({ metadata }) => metadata.uid)).toEqual([first?.metadata.uid]);
    expect(others).toHaveLength(2);
    expect(await status()).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 2 });
  });

  test('C39 counts a pod as available after minReadySeconds with no other event', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(1, { minReadySeconds: 10 }));
    await app.settled();
    await app.advance(1_000 - app.now % 1_000);
    for (const pod of await pods()) await makeReady(pod);
    await app.advance(0);
    expect(await status()).toMatchObject({ readyReplicas: 1 });
    expect((await status())?.availableReplicas).toBeUndefined();

    await app.advance(9_999);
    expect((await status())?.availableReplicas).toBeUndefined();

    await app.advance(2);
    await app.settled();
    expect(await status()).toMatchObject({ availableReplicas: 1 });
  });

  test('C32 replaces a pod that is deleted or has ended', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(2));
    await app.settled();
    const [one, two] = await pods();
    if (!one || !two) throw new Error('two pods were made');

    await client.delete(Pod, one);
    await client.subresource(Pod, 'status').patch(two, { status: { phase: 'Failed' } });
    await app.settled();

    expect((await pods()).map(({ status: now }) => now?.phase).sort()).toEqual(['Failed', 'Pending', 'Pending']);
  });

  test('C41 adopts a pod that nobody controls', async () => {
    const { client } = await start();
    const orphan = await client.create(Pod, { metadata: { name: 'mine', labels: { app: 'web' } }, spec: template.spec });

    const made = await client.create(ReplicaSet, set(1));
    await app.settled();

    expect(await pods()).toEqual([expect.objectContaining({ metadata: expect.objectContaining({ name: 'mine', uid: orphan.metadata.uid, ownerReferences: [expect.objectContaining({ uid: made.metadata.uid, controller: true })] }) })]);
  });

  test('C41 adopts one that comes later, and has one too many then', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(1));
    await app.settled();

    await client.create(Pod, { metadata: { name: 'late', labels: { app: 'web' } }, spec: template.spec });
    await app.settled();

    expect(await pods()).toHaveLength(1);
  });

  test('C40 releases a pod whose labels no longer match, and makes another', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(1));
    await app.settled();
    const [pod] = await pods();
    if (!pod) throw new Error('a pod was made');

    await client.patch(Pod, pod, { metadata: { labels: { app: 'debug' } } });
    await app.settled();

    const all = await pods();
    expect(all).toHaveLength(2);
    expect(all.find(({ metadata }) => metadata.uid === pod.metadata.uid)?.metadata.ownerReferences).toBeUndefined();
  });

  test('C42 never touches a pod that somebody else controls', async () => {
    const { client } = await start();
    await client.create(ReplicaSet, set(0));
    const foreign = await client.create(Pod, { metadata: { name: 'theirs', labels: { app: 'web' }, ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Other', name: 'other', uid: 'somebody' as never, controller: true }] }, spec: template.spec });

    await app.settled();

    expect(await pods()).toEqual([foreign]);
  });

  test('C33 C38 a failure ends the pass after its batch and shows in a condition', async () => {
    const { client } = await start();
    const broken = set(10);
    await client.create(ReplicaSet, { ...broken, spec: { ...broken.spec, template: { ...template, spec: { ...template.spec, priorityClassName: 'absent' } } } });

    await app.advance(4);

    expect(await pods()).toHaveLength(0);
    expect((await status())?.conditions).toEqual([expect.objectContaining({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: expect.stringContaining('no PriorityClass with name absent was found') })]);
    expect((await client.list(Event)).map(({ reason }) => reason)).toContain('FailedCreate');
  });
});
