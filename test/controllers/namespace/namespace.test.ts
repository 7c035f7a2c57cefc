import { afterEach, describe, expect, test } from '@jest/globals';
import { namespaceController } from '../../../src/controllers/index.js';
import type { Runnable } from '../../../src/index.js';
import { ConfigMap, Namespace, Pod } from '../../../src/kinds/index.js';
import { hollowNodes, testApp, type TestApp } from '../../../src/testing/index.js';

let app: TestApp;
const start = async (...more: readonly Runnable[]) => {
  app = await testApp(namespaceController(), ...more);
  await app.client.create(Namespace, { metadata: { name: 'team' } });
  return app;
};
afterEach(() => app.stop());
const team = () => app.client.get(Namespace, 'team');

describe('the namespace controller', () => {
  test('C79 C81 empties a namespace, then it goes', async () => {
    const { client } = await start();
    for (const name of ['a', 'b']) await client.create(ConfigMap, { metadata: { name, namespace: 'team' } });
    await client.create(ConfigMap, { metadata: { name: 'other' } });

    await client.delete(Namespace, 'team');
    await app.settled();

    expect(await team()).toBeUndefined();
    expect((await client.list(ConfigMap)).map(({ metadata }) => metadata.name)).toEqual(['other']);
  });

  test('C80 says what it waits for, and goes on at once when that is gone', async () => {
    const { client } = await start();
    await client.create(ConfigMap, { metadata: { name: 'held', namespace: 'team', finalizers: ['example.com/hold'] } });

    await client.delete(Namespace, 'team');
    await app.settled();
    const conditions = (await team())?.status?.conditions;
    expect(conditions?.filter(({ status }) => status === 'True').map(({ type, message }) => `${type}: ${message}`)).toEqual([
      'NamespaceContentRemaining: Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    const before = app.now;

    await client.patch(ConfigMap, { name: 'held', namespace: 'team' }, { metadata: { finalizers: null } });
    await app.settled();

    expect(await team()).toBeUndefined();
    expect(app.now - before).toBeLessThan(5_000);
  });

  test('C79 the rest waits until no pod is left', async () => {
    const { client } = await start(hollowNodes(1));
    await app.advance(2_000);
    const pod = await client.create(Pod, { metadata: { name: 'p', namespace: 'team' }, spec: { containers: [{ name: 'main', image: 'web:1' }] } });
    await client.subresource(Pod, 'binding').create(pod, { target: { kind: 'Node', name: 'hollow-1' } });
    await client.create(ConfigMap, { metadata: { name: 'kept-for-the-pod', namespace: 'team' } });
    await app.advance(10_000);

    await client.delete(Namespace, 'team');
    await app.advance(100);
    expect(await client.list(ConfigMap, { namespace: 'team' })).toHaveLength(1);

    await app.advance(10_000);
    expect(await team()).toBeUndefined();
  });

  test('C82 a new namespace of the same name has nothing of the old one', async () => {
    const { client } = await start();
    const old = await team();
    await client.create(ConfigMap, { metadata: { name: 'a', namespace: 'team' } });
    await client.delete(Namespace, 'team');
    await app.settled();

    const made = await client.create(Namespace, { metadata: { name: 'team' } });

    expect(made.metadata.uid).not.toBe(old?.metadata.uid);
    expect(await client.list(ConfigMap, { namespace: 'team' })).toHaveLength(0);
  });
});
