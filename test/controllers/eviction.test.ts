import { afterEach, describe, expect, test } from '@jest/globals';
import { nodeLifecycleController, podGarbageCollectorController, taintEvictionController } from '../../src/controllers/index.js';
import { Event, Node, Pod } from '../../src/kinds/index.js';
import { hollowNodes, testApp, type TestApp } from '../../src/testing/index.js';

const nodes = () => hollowNodes(4);
let app: TestApp;
let machines: ReturnType<typeof nodes>;
afterEach(() => app.stop());

/** Four nodes, and a pod on the first that tolerates its loss for 300 s. */
async function start(): Promise<void> {
  machines = nodes();
  app = await testApp(machines, nodeLifecycleController(), taintEvictionController(), podGarbageCollectorController());
  await app.advance(2_000);
  const pod = await app.client.create(Pod, { metadata: { name: 'web' }, spec: { containers: [{ name: 'main', image: 'web:1' }] } });
  await app.client.subresource(Pod, 'binding').create(pod, { target: { kind: 'Node', name: 'hollow-1' } });
  await app.advance(10_000);
}
const web = () => app.client.get(Pod, 'web');
const reasons = async () => (await app.client.list(Event)).map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);

describe('the loss of a node', () => {
  test('C27 C28 C30 its pods are deleted 300 s after the taint, and say why', async () => {
    await start();
    app.of(machines).node('hollow-1').crash();

    await app.advance(60_000 + 280_000);
    expect((await web())?.metadata.deletionTimestamp).toBeUndefined();
    await app.advance(20_000);

    expect(await web()).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
      status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' })]) },
    });
    expect(await reasons()).toContain('TaintManagerEviction: Marking for deletion Pod default/web');
  });

  test('C29 a node that comes back in time keeps them', async () => {
    await start();
    app.of(machines).node('hollow-1').partition();
    await app.advance(100_000);

    app.of(machines).node('hollow-1').heal();
    await app.advance(400_000);

    expect(await web()).toMatchObject({ status: { phase: 'Running' } });
    expect((await web())?.metadata.deletionTimestamp).toBeUndefined();
    expect(await reasons()).toContain('TaintManagerEviction: Cancelling deletion of Pod default/web');
  });

  test('C29 a restart of the controller grants no time anew', async () => {
    await start();
    app.of(machines).node('hollow-1').crash();
    await app.advance(200_000);

    await app.remove('taint-eviction-controller');
    await app.add(taintEvictionController());
    await app.advance(160_000);

    expect((await web())?.metadata.deletionTimestamp).toBeDefined();
  });

  test('C84 pods of a node that is taken out go after its quarantine', async () => {
    await start();
    app.of(machines).node('hollow-1').crash();
    await app.client.delete(Node, 'hollow-1');

    await app.advance(39_000);
    expect(await web()).toBeDefined();
    await app.advance(41_000);

    expect(await web()).toBeUndefined();
  });
});
