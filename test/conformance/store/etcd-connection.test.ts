import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeEtcdPorts, peerUrl, type EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock } from '../../../src/core/runtime/clock.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { etcd, type EtcdOptions } from '../../../src/core/store/etcd/index.js';
import { settle } from '../../../src/core/store/settle.js';
import type { StoreHandle } from '../../../src/core/store/store.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { grpcFront } from '../../integration/grpc-front.js';
import { tcpProxy } from '../../integration/tcp-proxy.js';
import { endOf, get, put, remove, takeBatches, upTo, value, valueCodec, type Value } from './backends.js';

const clock = systemClock();

/** A request to etcd's own gateway, where the client that is tested has no part in it. */
async function gateway(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
  return response.json();
}

describe('connections to etcd', () => {
  let server: EtcdProcess;
  let direct: StoreHandle<Value>;
  const toStop: (() => unknown)[] = [];
  const opened = async (endpoints: string | readonly string[], options: EtcdOptions = {}) => {
    const handle = await etcd(endpoints, options).open(valueCodec(), systemRuntime({ clock, random: keyedRandom(1) }));
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };
  const url = () => server.endpoints[0] as string;
  const fresh = async () => {
    const process = await etcdForTests();
    toStop.push(() => process.stop());
    return process.endpoints[0] as string;
  };
  beforeAll(async () => {
    server = await etcdForTests();
    direct = await opened(url());
  });
  afterAll(async () => {
    for (const stop of toStop) await stop();
    await server.stop();
  });

  test('S73 a connection that is open at one end only is found within 15 s', async () => {
    const proxy = await tcpProxy(url());
    toStop.push(() => proxy.stop());
    const store = await opened([proxy.url, url()]);
    const { revision } = await put(store, '/s73/a', 1);
    const watch = store.watch({ prefix: '/s73/', after: revision });
    await put(direct, '/s73/a', 2);
    await takeBatches(watch, 1);

    proxy.mode = 'dropAnswers';
    const started = clock.now();
    const last = await put(direct, '/s73/a', 3);
    expect((await upTo(watch, last.revision)).map((batch) => batch.revision)).toEqual([last.revision]);
    expect(clock.now() - started).toBeLessThan(16_500);
  }, 60_000);

  test('S74 streams ask for a leader, and move on when their member has none', async () => {
    const [first, second] = [await grpcFront(url(), '3.6.7'), await grpcFront(url(), '3.6.7')];
    toStop.push(() => { first.stop(); }, () => { second.stop(); });
    const store = await opened([first.url, second.url]);
    const { revision } = await put(store, '/s74/a', 1);
    const watch = store.watch({ prefix: '/s74/', after: revision });
    const { id } = await store.lease.grant(60);
    await store.lease.keepAlive(id);
    await put(direct, '/s74/a', 2);
    await takeBatches(watch, 1);
    expect(first.streams).toHaveLength(2);
    expect(first.hasLeader).toEqual(['true', 'true']);

    first.endStreams({ code: 14, details: 'etcdserver: no leader' });
    const last = await put(direct, '/s74/a', 3);
    expect(await upTo(watch, last.revision)).toHaveLength(1);
    expect(await store.lease.keepAlive(id)).toEqual({ ttlSeconds: 60 });
    expect(second.streams).toHaveLength(2);
  });

  test('S75 B103 a learner is passed over', async () => {
    const [leader, ports, dir] = [await fresh(), await freeEtcdPorts(), mkdtempSync(join(tmpdir(), 'setpoint-learner-'))];
    toStop.push(() => { rmSync(dir, { recursive: true, force: true }); });
    const { members } = await gateway(leader, 'cluster/member/list', {}) as { readonly members: readonly { readonly peerURLs: readonly string[] }[] };
    await gateway(leader, 'cluster/member/add', { peerURLs: [peerUrl(ports.peer)], isLearner: true });
    const learner = await etcdForTests({ dir, ports, args: ['--name', 'learner', '--initial-cluster', `setpoint=${members[0]?.peerURLs[0] ?? ''},learner=${peerUrl(ports.peer)}`, '--initial-cluster-state', 'existing'] });
    toStop.unshift(() => learner.stop());

    const store = await opened([...learner.endpoints, leader]);
    const { revision } = await put(store, 'a', 1);
    expect((await get(store, 'a'))?.value.data).toBe(1);
    const watch = store.watch({ prefix: 'a', after: revision });
    const last = await put(store, 'a', 2);
    expect(await upTo(watch, last.revision)).toHaveLength(1);
    expect(await store.lease.grant(5)).toMatchObject({ ttlSeconds: 5 });
  });

  test.each(['etcdserver: not leader', 'etcdserver: rpc not supported for learner'])('S57 S75 a write refused with %j goes to the next member', async (details) => {
    const [first, second] = [await grpcFront(url(), '3.6.7'), await grpcFront(url(), '3.6.7')];
    toStop.push(() => { first.stop(); }, () => { second.stop(); });
    first.refuse = { code: 9, details };
    const store = await opened([first.url, second.url]);
    expect((await put(store, '/s75/a', details)).ok).toBe(true);
    expect((await get(direct, '/s75/a'))?.value.data).toBe(details);
  });

  test('S56 S75 a write that a stopping member gave up is unknown, a read goes to the next', async () => {
    const [first, second] = [await grpcFront(url(), '3.6.7'), await grpcFront(url(), '3.6.7')];
    toStop.push(() => { first.stop(); }, () => { second.stop(); });
    const store = await opened([first.url, second.url]);
    first.refuse = { code: 14, details: 'etcdserver: server stopped' };
    await expect(put(store, '/s75/b', 1)).rejects.toMatchObject({ code: 'UnknownOutcome' });
    expect(await get(store, '/s75/b')).toBeUndefined();
    expect(second.requests.length).toBeGreaterThan(0);
  });

  test('S76 B103 a token that is not known any more is renewed once, and the refused call repeated', async () => {
    const [ports, dir] = [await freeEtcdPorts(), mkdtempSync(join(tmpdir(), 'setpoint-auth-'))];
    toStop.push(() => { rmSync(dir, { recursive: true, force: true }); });
    const first = await etcdForTests({ dir, ports });
    const at = first.endpoints[0] as string;
    await gateway(at, 'auth/user/add', { name: 'root', password: 'root-pass' });
    await gateway(at, 'auth/role/add', { name: 'root' });
    await gateway(at, 'auth/user/grant', { user: 'root', role: 'root' });
    await gateway(at, 'auth/enable', {});
    const store = await opened(at, { username: 'root', password: 'root-pass' });
    const { revision } = await put(store, 'a', 1);
    const watch = store.watch({ prefix: 'a', after: revision });
    const { id } = await store.lease.grant(60);

    // Tokens of the simple kind are in the memory of the member that gave them.
    await first.stop();
    const again = await etcdForTests({ dir, ports });
    toStop.unshift(() => again.stop());
    expect((await get(store, 'a'))?.value.data).toBe(1);
    await gateway(at, 'auth/disable', {}).catch(() => { /* it needs a token itself */ });
    const last = await put(store, 'a', 2);
    expect(last.ok).toBe(true);
    expect(await upTo(watch, last.revision)).toHaveLength(1);
    expect(await store.lease.keepAlive(id)).toEqual({ ttlSeconds: 60 });
  });

  test('S79 answers may be large; what is too large to send is refused here', async () => {
    const large = 'x'.repeat(1_200_000);
    for (let i = 0; i < 60; i++) await put(direct, `/s79/${String(i)}`, large);
    const { items } = await direct.range({ prefix: '/s79/' });
    expect(items).toHaveLength(60);
    expect(items.every(({ value: { data } }) => data === large)).toBe(true);

    const front = await grpcFront(url(), '3.6.7');
    toStop.push(() => { front.stop(); });
    const store = await opened(front.url);
    const before = front.requests.length;
    await expect(put(store, '/s79/too-large', 'x'.repeat(1_572_864))).rejects.toMatchObject({ code: 'TooLarge', applied: 'no' });
    expect(front.requests).toHaveLength(before);
    await remove(direct, '/s79/0');
  }, 60_000);

  test('S80 a store without space: puts and grants are refused, all else goes on', async () => {
    const at = await fresh();
    const store = await opened(at);
    const { revision } = await put(store, 'a', 1);
    const { id } = await store.lease.grant(60);
    const { header } = await gateway(at, 'maintenance/status', {}) as { readonly header: { readonly member_id: string } };
    await gateway(at, 'maintenance/alarm', { action: 'ACTIVATE', memberID: header.member_id, alarm: 'NOSPACE' });

    await expect(put(store, 'a', 2)).rejects.toMatchObject({ code: 'NoSpace', applied: 'no', retryable: false });
    await expect(store.lease.grant(60)).rejects.toMatchObject({ code: 'NoSpace', applied: 'no' });
    expect(store.health.ok).toBe(false);
    expect((await get(store, 'a'))?.value.data).toBe(1);
    expect(await store.lease.keepAlive(id)).toEqual({ ttlSeconds: 60 });
    const watch = store.watch({ prefix: 'a', after: revision });
    expect((await store.txn({ compare: [{ key: 'a', op: '=', modRevision: revision }], then: [] })).ok).toBe(true);
    const deleted = await remove(store, 'a');
    expect(await upTo(watch, deleted.revision)).toHaveLength(1);
    await store.compact(deleted.revision);

    await gateway(at, 'maintenance/alarm', { action: 'DEACTIVATE', memberID: header.member_id, alarm: 'NOSPACE' });
    expect((await put(store, 'a', 3)).ok).toBe(true);
    expect(store.health.ok).toBe(true);
  });

  test('S57 S58 S80 what etcd refuses for want of space after it was done is unknown, and settled by a look', async () => {
    const front = await grpcFront(await fresh(), '3.4.23');
    toStop.push(() => { front.stop(); });
    const store = await opened(front.url);
    const { revision } = await put(store, 'a', 1);
    const txn = { compare: [{ key: 'a', op: '=', modRevision: revision }], then: [{ type: 'put', key: 'a', value: value(2) }] } as const;
    const full = { code: 8, details: 'etcdserver: mvcc: database space exceeded' };

    front.refuse = full;
    const refused = store.txn(txn);
    await expect(refused).rejects.toMatchObject({ code: 'UnknownOutcome' });
    front.refuse = undefined;
    front.refuseDone = full;
    await expect(store.txn({ ...txn, compare: [{ key: 'a', op: '=', modRevision: 1n }] })).rejects.toMatchObject({ code: 'NoSpace', applied: 'no' });
    await expect(store.txn(txn)).rejects.toMatchObject({ code: 'UnknownOutcome', cause: { code: 'NoSpace' } });
    expect(await settle(store, valueCodec(), txn, { after: revision })).toBe('applied');
  });

  test('S56 S92 closing waits a second for an answer, and no longer; what was sent is then unknown', async () => {
    const [proxy, its] = [await tcpProxy(url()), virtualClock()];
    toStop.push(() => proxy.stop());
    const store = await etcd(proxy.url, { clock: its }).open(valueCodec(), systemRuntime({ clock: its, random: keyedRandom(1) }));
    await put(store, 'a', 1);
    proxy.mode = 'dropAnswers';
    const write = put(store, 'a', 2).catch((error: unknown) => error);
    let isClosed = false;
    const closing = store[Symbol.asyncDispose]().then(() => { isClosed = true; });

    await its.advance(999);
    expect(isClosed).toBe(false);
    await its.advance(1);
    await closing;
    expect(await write).toMatchObject({ code: 'UnknownOutcome' });
  });

  test('S80 a corrupt store is Corrupt for everything', async () => {
    const at = await fresh();
    const store = await opened([at, url()]);
    await put(store, 'a', 1);
    const { header } = await gateway(at, 'maintenance/status', {}) as { readonly header: { readonly member_id: string } };
    await gateway(at, 'maintenance/alarm', { action: 'ACTIVATE', memberID: header.member_id, alarm: 'CORRUPT' });

    await expect(put(store, 'a', 2)).rejects.toMatchObject({ code: 'Corrupt', applied: 'no', retryable: false });
    // etcd itself would answer it.
    await expect(get(store, 'a')).rejects.toMatchObject({ code: 'Corrupt' });
    await expect(store.lease.grant(60)).rejects.toMatchObject({ code: 'Corrupt' });
    expect(store.health.ok).toBe(false);
    await expect(opened(at)).rejects.toMatchObject({ code: 'Corrupt' });
  });

  test('S80 alarms are noticed without a write, watches end with them, and with the alarm they are over', async () => {
    const [at, its] = [await fresh(), virtualClock()];
    const store = await etcd(at, { clock: its }).open(valueCodec(), systemRuntime({ clock: its, random: keyedRandom(1) }));
    toStop.unshift(() => store[Symbol.asyncDispose]());
    const { revision } = await put(store, 'a', 1);
    const ended = endOf(store.watch({ prefix: 'a', after: revision }));
    const { header } = await gateway(at, 'maintenance/status', {}) as { readonly header: { readonly member_id: string } };
    const alarm = (action: string) => gateway(at, 'maintenance/alarm', { action, memberID: header.member_id, alarm: 'CORRUPT' });

    await alarm('ACTIVATE');
    await its.advance(5_000);
    expect(await ended).toMatchObject({ code: 'Corrupt' });
    await expect(get(store, 'a')).rejects.toMatchObject({ code: 'Corrupt' });
    await alarm('DEACTIVATE');
    while (!store.health.ok) await its.advance(5_000);
    expect((await get(store, 'a'))?.value.data).toBe(1);
  });

  test('S23 S55 errors hold no value and no key', async () => {
    const secret = value('canary');
    const refused = await direct.txn({ compare: [], then: [{ type: 'put', key: 'canary-key', value: secret, lease: 99n }] }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'LeaseNotFound' });
    expect(`${String(refused)} ${JSON.stringify(refused, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))}`).not.toMatch(/canary/);
  });
});
