import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { sleep, systemClock } from '../../../src/core/runtime/clock.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import { holdLease } from '../../../src/core/store/hold-lease.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { grpcFront } from '../../integration/grpc-front.js';
import { tcpProxy } from '../../integration/tcp-proxy.js';
import { get, value, valueCodec } from './backends.js';

const clock = systemClock();

describe('leases of etcd', () => {
  let server: EtcdProcess;
  const toStop: (() => unknown)[] = [];
  beforeAll(async () => { server = await etcdForTests(); });
  afterAll(async () => {
    for (const stop of toStop) await stop();
    await server.stop();
  });
  const url = () => server.endpoints[0] as string;
  const opened = async (endpoints: string | readonly string[]) => {
    const handle = await etcd(endpoints).open(valueCodec(), systemRuntime({ clock, random: keyedRandom(1) }));
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };

  test('S50 all leases of a handle are kept alive over one stream', async () => {
    const front = await grpcFront(url(), '3.6.7');
    toStop.push(() => { front.stop(); });
    const store = await opened(front.url);
    const held = await Promise.all(Array.from({ length: 50 }, () => holdLease(store.lease, clock, 2)));
    const { id } = held[0] as { id: bigint };
    await store.txn({ compare: [], then: [{ type: 'put', key: 'held', value: value(1), lease: id }] });

    // More than any of them would live by itself: ttl, and what the server may be late.
    await sleep(clock, 5_000);
    expect(held.filter(({ lost }) => lost.aborted)).toEqual([]);
    expect(await get(store, 'held')).toMatchObject({ lease: id });
    const keepAlives = '/etcdserverpb.Lease/LeaseKeepAlive';
    expect(front.streams.filter((path) => path === keepAlives)).toHaveLength(1);
    expect(front.requests.filter(({ path }) => path === keepAlives).length).toBeGreaterThanOrEqual(50 * 5);
    await Promise.all(held.map((one) => one.release()));
    expect(await get(store, 'held')).toBeUndefined();
  });

  test('S50 a keepalive without an answer is repeated on another endpoint', async () => {
    const proxy = await tcpProxy(url());
    toStop.push(() => proxy.stop());
    const store = await opened([proxy.url, url()]);
    const held = await holdLease(store.lease, clock, 2);
    await store.lease.keepAlive(held.id);
    proxy.mode = 'dropAnswers';

    await sleep(clock, 5_000);
    expect(held.lost.aborted).toBe(false);
    await held.release();
  });

  test('S49 S50 a lease that ended is told apart, although others wait on the same stream', async () => {
    const store = await opened(url());
    const [one, other] = [await store.lease.grant(60), await store.lease.grant(60)];
    await store.lease.revoke(one.id);
    const answers = await Promise.allSettled([one.id, other.id, one.id, other.id].map((id) => store.lease.keepAlive(id)));
    expect(answers).toMatchObject([{ reason: { code: 'LeaseNotFound', id: one.id } }, { value: { ttlSeconds: 60 } }, { reason: { code: 'LeaseNotFound' } }, { value: { ttlSeconds: 60 } }]);
  });

  test('S50 S92 whoever waits when the handle is closed is told', async () => {
    const proxy = await tcpProxy(url());
    toStop.push(() => proxy.stop());
    const store = await opened(proxy.url);
    const { id } = await store.lease.grant(60);
    proxy.mode = 'dropAnswers';
    const waiting = store.lease.keepAlive(id);
    const told = expect(waiting).rejects.toMatchObject({ code: 'Closed' });
    await store[Symbol.asyncDispose]();
    await told;
  });
});
