import { describe, expect, test } from '@jest/globals';
import { createClient } from '../../../src/core/client/direct-client.js';
import type { ClientSettings, WriteReport } from '../../../src/core/client/client.js';
import { isReason } from '../../../src/core/api/api-error.js';
import type { Epoch, Key } from '../../../src/core/resource/object.js';
import { UnknownOutcome } from '../../../src/core/runtime/errors.js';
import { Lease, Namespace } from '../../../src/kinds/index.js';
import { ConfigMap, Widget, openWorld, type World } from '../api/harness.js';

const over = ({ api }: World, settings: Partial<ClientSettings> = {}) => createClient({ api, fieldManager: 'me', ...settings });

describe('the direct client', () => {
  test('A15 bodies are completed with apiVersion, kind and the namespace at hand', async () => {
    await using world = await openWorld();
    const { create, get } = over(world, { namespace: 'kube-system' });

    const made = await create(Widget, { metadata: { name: 'a' }, spec: { size: 2, color: undefined } });

    expect(made).toMatchObject({ apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { namespace: 'kube-system' }, spec: { size: 2 } });
    expect(made.metadata.managedFields?.[0]?.manager).toBe('me');
    expect(await get(Widget, 'a')).toBe(made);
  });

  test('a reference is a bare name, a key, a pair or an object', async () => {
    await using world = await openWorld();
    const client = over(world);
    const made = await client.create(Widget, { metadata: { name: 'a', namespace: 'kube-system' }, spec: {} });

    for (const ref of ['kube-system/a', { namespace: 'kube-system', name: 'a' }, made]) expect(await client.get(Widget, ref)).toBe(made);
    expect(await client.get(Widget, 'a')).toBeUndefined();
    expect((await client.get(Namespace, 'default'))?.metadata.name).toBe('default');
  });

  test('what is not there is undefined for get and delete, an error for patch', async () => {
    await using world = await openWorld();
    const client = over(world);

    expect(await client.get(Widget, 'a')).toBeUndefined();
    expect(await client.delete(Widget, 'a')).toBeUndefined();
    const error = await client.patch(Widget, 'a', { spec: { size: 1 } }).catch((thrown: unknown) => thrown);
    expect(isReason(error, 'NotFound')).toBe(true);
  });

  test('a list is an array that knows its version; labels may be a record', async () => {
    await using world = await openWorld();
    const client = over(world);
    const a = await client.create(Widget, { metadata: { name: 'a', labels: { tier: 'web' } }, spec: {} });
    await client.create(Widget, { metadata: { name: 'b' }, spec: {} });

    const list = await client.list(Widget, { labelSelector: { tier: 'web' } });
    const page = await client.list(Widget, { limit: 1 });

    expect([...list]).toEqual([a]);
    expect(Object.isFrozen(list)).toBe(true);
    expect(Number(list.resourceVersion)).toBeGreaterThanOrEqual(Number(a.metadata.resourceVersion));
    expect((await client.list(Widget, { limit: 1, ...(page.continue === undefined ? {} : { continue: page.continue }) }))[0]?.metadata.name).toBe('b');
  });

  test('apply, merge patch and JSON patch reach the same door', async () => {
    await using world = await openWorld();
    const client = over(world);
    await client.apply(ConfigMap, { metadata: { name: 'a' }, data: { x: '1' } });
    await client.patch(ConfigMap, 'a', { data: { y: '2' } });
    const object = await client.patch(ConfigMap, 'a', [{ op: 'remove', path: '/data/x' }]);

    expect(object.data).toEqual({ y: '2' });
  });

  test('A65 the status is written through its subresource', async () => {
    await using world = await openWorld();
    const client = over(world);
    const made = await client.create(Widget, { metadata: { name: 'a' }, spec: {} });
    const status = client.subresource(Widget, 'status');

    expect((await status.patch('a', { status: { ready: true } })).status).toEqual({ ready: true });
    expect((await status.apply('a', { status: { ready: false } }, { force: true })).status).toEqual({ ready: false });
    expect((await client.get(Widget, 'a'))?.spec).toEqual(made.spec);
  });

  test('I38 A122 each write is told before it is sent and when it ended, dry runs are not', async () => {
    await using world = await openWorld();
    const reports: WriteReport[] = [];
    const client = over(world, { onWrite: (report) => reports.push(report) });

    const made = await client.create(Widget, { metadata: { name: 'a' }, spec: {} });
    await client.create(Widget, { metadata: { name: 'a' }, spec: {} }).catch(() => undefined);
    await client.create(Widget, { metadata: { name: 'b' }, spec: {} }, { dryRun: true });
    await client.delete(Widget, 'a');

    expect(reports.map(({ type, id, key }) => [type, id, key])).toEqual([['sent', 1, 'default/a'], ['answered', 1, 'default/a'], ['sent', 2, 'default/a'], ['failed', 2, 'default/a'], ['sent', 3, 'default/a'], ['answered', 3, 'default/a']]);
    expect(reports[1]).toMatchObject({ verb: 'create', object: made, appliedTo: undefined, resourceVersion: made.metadata.resourceVersion, gone: false });
    expect(reports[5]).toMatchObject({ verb: 'delete', appliedTo: made.metadata.resourceVersion, gone: true });
  });

  test('I39 A7 a lost answer is told as unknown and thrown as it is', async () => {
    await using world = await openWorld();
    const reports: WriteReport[] = [];
    const lossy = { ...world.api, create: () => Promise.reject(new UnknownOutcome('create')), kinds$: world.api.kinds$ };
    const client = createClient({ api: lossy as unknown as World['api'], fieldManager: 'me', onWrite: (report) => reports.push(report) });

    await expect(client.create(Widget, { metadata: { name: 'a' }, spec: {} })).rejects.toBeInstanceOf(UnknownOutcome);
    expect(reports.map(({ type }) => type)).toEqual(['sent', 'unknown']);
  });

  test('L19 a client of a term gives its fence with each write', async () => {
    await using world = await openWorld();
    const plain = over(world);
    const held = await plain.create(Lease, { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } });
    const fenced = over(world, { fence: () => ({ lease: 'default/l' as Key, epoch: Number(held.metadata.resourceVersion) as Epoch }) });

    await fenced.create(Widget, { metadata: { name: 'a' }, spec: {} });
    await plain.patch(Lease, 'l', { spec: { holderIdentity: 'other' } });
    const error = await fenced.create(Widget, { metadata: { name: 'b' }, spec: {} }).catch((thrown: unknown) => thrown);

    expect(isReason(error, 'Fenced')).toBe(true);
  });

  test('an aborted signal sends nothing', async () => {
    await using world = await openWorld();
    await world.api.list(Widget, {});
    const before = await world.revision();
    const client = over(world, { signal: AbortSignal.abort() });

    await expect(client.create(Widget, { metadata: { name: 'a' }, spec: {} })).rejects.toMatchObject({ code: 'Aborted' });
    expect(await world.revision()).toBe(before);
  });
});
