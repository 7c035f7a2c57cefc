import { afterEach, describe, expect, test } from '@jest/globals';
import { Lease, Node, Pod, type Taint } from '../../src/kinds/index.js';
import { nodeLifecycleController } from '../../src/controllers/index.js';
import { hollowNodes, type HollowNodes } from '../../src/testing/hollow-nodes.js';
import { testApp, type TestApp } from '../../src/testing/index.js';

const spec = { containers: [{ name: 'main', image: 'web:1' }] };
let app: TestApp;
const start = async (nodes: HollowNodes) => (app = await testApp(nodes));
afterEach(() => app.stop());

const node = (name: string) => app.client.get(Node, name);
const ready = (object: Node | Pod | undefined) => object?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
/** A pod that is bound as a scheduler binds it. */
async function placed(name: string, on: string, more: object = {}): Promise<Pod> {
  const pod = await app.client.create(Pod, { metadata: { name }, spec: { ...spec, ...more } });
  return app.client.subresource(Pod, 'binding').create(pod, { target: { kind: 'Node', name: on } });
}

describe('hollow nodes', () => {
  test('C13 C14 N42 register, become Ready and renew their leases', async () => {
    await start(hollowNodes(2, { labels: () => ({ zone: 'a' }) }));
    await app.advance(2_000);

    const all = await app.client.list(Node);
    expect(all.map(({ metadata, status }) => [metadata.name, metadata.labels?.['kubernetes.io/hostname'], metadata.labels?.['zone'], status?.allocatable?.['cpu']])).toEqual([
      ['hollow-1', 'hollow-1', 'a', '4'], ['hollow-2', 'hollow-2', 'a', '4'],
    ]);
    expect(all.map((one) => ready(one))).toEqual(['True', 'True']);
    const renewed = async () => (await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' }))?.spec?.renewTime;
    const first = await renewed();

    await app.advance(10_500);

    expect(await renewed()).not.toBe(first);
    expect(await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' })).toMatchObject({ spec: { leaseDurationSeconds: 40, holderIdentity: 'hollow-1' }, metadata: { ownerReferences: [{ kind: 'Node', name: 'hollow-1' }] } });
  });

  test('N42 adopt a node that somebody else made, with its capacity', async () => {
    await start(hollowNodes({ adopt: true }));
    await app.client.create(Node, { metadata: { name: 'mine' }, spec: {} });
    await app.client.subresource(Node, 'status').patch('mine', { status: { capacity: { cpu: '2' } } });

    await app.advance(2_000);

    expect(await node('mine')).toMatchObject({ status: { capacity: { cpu: '2' }, allocatable: { cpu: '2' } } });
    expect(ready(await node('mine'))).toBe('True');
  });

  test('N7 N14 a pod goes from Pending through Running to Ready', async () => {
    await start(hollowNodes(1));
    await app.advance(1_000);
    const phases: (string | undefined)[] = [];
    const subscription = app.informer(Pod).subscribe(({ deltas }) => { for (const delta of deltas) if (delta.type !== 'deleted') phases.push(`${delta.new.status?.phase ?? ''} ${ready(delta.new) ?? ''}`); });

    await placed('web', 'hollow-1', { containers: [{ ...spec.containers[0], readinessProbe: { tcpSocket: { port: 80 } } }] });
    await app.advance(10_000);
    subscription.unsubscribe();

    expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual(['Pending ', 'Pending False', 'Running False', 'Running True']);
    expect(await app.client.get(Pod, 'web')).toMatchObject({ status: { podIP: expect.stringMatching(/^10\./), hostIP: expect.stringMatching(/^192\.168\./), containerStatuses: [{ name: 'main', ready: true, restartCount: 0 }] } });
  });

  test('N20 a deleted pod ends within its grace, then its object goes', async () => {
    await start(hollowNodes(1));
    await app.advance(1_000);
    await placed('web', 'hollow-1');
    await app.advance(10_000);

    await app.client.delete(Pod, 'web');
    expect((await app.client.get(Pod, 'web'))?.metadata.deletionTimestamp).toBeDefined();
    await app.advance(3_000);

    expect(await app.client.get(Pod, 'web')).toBeUndefined();
  });

  test('N43 a pod says by annotation how it ends', async () => {
    await start(hollowNodes(1));
    await app.advance(1_000);
    const pod = await app.client.create(Pod, { metadata: { name: 'job', annotations: { 'hollow.setpoint.dev/exit': '3@30s' } }, spec: { ...spec, restartPolicy: 'Never' } });
    await app.client.subresource(Pod, 'binding').create(pod, { target: { kind: 'Node', name: 'hollow-1' } });

    await app.advance(20_000);
    expect((await app.client.get(Pod, 'job'))?.status?.phase).toBe('Running');
    await app.advance(20_000);

    expect(await app.client.get(Pod, 'job')).toMatchObject({ status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] } });
  });

  test('N45 a crashed node falls silent, and comes back when it is restarted', async () => {
    const nodes = hollowNodes(1);
    await start(nodes);
    await app.advance(2_000);
    await placed('web', 'hollow-1');
    await app.advance(10_000);

    app.of(nodes).node('hollow-1').crash();
    const lease = await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' });
    await app.advance(60_000);
    expect(await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' })).toEqual(lease);

    app.of(nodes).node('hollow-1').restart();
    await app.advance(10_000);

    expect(await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' })).not.toEqual(lease);
    expect(await app.client.get(Pod, 'web')).toMatchObject({ status: { phase: 'Running', containerStatuses: [{ restartCount: 1 }] } });
  });

  test('N45 a partitioned node says after it what happened during it', async () => {
    const nodes = hollowNodes(1);
    await start(nodes);
    await app.advance(2_000);
    await placed('web', 'hollow-1');
    await app.advance(10_000);
    app.of(nodes).node('hollow-1').partition();

    await app.client.delete(Pod, 'web');
    await app.advance(60_000);
    expect(await app.client.get(Pod, 'web')).toBeDefined();

    app.of(nodes).node('hollow-1').heal();
    await app.advance(5_000);
    expect(await app.client.get(Pod, 'web')).toBeUndefined();
  });

  test('a name that is not played is an error that names those that are', async () => {
    const nodes = hollowNodes(1);
    await start(nodes);
    await app.advance(1_000);
    expect(() => app.of(nodes).node('other')).toThrow('no hollow node other is played here');
  });
});

describe('hollow nodes under the node lifecycle controller', () => {
  const keys = (object: Node | undefined) => (object?.spec.taints ?? []).map(({ key, effect }: Taint) => `${key.replace('node.kubernetes.io/', '')}:${effect}`).sort();

  test('C13 C18 the taint of registration goes when the node is Ready', async () => {
    app = await testApp(hollowNodes(1), nodeLifecycleController());
    await app.advance(0);
    expect(keys(await node('hollow-1'))).toEqual(['not-ready:NoSchedule']);
    await app.advance(2_000);
    expect(keys(await node('hollow-1'))).toEqual([]);
  });

  test('C16 C17 C19 a silent node is Unknown after 50 s, tainted, and well again when it is back', async () => {
    const nodes = hollowNodes(3);
    app = await testApp(nodes, nodeLifecycleController());
    await app.advance(2_000);
    await placed('web', 'hollow-1');
    await app.advance(30_000);
    const last = await app.client.get(Lease, { name: 'hollow-1', namespace: 'kube-node-lease' });
    const lastMs = Date.parse(last?.spec?.renewTime ?? '') - 1_893_456_000_000;

    app.of(nodes).node('hollow-1').partition();
    await app.advance(lastMs + 49_900 - app.now);
    expect(ready(await node('hollow-1'))).toBe('True');

    await app.advance(200);
    expect(ready(await node('hollow-1'))).toBe('Unknown');
    expect(keys(await node('hollow-1'))).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule']);
    expect(ready(await app.client.get(Pod, 'web'))).toBe('False');

    app.of(nodes).node('hollow-1').heal();
    await app.advance(1_000);
    expect(ready(await node('hollow-1'))).toBe('True');
    expect(keys(await node('hollow-1'))).toEqual([]);
    expect(ready(await app.client.get(Pod, 'web'))).toBe('True');
  });

  test('C22 nothing is tainted for eviction when every node is silent', async () => {
    const nodes = hollowNodes(2);
    app = await testApp(nodes, nodeLifecycleController());
    await app.advance(30_000);
    for (const name of app.of(nodes).names) app.of(nodes).node(name).crash();

    await app.advance(120_000);

    for (const name of app.of(nodes).names) expect(keys(await node(name))).toEqual(['unreachable:NoSchedule']);
  });
});
