import { describe, expect, test } from '@jest/globals';
import type { Api, WatchEvent } from '../../../src/core/api/api.js';
import { ApiError, failure } from '../../../src/core/api/api-error.js';
import type { DirectClient } from '../../../src/core/client/client.js';
import type { LeadershipLost } from '../../../src/core/election/election.js';
import { elector } from '../../../src/core/election/elector.js';
import type { Lease } from '../../../src/core/resource/lease.js';
import { ConfigError, UnknownOutcome } from '../../../src/core/runtime/errors.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';

/** One Lease with compare-and-swap and watches; `fault` is asked before each request. */
class LeaseServer {
  lease: Lease | undefined;
  revision = 0;
  fault: (verb: string, who: string) => Promise<void> | undefined = () => undefined;
  afterWrite: (verb: string, who: string) => void = () => undefined;
  private readonly watchers = new Set<(events: readonly WatchEvent[]) => void>();

  constructor(readonly fencing: 'store' | 'none' = 'store') {}

  client(who: string): DirectClient {
    const write = async (verb: string, expected: string | undefined, next: (old: Lease | undefined) => object) => {
      await this.fault(verb, who);
      if (this.lease?.metadata.resourceVersion !== expected) throw new ApiError(failure(409, expected === undefined ? 'AlreadyExists' : 'Conflict', 'no'));
      this.put(next(this.lease));
      this.afterWrite(verb, who);
      return this.lease;
    };
    const watch = (_kind: unknown, _at: unknown, params: { signal: AbortSignal }) => this.watch(params.signal);
    // A double with the three verbs that an elector uses.
    return {
      settings: { api: { watch, fencing: this.fencing } as unknown as Api, fieldManager: 'test' },
      get: async () => { await this.fault('get', who); return this.lease; },
      create: (_kind: unknown, object: { metadata: object; spec: object }) => write('create', undefined, () => object),
      patch: (_kind: unknown, _ref: unknown, patch: { metadata: { resourceVersion: string }; spec: object }) =>
        write('patch', patch.metadata.resourceVersion, (old) => ({ ...old, spec: { ...old?.spec, ...patch.spec } })),
    } as unknown as DirectClient;
  }

  put(lease: object): void {
    this.revision++;
    const { metadata } = lease as { metadata: object };
    this.lease = { ...lease, metadata: { uid: 'u', ...metadata, resourceVersion: String(1_000 + this.revision) } } as unknown as Lease;
    const event = { type: 'MODIFIED', object: this.lease, resourceVersion: this.lease.metadata.resourceVersion } as WatchEvent;
    for (const watcher of this.watchers) watcher([event]);
  }

  private async *watch(signal: AbortSignal): AsyncGenerator<readonly WatchEvent[]> {
    const waiting: (readonly WatchEvent[])[] = [];
    let wake = () => undefined as void;
    const push = (events: readonly WatchEvent[]) => { waiting.push(events); wake(); };
    this.watchers.add(push);
    signal.addEventListener('abort', () => { wake(); });
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => { wake = resolve; });
    }
    this.watchers.delete(push);
  }
}

function replica(server: LeaseServer, clock: VirtualClock, name: string) {
  const log: string[] = [];
  const e = elector(server.client(name), { name: 'web', identity: name }, { clock, random: keyedRandom(name.length), log: silent });
  const states: string[] = [];
  let finish: (() => void) | undefined;
  e.leadership$.subscribe({ next: (l) => { if (states.at(-1) !== l.state) states.push(l.state); }, complete: () => { states.push('complete'); } });
  const done = e.lead(async (term) => {
    log.push(`begin ${String(term.epoch)}`);
    await new Promise<void>((resolve) => { finish = resolve; term.signal.addEventListener('abort', () => { log.push(`abort ${(term.signal.reason as LeadershipLost).why}`); if (!slow.value) resolve(); }); });
    log.push('end');
  });
  const slow = { value: false };
  return { e, log, states, done, slow, finish: () => { finish?.(); } };
}

describe('elector', () => {
  test('L9 L14 L16 one of two leads; on release the other takes over at once; L32 nothing stays', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    const a = replica(server, clock, 'a');
    await clock.advance(10);
    const b = replica(server, clock, 'bb');
    await clock.advance(60_000);
    expect([a.log, b.log]).toEqual([['begin 1001'], []]);
    expect(a.e.current?.valid).toBe(true);

    const stopped = a.e[Symbol.asyncDispose]();
    await clock.advance(100);
    await stopped;
    expect(a.log).toEqual(['begin 1001', 'abort resigned', 'end']);
    expect(b.e.current?.epoch).toBe(1_000 + server.revision);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: 'bb', leaseTransitions: 1, leaseDurationSeconds: 15 });
    expect(a.states).toEqual(['candidate', 'leading', 'standby', 'complete']);

    void b.e.resign();
    await clock.advance(100);
    await Promise.all([a.done, b.done]);
    expect(clock.pending).toBe(0);
  });

  test('L12 L13 a leader whose requests fail loses at its deadline, and leads again later under a new epoch', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    const a = replica(server, clock, 'a');
    await clock.advance(5_000);
    const term = a.e.current;

    server.fault = () => new Promise(() => undefined);
    await clock.advance(9_100);
    expect([term?.valid, term?.signal.aborted]).toEqual([false, true]);
    server.fault = () => undefined;
    await clock.advance(30_000);

    expect(a.log.slice(0, 3)).toEqual(['begin 1001', 'abort expired', 'end']);
    expect(a.e.current?.epoch).toBeGreaterThan(term?.epoch ?? Infinity);
    expect(a.states).toEqual(['candidate', 'leading', 'standby', 'leading']);
    void a.e.resign();
    await clock.advance(100);
  });

  test('L8 after a crash of the leader the other takes over within lease and poll', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    replica(server, clock, 'a');
    await clock.advance(10);
    const b = replica(server, clock, 'bb');
    await clock.advance(20_000);

    server.fault = (_, who) => (who === 'a' ? new Promise(() => undefined) : undefined);
    await clock.advance(17_000);

    expect(b.log.length).toBe(1);
  });

  test('L15 an answer that was lost makes no leader; a read settles it', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    let lose = true;
    server.afterWrite = () => { if (lose) { lose = false; throw new UnknownOutcome('create'); } };
    const a = replica(server, clock, 'a');
    await clock.advance(1_000);

    expect(a.log).toEqual([`begin ${String(1_000 + server.revision)}`]);
    expect(server.lease?.spec?.leaseTransitions).toBe(1);
  });

  test('L16 work that does not end keeps the lease: no release, expiry hands over', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    const a = replica(server, clock, 'a');
    a.slow.value = true;
    await clock.advance(1_000);

    void a.e.resign();
    await clock.advance(3_000);
    await a.done;

    expect(server.lease?.spec?.holderIdentity).toBe('a');
  });

  test('L13 a term begins only after the work of the one before has ended', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    const a = replica(server, clock, 'a');
    a.slow.value = true;
    await clock.advance(1_000);

    a.e.fenced(a.e.current?.epoch as never);
    await clock.advance(20_000);
    expect(a.log).toEqual(['begin 1001', 'abort fenced']);
    expect(a.e.current?.valid).toBe(true);
    a.finish();
    await clock.quiet();

    expect(a.log.slice(2)).toEqual(['end', `begin ${String(a.e.current?.epoch)}`]);
  });

  test('L1 fields, labels and annotations of others survive', async () => {
    const server = new LeaseServer();
    server.put({ metadata: { name: 'web', labels: { team: 'x' } }, spec: { holderIdentity: '', strategy: 'OldestEmulationVersion', leaseTransitions: 7 } });
    const clock = virtualClock();
    replica(server, clock, 'a');
    await clock.advance(5_000);

    expect(server.lease).toMatchObject({ metadata: { labels: { team: 'x' } }, spec: { strategy: 'OldestEmulationVersion', leaseTransitions: 8, holderIdentity: 'a' } });
  });

  test('L24 requireFencing refuses an api that cannot fence', () => {
    const make = () => elector(new LeaseServer('none').client('a'), { name: 'web', requireFencing: true }, { clock: virtualClock(), random: keyedRandom(1), log: silent });

    expect(make).toThrow(ConfigError);
  });

  test('L26 health fails when no request was answered for a minute', async () => {
    const server = new LeaseServer();
    const clock = virtualClock();
    const a = replica(server, clock, 'a');
    await clock.advance(5_000);
    expect(a.e.check()).toEqual({ ok: true });

    server.fault = () => new Promise(() => undefined);
    await clock.advance(70_000);

    expect(a.e.check()).toMatchObject({ ok: false });
  });
});
