import { setMaxListeners } from 'node:events';
import { sleep, systemClock, type Clock } from '../../src/core/runtime/clock.js';
import { keyedRandom } from '../../src/core/runtime/random.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { etcd } from '../../src/core/store/etcd/index.js';
import type { StoreHandle } from '../../src/core/store/store.js';
import { startEtcdCluster, type EtcdCluster } from '../integration/etcd-cluster.js';
import { history, judge, lastRevisionOf, type Told } from './etcd-kill-judge.js';
import { Load } from './etcd-kill-load.js';
import { resultOf, type ChaosOrder, type ChaosResult } from './result.js';
import { stringCodec } from './values.js';

export interface EtcdKillOrder extends Pick<ChaosOrder, 'seed' | 'report' | 'signal'> {
  readonly seconds: number;
  /** How often the leader is killed. */
  readonly everyMs: number;
  readonly clients: number;
}

/** As G26 has it: 50 clients of one write a second, the leader killed every 10 s. */
export async function etcdKill({ minutes = 2, seed, report, signal }: ChaosOrder): Promise<ChaosResult> {
  const result = await killLeaders({ seconds: minutes * 60, everyMs: 10_000, clients: 50, seed, report, signal });
  const gapMs = result.figures['longestGapMs'] ?? Infinity;
  return gapMs <= longestGapMs ? result : { ...result, violations: [...result.violations, `no write was acknowledged for ${String(gapMs)} ms`], pass: false };
}

/** No write may be held up for longer, at etcd's own election timeout (S85). */
const longestGapMs = 5_000;
const processes = 5;

/**
 * Three real members whose leader is killed -9 again and again, under load. All that was said is compared with the log
 * of the cluster afterwards, and the history of each register is judged. How long a gap lasts is for a machine that does nothing else. Rules: S23, S28, S36, S56–S58, S85.
 */
export async function killLeaders({ seconds, everyMs, clients, seed, report, signal }: EtcdKillOrder): Promise<ChaosResult> {
  const clock = systemClock();
  const cluster = await startEtcdCluster();
  const handles: StoreHandle<string>[] = [];
  const open = async (first: number) => {
    const endpoints = cluster.endpoints.map((_, i) => cluster.endpoints[(i + first) % cluster.endpoints.length] as string);
    const handle = await etcd(endpoints, { compactEveryMs: 0 }).open(stringCodec, systemRuntime({ clock, random: keyedRandom(seed + first) }));
    handles.push(handle);
    return handle;
  };
  try {
    const stores = [];
    for (let i = 0; i < processes; i++) stores.push(await open(i));
    const load = new Load(stores, clock, seed);
    await load.prepare();
    const stop = new AbortController();
    const watching = await Promise.all(stores.slice(0, 3).map((store) => follow(store, stop.signal)));
    const over = new AbortController();
    const ends = over.signal;
    setMaxListeners(0, ends);
    signal.addEventListener('abort', () => { over.abort(); });
    clock.setTimer(clock.now() + seconds * 1_000, () => { over.abort(); });
    const clientsDone = load.run(clients, ends);
    const kills = await kill(cluster, clock, everyMs, ends, (count) => { report(`${String(count)} kills, ${String(load.acknowledged)} writes acknowledged, ${String(load.unknown)} unknown`); });
    await clientsDone;
    const told = await history(await open(0));
    await Promise.all(watching.map((one) => one.upTo(lastRevisionOf(told))));
    stop.abort();
    const found = judge(load.record, told, watching.map(({ batches }) => batches));
    return resultOf('etcd-kill', { kills, acknowledged: load.acknowledged, unknown: load.unknown, settledApplied: load.settledApplied, fenced: load.fenced, longestGapMs: Math.round(load.longestGapMs), ...found.figures }, found);
  } finally {
    await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
    await cluster.stop();
  }
}

/** Kills the leader every so often, and starts it again a second later. */
async function kill(cluster: EtcdCluster, clock: Clock, everyMs: number, ends: AbortSignal, onKill: (count: number) => void): Promise<number> {
  let kills = 0;
  for (;;) {
    await sleep(clock, everyMs - 1_000, ends).catch(() => { /* the time is over */ });
    if (ends.aborted) return kills;
    const leader = await cluster.leader();
    if (!leader) continue;
    await leader.kill();
    onKill(++kills);
    await sleep(clock, 1_000);
    await leader.restart();
  }
}

/** What a watch of everything tells, through all that happens. */
async function follow(store: StoreHandle<string>, signal: AbortSignal): Promise<{ readonly batches: Told[]; upTo(revision: bigint): Promise<void> }> {
  const { revision: after } = await store.range({ prefix: '', countOnly: true });
  const batches: Told[] = [];
  const watch = store.watch({ prefix: '', after, signal });
  const done = (async () => {
    for await (const delivery of watch) if (delivery.type === 'batches') batches.push(...delivery.batches);
  })();
  done.catch(() => { /* told to whoever waits */ });
  return { batches, upTo: (revision) => Promise.race([watch.freshTo(revision), done]) };
}

