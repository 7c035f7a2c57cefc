import { afterEach, describe, expect, test } from '@jest/globals';
import { builtinControllers } from '../../src/controllers/index.js';
import { ConfigError, controller } from '../../src/index.js';
import { Node, Pod, ReplicaSet } from '../../src/kinds/index.js';
import { scheduler } from '../../src/scheduler/index.js';
import { hollowNodes, testApp, type TestApp } from '../../src/testing/index.js';

let app: TestApp | undefined;
afterEach(() => app?.stop());

const web = (replicas: number) => ({
  metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m' } } }] } } },
});

describe('the whole loop', () => {
  test('C130 30 pods outlive the loss of one of 3 nodes, and leave nothing behind', async () => {
    const nodes = hollowNodes(3);
    app = await testApp(builtinControllers(), scheduler(), nodes);
    const { client } = app;
    const pods = () => app!.client.list(Pod);
    const ready = async () => (await pods()).filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'));
    await app.advance(2_000);

    await client.create(ReplicaSet, web(30));
    await app.advance(30_000);
    expect(await ready()).toHaveLength(30);
    expect(new Set((await pods()).map(({ spec }) => spec.nodeName))).toEqual(new Set(['hollow-1', 'hollow-2', 'hollow-3']));

    app.of(nodes).node('hollow-2').crash();
    await app.advance(50_000 + 300_000 + 30_000);
    expect(await ready()).toHaveLength(30);
    expect((await ready()).every(({ spec }) => spec.nodeName !== 'hollow-2')).toBe(true);

    await client.delete(Node, 'hollow-2');
    await client.delete(ReplicaSet, 'web');
    await app.advance(120_000);
    expect(await pods()).toHaveLength(0);
    expect(await client.list(ReplicaSet)).toHaveLength(0);
  });
});

describe('the built-in set', () => {
  test('one of its controllers is replaced, one is left out', async () => {
    const seen: string[] = [];
    const mine = controller(ReplicaSet, { name: 'replicaset-controller' }).reconcile(({ key }) => { seen.push(key); return Promise.resolve(); });
    app = await testApp(builtinControllers({ replace: { 'replicaset-controller': mine, 'node-lifecycle-controller': false, 'job-controller': false } }));

    await app.client.create(ReplicaSet, web(2));
    await app.settled();

    expect(seen).toEqual(['default/web']);
    expect(await app.client.list(Pod)).toHaveLength(0);
  });

  test('a name that is none of its own is an error', () => {
    expect(() => builtinControllers({ replace: { 'replica-set': false } as object })).toThrow(ConfigError);
  });
});
