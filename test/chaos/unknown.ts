import { systemClock } from '../../src/core/runtime/clock.js';
import { UnknownOutcome } from '../../src/core/runtime/errors.js';
import { keyedRandom } from '../../src/core/runtime/random.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { Unavailable } from '../../src/core/store/errors.js';
import { etcd } from '../../src/core/store/etcd/index.js';
import { settle, type Settled } from '../../src/core/store/settle.js';
import type { Revision, StoreHandle, Txn } from '../../src/core/store/store.js';
import { draws } from '../core/store/durable/draws.js';
import { etcdForTests } from '../integration/etcd-process.js';
import { tcpProxy, type TcpProxy } from '../integration/tcp-proxy.js';
import { resultOf, type ChaosOrder, type ChaosResult } from './result.js';
import { stringCodec } from './values.js';

/** What becomes of the connection during a write. */
const fates = ['reset before it arrives', 'reset after it arrived', 'none', 'refused'] as const;
type Fate = (typeof fates)[number];
const kinds = ['update', 'create', 'delete', 'several'] as const;

/** One write, and what was said of it. */
interface Round {
  readonly key: string;
  readonly value: string;
  readonly kind: (typeof kinds)[number];
  readonly fate: Fate;
  said: 'acknowledged' | 'not sent' | Settled;
}

/**
 * Writes over a connection that is reset in the middle, by default 1,000 times: `UnknownOutcome` for exactly those whose answer was
 * lost, and `settle` tells the truth, as another connection sees it. Rules: S56–S58, G23.
 */
export async function unknown({ rounds = 1_000, seed, report, signal }: ChaosOrder): Promise<ChaosResult> {
  const random = draws(seed);
  const server = await etcdForTests({ signal });
  const endpoint = server.endpoints[0] as string;
  const proxy = await tcpProxy(endpoint);
  const runtime = systemRuntime({ clock: systemClock(), random: keyedRandom(seed) });
  const direct = await etcd(endpoint).open(stringCodec, runtime);
  const store = await etcd(proxy.url, { connectMs: 500, requestMs: 2_000 }).open(stringCodec, runtime);
  const violations: string[] = [];
  const played: Round[] = [];
  let [resets, unknowns] = [0, 0];
  try {
    for (let i = 0; resets < rounds && !signal.aborted; i++) {
      if (i % 20 === 0) report(`${String(resets)} resets of ${String(rounds)}`);
      const kind = kinds[Math.floor(random() * kinds.length)] as Round['kind'];
      // A few writes without harm, or without a connection, keep the others honest.
      const draw = random();
      const fate = fates[draw < 0.47 ? 0 : draw < 0.94 ? 1 : draw < 0.98 ? 2 : 3] as Fate;
      const round = await play(store, direct, proxy, endpoint, { key: `/k/${String(i)}`, value: `v${String(i)}`, kind, fate, said: 'acknowledged' }, violations);
      played.push(round);
      if (fate.startsWith('reset')) resets++;
      if (round.said === 'applied' || round.said === 'not-applied') unknowns++;
    }
    const { lost, duplicated } = await compare(direct, played, violations);
    const applied = played.filter(({ said }) => said === 'applied').length;
    return resultOf('unknown', { writes: played.length, resets, unknown: unknowns, applied, notApplied: unknowns - applied }, { lost, duplicated, violations });
  } finally {
    await Promise.all([store[Symbol.asyncDispose](), direct[Symbol.asyncDispose]()]);
    await proxy.stop();
    await server.stop();
  }
}

async function play(store: StoreHandle<string>, direct: StoreHandle<string>, proxy: TcpProxy, endpoint: string, round: Round, violations: string[]): Promise<Round> {
  const { key, kind, fate } = round;
  const made = kind === 'create' ? 0n : (await direct.txn({ compare: [], then: [{ type: 'put', key, value: `before ${key}` }] })).revision;
  // The connection stands, and nothing else is under way.
  await store.range({ key, keysOnly: true });
  const after = store.seen;
  const txn = txnOf(round, made);
  proxy.resetOnDrop = true;
  if (fate === 'reset before it arrives') proxy.mode = 'dropRequests';
  if (fate === 'reset after it arrived') proxy.mode = 'dropAnswers';
  if (fate === 'refused') {
    proxy.target = 'http://127.0.0.1:1';
    proxy.cut();
    // The client notices in its own time; a read tells that it has.
    await store.range({ key, keysOnly: true, signal: AbortSignal.timeout(200) }).catch(() => { /* no connection */ });
  }
  try {
    await store.txn(txn);
    if (fate !== 'none') violations.push(`${key}: acknowledged although its answer was thrown away (${fate})`);
  } catch (error) {
    const isLost = fate.startsWith('reset');
    if (error instanceof UnknownOutcome !== isLost) violations.push(`${key}: ${fate} ended with ${String(error)}`);
    if (!isLost) {
      if (!(error instanceof Unavailable) || error.applied !== 'no') violations.push(`${key}: ${fate} ended with ${String(error)}`);
      round.said = 'not sent';
    } else round.said = await settle(store, stringCodec, txn, { after });
  } finally {
    proxy.mode = 'pass';
    proxy.target = endpoint;
  }
  return round;
}

function txnOf({ key, value, kind }: Round, modRevision: Revision): Txn<string> {
  switch (kind) {
    case 'update': return { compare: [{ key, op: '=', modRevision }], then: [{ type: 'put', key, value }] };
    case 'create': return { compare: [{ key, op: '=', createRevision: 0n }], then: [{ type: 'put', key, value }] };
    case 'delete': return { compare: [{ key, op: '=', modRevision }], then: [{ type: 'delete', key }] };
    default: return { compare: [{ key, op: '=', modRevision }], then: [{ type: 'put', key, value }, { type: 'put', key: `${key}/more`, value: `${value} more` }, { type: 'delete', key: '/nothing' }] };
  }
}

/** What was said, beside what the server's own log tells over a connection that nobody hurt. */
async function compare(direct: StoreHandle<string>, played: readonly Round[], violations: string[]): Promise<{ readonly lost: number; readonly duplicated: number }> {
  const times = new Map<string, number>();
  const count = (what: string) => { times.set(what, (times.get(what) ?? 0) + 1); };
  const { revision } = await direct.txn({ compare: [], then: [{ type: 'put', key: '/k-end', value: 'end' }] });
  reading: for await (const delivery of direct.watch({ prefix: '/k', after: 1n })) {
    if (delivery.type !== 'batches') continue;
    for (const batch of delivery.batches) {
      for (const { type, key, value } of batch.events) count(type === 'delete' ? `delete ${key}` : value ?? '');
      if (batch.revision >= revision) break reading;
    }
  }
  let [lost, duplicated] = [0, 0];
  for (const { key, value, kind, said, fate } of played) {
    const found = times.get(kind === 'delete' ? `delete ${key}` : value) ?? 0;
    const expected = said === 'acknowledged' || said === 'applied' ? 1 : 0;
    if (found < expected) lost++;
    if (found > Math.max(1, expected)) duplicated++;
    if (found !== expected) violations.push(`${key}: ${kind}, ${fate}, was said to be ${said} and was done ${String(found)} times`);
  }
  return { lost, duplicated };
}
