import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { filter, firstValueFrom } from 'rxjs';
import { isReason } from '../../../src/core/api/api-error.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import { createApi } from '../../../src/core/api/local-api.js';
import { createClient } from '../../../src/core/client/direct-client.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import { controller, run, type App, type AppEvent, type Batch, type Leadership } from '../../../src/index.js';
import { ConfigMap, Secret } from '../../../src/kinds/index.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { tcpProxy, type TcpProxy } from '../../integration/tcp-proxy.js';

const map = (name: string, text = 'x') => ({ metadata: { name, namespace: 'default' }, data: { text } });

/** Resolves with the first batch that fits. */
function batchWith(app: App, fits: (batch: Batch<ConfigMap>) => boolean): Promise<Batch<ConfigMap>> {
  return new Promise((resolve) => {
    const subscription = app.informer(ConfigMap).subscribe((batch) => {
      if (!fits(batch)) return;
      subscription.unsubscribe();
      resolve(batch);
    });
  });
}

describe('an app over etcd', () => {
  const servers: EtcdProcess[] = [];
  let proxy: TcpProxy;
  const started = async (args: readonly string[] = []) => {
    const server = await etcdForTests({ args });
    servers.push(server);
    return server.endpoints[0] as string;
  };
  beforeAll(async () => { proxy = await tcpProxy(await started()); });
  afterAll(async () => {
    await proxy.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  test('B102 S37 I15 another store behind the endpoint: caches start anew, the term of before is over and its writes are fenced', async () => {
    const followed = controller(ConfigMap).reconcile(async ({ apply, meta, epoch }) => {
      if (meta.name === 'order') await apply(Secret, { metadata: { name: 'answer' }, stringData: { epoch: String(epoch) } });
    });
    await using app = await run(followed, { store: etcd(proxy.url), election: true, log: silent });
    const first = await leads(app);
    const events: AppEvent[] = [];
    app.events$.subscribe((event) => { events.push(event); });
    for (let i = 0; i < 5; i++) await app.client.create(ConfigMap, map(`old-${String(i)}`));
    await app.settled();
    const gone = batchWith(app, ({ deltas }) => deltas.some(({ type }) => type === 'deleted'));
    const came = batchWith(app, ({ deltas }) => deltas.some(({ type, key }) => type === 'added' && key === 'default/new'));

    const other = await started();
    const elsewhere = await run({ store: etcd(other), log: silent });
    await elsewhere.client.create(ConfigMap, map('new'));
    await elsewhere.stop();
    proxy.target = other;
    proxy.cut();

    expect((await gone).deltas).toContainEqual(expect.objectContaining({ type: 'deleted', key: 'default/old-0', finalState: 'unknown' }));
    await came;
    expect(events).toContainEqual(expect.objectContaining({ type: 'fault', error: expect.objectContaining({ code: 'StoreRolledBack' }) as unknown }));
    expect((await app.client.list(ConfigMap)).map(({ metadata }) => metadata.name)).toEqual(['new']);
    // Whether the old term's run or the elector meets the new store first, only a term of the new store writes there.
    await app.client.create(ConfigMap, map('order'));
    const { epoch } = await leads(app, first);
    await app.settled();
    const answer = await app.client.get(Secret, 'answer');
    expect(Buffer.from(answer?.data?.['epoch'] ?? '', 'base64').toString()).toBe(String(epoch));
  }, 60_000);

  test('B103 a store without space is 503 with the cause StoreFull; deletes are still done, and a write that was refused is not there', async () => {
    const endpoint = await started(['--quota-backend-bytes', String(4 * 1024 * 1024)]);
    await using app = await run({ store: etcd(endpoint), log: silent });
    await app.client.create(ConfigMap, map('small'));
    let refused: unknown;
    let written = 0;
    while (!isReason(refused, 'ServiceUnavailable') && written < 50) {
      // etcd does one write too many before it refuses the next: then nothing is said of its outcome.
      await app.client.create(ConfigMap, map(`big-${String(written)}`, 'x'.repeat(500_000))).then(() => { written++; }, (error: unknown) => {
        refused = error;
        if (!isReason(error, 'ServiceUnavailable')) { expect(error).toMatchObject({ code: 'UnknownOutcome' }); written++; }
      });
    }

    expect(refused).toMatchObject({ status: { code: 503, reason: 'ServiceUnavailable', details: { causes: [{ reason: 'StoreFull' }] } } });
    expect(await app.client.get(ConfigMap, `big-${String(written)}`)).toBeUndefined();
    await app.client.delete(ConfigMap, 'small');
    expect(await app.client.get(ConfigMap, 'small')).toBeUndefined();
    await expect(app.client.create(ConfigMap, map('small'))).rejects.toMatchObject({ status: { code: 503 } });
  }, 60_000);

  test('B103 rights that the api itself lacks are a fault of the server, not of its user', async () => {
    const endpoint = await started();
    const admin = async (path: string, body: object) => { expect((await fetch(`${endpoint}/v3/auth/${path}`, { method: 'POST', body: JSON.stringify(body) })).ok).toBe(true); };
    const all = { key: Buffer.from('/').toString('base64'), range_end: Buffer.from('0').toString('base64') };
    for (const [name, permission] of [['root', undefined], ['reader', { permType: 'READ', ...all }]] as const) {
      await admin('user/add', { name, password: `${name}-pass` });
      await admin('role/add', { name });
      await admin('user/grant', { user: name, role: name });
      if (permission) await admin('role/grant', { name, perm: permission });
    }
    await using ready = await run({ store: etcd(endpoint), log: silent });
    await ready.client.create(ConfigMap, map('there'));
    await admin('enable', {});

    const store = await etcd(endpoint, { username: 'reader', password: 'reader-pass' }).open(objectCodec(), systemRuntime({ log: silent }));
    await using api = createApi({ store, runtime: systemRuntime({ log: silent }) });
    const client = createClient({ api, fieldManager: 'test' });
    expect((await client.get(ConfigMap, 'there'))?.metadata.name).toBe('there');
    await expect(client.create(ConfigMap, map('more'))).rejects.toMatchObject({ status: { code: 500, reason: 'InternalError', message: expect.stringContaining("the store refused the api's credentials") as unknown } });
    await store[Symbol.asyncDispose]();
  }, 60_000);
});

/** Resolves when the app leads, in another term than `before`. */
function leads(app: App, before?: Leadership): Promise<Leadership> {
  return firstValueFrom(app.leadership$.pipe(filter(({ state, since }) => state === 'leading' && since !== before?.since)));
}
