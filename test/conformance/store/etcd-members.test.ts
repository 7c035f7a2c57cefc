import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock, type Clock } from '../../../src/core/runtime/clock.js';
import type { Logger } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import { verifyStore } from '../../../src/core/store/verify-store.js';
import { startEtcdCluster, type EtcdMember } from '../../integration/etcd-cluster.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { grpcFront } from '../../integration/grpc-front.js';
import { endOf, get, put, upTo, valueCodec } from './backends.js';

describe('members of etcd', () => {
  let server: EtcdProcess;
  const toStop: (() => unknown)[] = [];
  beforeAll(async () => { server = await etcdForTests(); });
  afterAll(async () => {
    for (const stop of toStop) await stop();
    await server.stop();
  });

  const fronted = async (version: string) => {
    const front = await grpcFront(server.endpoints[0] as string, version);
    toStop.push(() => { front.stop(); });
    return front;
  };
  const opened = async (endpoints: readonly string[], clock: Clock, log: Partial<Logger> = {}) => {
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const handle = await etcd(endpoints).open(valueCodec(), systemRuntime({ clock, random: keyedRandom(1), log: { ...quiet, ...log } }));
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };

  test('S84 a member that joins with a version below a gate closes it: watches begin anew, nobody is asked for progress', async () => {
    const [one, other, clock] = [await fronted('3.6.7'), await fronted('3.6.7'), virtualClock()];
    const store = await opened([one.url, other.url], clock);
    const { revision } = await put(store, '/s84/a', 1);
    const watch = store.watch({ prefix: '/s84/', after: revision });

    other.version = '3.5.9';
    const ended = endOf(watch);
    await clock.advance(10_000);
    expect(await ended).toMatchObject({ code: 'Reset', reason: 'older-server', lastRevision: revision });

    const watchRequests = () => [one, other].flatMap(({ requests }) => requests).filter(({ path }) => path.endsWith('Watch/Watch')).length;
    const before = watchRequests();
    const again = store.watch({ prefix: '/s84/', after: revision });
    const { revision: last } = await put(store, '/elsewhere', 1);
    const fresh = again.freshTo(last);
    const batches = upTo(again, (await put(store, '/s84/a', 2)).revision);
    await fresh;
    await batches;
    expect(watchRequests() - before).toBe(1);
  });

  test('S84 versions of the future are accepted, members that keep the gates open change nothing', async () => {
    const [one, clock] = [await fronted('4.2.0'), virtualClock()];
    const warnings: string[] = [];
    const store = await opened([one.url], clock, { warn: (line) => { warnings.push(line); } });
    const { revision } = await put(store, '/future/a', 1);
    const watch = store.watch({ prefix: '/future/', after: revision });

    one.version = '3.5.21';
    await clock.advance(20_000);
    const { revision: last } = await put(store, '/future/a', 2);
    expect(await upTo(watch, last)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test('S83 S84 an unsafe member that joins is an error in the log: who uses the store already goes on', async () => {
    const [one, clock] = [await fronted('3.6.7'), virtualClock()];
    let tell: () => void = () => {};
    const told = new Promise<void>((resolve) => { tell = resolve; });
    const store = await opened([one.url], clock, { error: () => { tell(); } });

    one.version = '3.5.1';
    await clock.advance(5_000);
    await told;
    expect((await put(store, '/unsafe/a', 1)).ok).toBe(true);
  });

  test('S87 verify answers the hash of each member, and names those that do not answer', async () => {
    const [url] = server.endpoints as [string];
    const { revision } = await put(await opened([url], systemClock()), '/s87/a', 1);

    const alone = await verifyStore(etcd(url));
    expect(alone).toMatchObject({ ok: true, members: [{ endpoint: url, hash: expect.any(Number) as unknown }] });
    expect(alone.revision).toBeGreaterThanOrEqual(revision);
    const [one] = alone.members;
    expect((await verifyStore(etcd(url))).members[0]?.hash).toBe(one?.hash);

    const dead = 'http://127.0.0.1:1';
    expect(await verifyStore(etcd([url, dead], { connectMs: 500 }))).toMatchObject({ ok: false, members: [{ endpoint: url }, { endpoint: dead, error: { code: 'Unavailable' } }] });
  });
});

test('S87 verify compares all members of a cluster', async () => {
  const cluster = await startEtcdCluster();
  try {
    const store = await etcd(cluster.endpoints).open(valueCodec(), systemRuntime());
    for (let i = 0; i < 20; i++) await put(store, `/s87/${String(i % 5)}`, i);
    await store.compact(10n);
    const { ok, members } = await verifyStore(etcd(cluster.endpoints));
    expect(ok).toBe(true);
    expect(members).toHaveLength(3);
    expect(new Set(members.map(({ hash }) => hash)).size).toBe(1);
    await store[Symbol.asyncDispose]();
  } finally {
    await cluster.stop();
  }
});

test('S86 without a quorum nothing is acknowledged and nothing stale is served; with it all resumes by itself', async () => {
  const cluster = await startEtcdCluster();
  const store = await etcd(cluster.endpoints, { requestMs: 1_500, connectMs: 500 }).open(valueCodec(), systemRuntime());
  try {
    const { revision } = await put(store, '/s86/a', 1);
    const watch = store.watch({ prefix: '/s86/', after: revision });
    const [one, other] = cluster.members.slice(1) as [EtcdMember, EtcdMember];
    await Promise.all([one.kill(), other.kill()]);

    const started = performance.now();
    const [written, read] = await Promise.allSettled([put(store, '/s86/a', 2), get(store, '/s86/a')]);
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(written).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^(UnknownOutcome|Unavailable)$/) as unknown } });
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'Unavailable' } });

    await Promise.all([one.restart(), other.restart()]);
    let last: bigint | undefined;
    while (last === undefined) last = await put(store, '/s86/b', 1).then((result) => result.revision, () => undefined);
    const batches = await upTo(watch, last);
    expect(batches.at(-1)).toMatchObject({ revision: last });
    expect((await get(store, '/s86/b'))?.modRevision).toBe(last);
  } finally {
    await store[Symbol.asyncDispose]();
    await cluster.stop();
  }
});
