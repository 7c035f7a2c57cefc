import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock } from '../../../src/core/runtime/clock.js';
import { UnknownOutcome } from '../../../src/core/runtime/errors.js';
import type { Logger } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { etcd, type EtcdOptions } from '../../../src/core/store/etcd/index.js';
import type { StoreHandle } from '../../../src/core/store/store.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { grpcFront } from '../../integration/grpc-front.js';
import { tcpProxy } from '../../integration/tcp-proxy.js';
import { batchesUntil, endOf, get, put, remove, takeBatches, upTo, value, valueCodec, type Value } from './backends.js';

const clock = systemClock();

describe('etcd', () => {
  let server: EtcdProcess;
  let direct: StoreHandle<Value>;
  const toStop: (() => unknown)[] = [];
  const opened = async (endpoints: string | readonly string[], options: EtcdOptions = {}, log?: Logger) => {
    const handle = await etcd(endpoints, options).open(valueCodec(), systemRuntime({ clock, random: keyedRandom(1), ...(log ? { log } : {}) }));
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };
  const url = () => server.endpoints[0] as string;
  const proxied = async () => {
    const proxy = await tcpProxy(url());
    toStop.push(() => proxy.stop());
    return proxy;
  };
  let count = 0;
  const prefix = () => `/etcd/${String(++count)}/`;

  beforeAll(async () => {
    server = await etcdForTests();
    direct = await opened(url());
  });
  afterAll(async () => {
    for (const stop of toStop) await stop();
    await server.stop();
  });

  test('S36 health says that the endpoint answers', () => {
    expect(direct.health).toEqual({ ok: true, detail: '1 of 1 endpoints answer' });
  });

  test('S36 a broken connection is repaired inside the watch, without gap or duplicate', async () => {
    const proxy = await proxied();
    const store = await opened(proxy.url);
    const p = prefix();
    const { revision } = await store.range({ prefix: p });
    const watch = store.watch({ prefix: p, after: revision });

    for (let round = 0; round < 5; round++) {
      await put(direct, `${p}a`, round);
      if (round % 2 === 0) await takeBatches(watch, round === 0 ? 1 : 2);
      proxy.cut();
    }
    const last = await put(direct, `${p}a`, 'last');
    expect((await upTo(watch, last.revision)).map((batch) => batch.revision)).toEqual([last.revision]);
  });

  test('S56 a write without an answer is an unknown outcome and is not sent again', async () => {
    const proxy = await proxied();
    const store = await opened(proxy.url);
    const p = prefix();
    await put(store, `${p}warm`, 1);
    const { revision } = await direct.range({ prefix: p });
    const arrived = takeBatches(direct.watch({ prefix: p, after: revision }), 1);

    proxy.mode = 'dropAnswers';
    const write = expect(put(store, `${p}a`, 1)).rejects.toMatchObject({ code: 'UnknownOutcome', applied: 'unknown', retryable: false });
    await arrived;
    proxy.cut();
    await write;
    proxy.mode = 'pass';

    await put(store, `${p}b`, 1);
    expect(await get(store, `${p}a`)).toMatchObject({ version: 1n });
  });

  test('S57 without a connection nothing was applied, and it says so within its deadline', async () => {
    const proxy = await proxied();
    const store = await opened(proxy.url, { requestMs: 400, connectMs: 200 });
    const p = prefix();
    await proxy.stop();

    const started = clock.now();
    const failed = await put(store, `${p}a`, 1).catch((error: unknown) => error);
    // The first call may find out the hard way that its connection is gone.
    expect(['UnknownOutcome', 'Unavailable']).toContain((failed as { code: string }).code);
    await expect(put(store, `${p}a`, 1)).rejects.toMatchObject({ code: 'Unavailable', applied: 'no', retryable: true });
    await expect(store.range({ prefix: p })).rejects.toMatchObject({ code: 'Unavailable' });
    expect(store.health).toEqual({ ok: false, detail: '0 of 1 endpoints answer' });
    expect(clock.now() - started).toBeLessThan(3_000);
    expect(await get(direct, `${p}a`)).toBeUndefined();
  });

  test('S59 a write aborted after it was sent is an unknown outcome', async () => {
    const proxy = await proxied();
    const store = await opened(proxy.url);
    const p = prefix();
    const { revision } = await put(store, `${p}warm`, 1);
    const arrived = takeBatches(direct.watch({ prefix: p, after: revision }), 1);
    const ac = new AbortController();

    proxy.mode = 'dropAnswers';
    const write = expect(store.txn({ compare: [], then: [{ type: 'put', key: `${p}a`, value: value(1) }], signal: ac.signal })).rejects.toMatchObject({ code: 'UnknownOutcome' });
    await arrived;
    ac.abort();
    await write;
  });

  test('S60 every verb settles within its deadline when the server falls silent', async () => {
    const proxy = await proxied();
    const store = await opened(proxy.url, { requestMs: 300 });
    const { id } = await store.lease.grant(60);
    proxy.mode = 'dropAnswers';

    const started = clock.now();
    await Promise.all([
      expect(put(store, `${prefix()}a`, 1)).rejects.toMatchObject({ code: 'UnknownOutcome' }),
      expect(store.range({ prefix: 'x' })).rejects.toMatchObject({ code: 'Unavailable' }),
      expect(store.lease.grant(5)).rejects.toMatchObject({ code: 'UnknownOutcome' }),
      expect(store.lease.keepAlive(id)).rejects.toMatchObject({ code: 'Unavailable' }),
      expect(store.compact(1n)).rejects.toMatchObject({ code: 'UnknownOutcome' }),
    ]);
    expect(clock.now() - started).toBeLessThan(1_500);
    await direct.lease.revoke(id);
  });

  test('S60 a server that accepts and never answers is not waited for', async () => {
    const silent = createServer((socket) => { socket.on('error', () => {}); toStop.push(() => socket.destroy()); });
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    toStop.push(() => { silent.close(); });

    await expect(opened(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`, { connectMs: 300, requestMs: 300 })).rejects.toMatchObject({ code: 'Unavailable' });
  });

  test('S72 a dead endpoint is passed over, a living one takes its place', async () => {
    const [first, second] = [await proxied(), await proxied()];
    const store = await opened(['http://127.0.0.1:1', first.url, second.url]);
    const p = prefix();
    const { revision } = await put(store, `${p}a`, 1);
    const watch = store.watch({ prefix: p, after: revision });

    await put(store, `${p}a`, 2);
    await takeBatches(watch, 1);
    await first.stop();

    expect((await store.range({ prefix: p })).items[0]?.value.data).toBe(2);
    const last = await put(direct, `${p}a`, 3);
    expect((await upTo(watch, last.revision)).map((batch) => batch.revision)).toEqual([last.revision]);
  });

  test('S37 a store with less history ends every watch, and goes on in the new one', async () => {
    const [a, b] = [await etcdForTests(), await etcdForTests()];
    toStop.push(() => a.stop(), () => b.stop());
    const proxy = await tcpProxy(a.endpoints[0] as string);
    toStop.push(() => proxy.stop());
    const store = await opened(proxy.url);
    for (let i = 0; i < 5; i++) await put(store, 'a', i);
    const ended = endOf(store.watch({ prefix: '', after: 5n }));

    proxy.target = b.endpoints[0] as string;
    proxy.cut();

    expect(await ended).toMatchObject({ code: 'StoreRolledBack', seen: 6n, current: 1n });
    expect(await put(store, 'a', 'new')).toMatchObject({ revision: 2n });
    const [batch] = await takeBatches(store.watch({ prefix: '', after: 1n }), 1);
    expect(batch?.events[0]?.value?.data).toBe('new');
  });

  test('S77 a revision that comes in fragments is delivered as one batch', async () => {
    const p = prefix();
    const write = (text: string) => direct.txn({ compare: [], then: Array.from({ length: 100 }, (_, i) => ({ type: 'put', key: p + String(i), value: value(text.repeat(14_000)) }) as const) });
    await write('a');
    const { revision } = await direct.range({ prefix: p, countOnly: true });
    const watch = direct.watch({ prefix: p, after: revision, prev: true });

    const last = await write('b');
    const batches = await upTo(watch, last.revision);
    expect(batches).toHaveLength(1);
    expect(batches[0]?.events).toHaveLength(100);
  });

  test('S76 users: right, wrong, and without the right to', async () => {
    const guarded = await etcdForTests();
    toStop.push(() => guarded.stop());
    const at = guarded.endpoints[0] as string;
    const admin = async (path: string, body: object) => {
      const response = await fetch(`${at}/v3/auth/${path}`, { method: 'POST', body: JSON.stringify(body) });
      expect(response.ok).toBe(true);
    };
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    for (const name of ['root', 'reader']) {
      await admin('user/add', { name, password: `${name}-pass` });
      await admin('role/add', { name });
      await admin('user/grant', { user: name, role: name });
    }
    await admin('role/grant', { name: 'reader', perm: { permType: 'READ', key: base64('a'), range_end: base64('b') } });
    await admin('enable', {});

    const root = await opened(at, { username: 'root', password: 'root-pass' });
    await put(root, 'a', 1);
    await expect(opened(at, { username: 'root', password: 'wrong-pass' })).rejects.toMatchObject({ code: 'Unauthenticated' });
    const reader = await opened(at, { username: 'reader', password: 'reader-pass' });
    expect((await get(reader, 'a'))?.value.data).toBe(1);
    const refused = await put(reader, 'a', 2).catch((error: unknown) => error as Error & { code: string; applied: string });
    expect(refused).toMatchObject({ code: 'PermissionDenied', applied: 'no' });
    expect(JSON.stringify(refused)).not.toContain('reader-pass');
    expect(() => etcd(at, { username: 'root' })).toThrow(expect.objectContaining({ code: 'ConfigError' }));
  });

  test('S80 a full store refuses puts and nothing else', async () => {
    const small = await etcdForTests({ args: ['--quota-backend-bytes', String(4 * 1024 * 1024)] });
    toStop.push(() => small.stop());
    const store = await opened(small.endpoints);
    await put(store, 'a', 1);

    // The write that fills it may be done and refused all the same.
    const fill = async () => { for (let i = 0; i < 50; i++) await put(store, `big${String(i)}`, 'x'.repeat(500_000)).catch((error: unknown) => { if (!(error instanceof UnknownOutcome)) throw error; }); };
    await expect(fill()).rejects.toMatchObject({ code: 'NoSpace', applied: 'no', retryable: false });
    expect((await get(store, 'a'))?.value.data).toBe(1);
    expect((await remove(store, 'a')).ok).toBe(true);
    await expect(put(store, 'a', 2)).rejects.toMatchObject({ code: 'NoSpace' });
    expect(store.health).toEqual({ ok: false, detail: 'etcd is out of space' });
  });

  test('S82 an old server is warned of once, with the fixed versions', async () => {
    const warnings: string[] = [];
    const log: Logger = { debug() {}, info() {}, error() {}, warn: (_, fields) => { warnings.push(JSON.stringify(fields)); } };
    const front = await grpcFront(url(), '3.5.6');
    toStop.push(() => { front.stop(); });

    const store = await opened(front.url, {}, log);
    await put(store, `${prefix()}a`, 1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/3\.5\.6.*3\.5\.13.*3\.5\.18/);
  });

  test('S83 an unsafe server is refused', async () => {
    const front = await grpcFront(url(), '3.5.1');
    toStop.push(() => { front.stop(); });

    await expect(opened(front.url)).rejects.toMatchObject({ code: 'UnsafeServer' });
    const store = await opened(front.url, { allowUnsafe: true });
    expect((await put(store, `${prefix()}a`, 1)).ok).toBe(true);
  });

  describe('from the version on that may be asked for progress', () => {
    const watchRequests = (front: Awaited<ReturnType<typeof grpcFront>>) => front.requests.filter(({ path }) => path.endsWith('Watch/Watch'));
    const fronted = async () => {
      const front = await grpcFront(url(), '3.6.7');
      toStop.push(() => { front.stop(); });
      return front;
    };

    test('S39 many consumers of one prefix are one watcher at the server', async () => {
      const front = await fronted();
      const store = await opened(front.url);
      const p = prefix();
      const { revision } = await store.range({ prefix: p });
      const watches = Array.from({ length: 1_000 }, () => store.watch({ prefix: p, after: revision }));

      const { revision: last } = await put(store, `${p}a`, 1);
      const seen = await Promise.all(watches.map((watch) => upTo(watch, last)));

      expect(new Set(seen.map((batches) => batches[0]?.events[0]))).toHaveProperty('size', 1);
      expect(watchRequests(front)).toHaveLength(1);
    });

    test('S34 progress is asked for at most once per 100 ms, however many wait', async () => {
      const front = await fronted();
      const store = await opened(front.url);
      const p = prefix();
      const { revision } = await store.range({ prefix: p });
      const watch = store.watch({ prefix: p, after: revision });
      await put(store, `${p}a`, 1);
      await takeBatches(watch, 1);
      const reader = batchesUntil(watch, () => false).catch(() => 'ended');

      const { revision: elsewhere } = await put(store, `${prefix()}a`, 1);
      const started = clock.now();
      await Promise.all(Array.from({ length: 200 }, () => watch.freshTo(elsewhere)));
      const rounds = Math.floor((clock.now() - started) / 100) + 1;

      expect(watchRequests(front).length - 1).toBeLessThanOrEqual(rounds);
      await watch[Symbol.asyncIterator]().return?.();
      await reader;
    });

    test('S38 the server is told when nobody watches any more', async () => {
      const front = await fronted();
      const store = await opened(front.url);
      const p = prefix();
      const { revision } = await store.range({ prefix: p });
      const first = store.watch({ prefix: p, after: revision });
      const { revision: last } = await put(store, `${p}a`, 1);
      await upTo(first, last);

      const second = store.watch({ prefix: p, after: last });
      const { revision: next } = await put(store, `${p}a`, 2);
      expect((await upTo(second, next)).map((batch) => batch.revision)).toEqual([next]);
      expect(watchRequests(front)).toHaveLength(2);
    });
  });
});

