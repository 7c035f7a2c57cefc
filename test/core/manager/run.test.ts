import { describe, expect, test } from '@jest/globals';
import { ContainerModule } from 'inversify';
import { controller } from '../../../src/core/controller/builder.js';
import { runnable, runnableSet } from '../../../src/core/controller/runnable.js';
import { makeRun } from '../../../src/core/manager/run.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { Lease } from '../../../src/core/resource/lease.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { Clock } from '../../../src/core/runtime/clock.js';
import { ConfigError } from '../../../src/core/runtime/errors.js';
import { keyedRandom, Random } from '../../../src/core/runtime/random.js';
import { provide, token } from '../../../src/core/runtime/token.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import { world } from '../controller/world.js';

const Site = defineResource({ group: 'web.example.com', version: 'v1', kind: 'Site', spec: t.Object({ n: t.Integer({ default: 0 }) }), status: t.Object({ by: t.String() }) });
const idle = (name: string) => controller(Site, { name }).reconcile(async () => undefined);

describe('run', () => {
  test('R41 two parts with one name are refused before anything starts; in two apps they are fine', async () => {
    await expect(world([idle('web'), idle('web')])).rejects.toMatchObject({ code: 'DuplicateController' });
    await using a = await world([idle('web')]);
    await using b = await world([idle('web')]);
    expect([a.app, b.app]).toHaveLength(2);
  });

  test('R54 B89 a service that nobody bound is named with the part that asks for it', async () => {
    const Prices = token<{ of(name: string): number }>('Prices');
    await expect(world([controller(Site).inject(Prices).reconcile(async () => undefined)])).rejects.toThrow('site: nothing is bound to Prices');
  });

  test('R54 services arrive in order, from values and from modules of inversify', async () => {
    const A = token<{ readonly a: number }>('A');
    const B = token<{ readonly b: number }>('B');
    const seen: unknown[] = [];
    const module = new ContainerModule(({ bind }) => { bind(B).toConstantValue({ b: 2 }); });
    await using w = await world([controller(Site).inject(A, B).reconcile(async (_ctx, a, b) => { seen.push(a.a, b.b); })], { services: [provide(A, { a: 1 })], modules: [module] });
    await w.app.client.create(Site, { metadata: { name: 'x' }, spec: {} });
    await w.settled();

    expect(seen).toEqual([1, 2]);
  });

  test('B89 every wrong option is named at once', async () => {
    const run = makeRun(() => []);
    await expect(run({ stor: memory(), http: { port: 70_000 } } as never)).rejects.toMatchObject({ problems: [{ path: 'stor' }, { path: 'http.port' }] });
    expect(() => controller(Site, { concurrency: 0, timeout: -1, backoff: { jitter: 2 } })).toThrow(/concurrency.*timeout.*backoff\.jitter/s);
    await expect(run(controller(Site) as never)).rejects.toThrow(ConfigError);
  });

  test('R44 two apps in one process share no state', async () => {
    await using a = await world([]);
    await using b = await world([]);
    await a.app.client.create(Site, { metadata: { name: 'x' }, spec: {} });

    expect(await b.app.client.get(Site, 'x')).toBeUndefined();
  });

  test('R40 a controller is added and removed while the app runs, and can come back', async () => {
    const runs: string[] = [];
    const sites = controller(Site).reconcile(async ({ meta }) => { runs.push(meta.name); });
    await using w = await world([]);
    await w.app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await w.app.add(sites);
    await w.settled();
    await w.app.remove(sites);
    await w.app.client.create(Site, { metadata: { name: 'b' }, spec: {} });
    await w.settled();
    expect(runs).toEqual(['a']);

    await w.app.add(sites);
    await w.settled();
    expect(runs.sort()).toEqual(['a', 'a', 'b']);
    await expect(w.app.remove('nobody')).rejects.toMatchObject({ code: 'UnknownPart' });
  });

  test('R43 a paused controller goes on merging and starts nothing', async () => {
    const runs: number[] = [];
    const sites = controller(Site).reconcile(async ({ spec }) => { runs.push(spec.n); });
    await using w = await world([sites]);
    const handle = w.app.of(sites);
    handle.pause();
    await w.app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    for (let n = 1; n <= 3; n++) await w.app.client.patch(Site, 'a', { spec: { n } });
    await w.settled();
    expect([runs, handle.queued]).toEqual([[], 1]);

    handle.resume();
    await w.settled();
    expect([runs, handle.queued, handle.inFlight]).toEqual([[3], 0, 0]);
  });

  test('R45 stop lets what runs finish, aborts it at the deadline, and says what was stuck', async () => {
    const log: string[] = [];
    const sites = controller(Site).reconcile(async ({ meta, signal }) => {
      log.push(`start ${meta.name}`);
      if (meta.name === 'stuck') await new Promise(() => undefined);
      await new Promise<void>((resolve) => { clock.setTimer(clock.now() + 1_000, resolve); });
      log.push(`end ${meta.name} ${signal.aborted}`);
    });
    const clock = virtualClock();
    const app = await makeRun(() => [])(sites, { services: [provide(Clock, clock), provide(Random, keyedRandom(1))] });
    await app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await app.client.create(Site, { metadata: { name: 'stuck' }, spec: {} });
    await clock.quiet();

    const stopping = app.stop({ deadline: 2_000 });
    await clock.advance(10_000);

    expect(log).toEqual(['start a', 'start stuck', 'end a false']);
    expect(await stopping).toMatchObject({ drained: 1, stuck: ['default/stuck'] });
    expect(await app.closed).toBe(await app.stop());
    expect(clock.pending).toBe(0);
  });

  test('R45 nothing is alive after a stop: no timer, and calls are refused', async () => {
    const clock = virtualClock();
    const app = await makeRun(() => [])(controller(Site).owns(Lease).reconcile(async () => ({ requeueAfter: 1_000 })), { services: [provide(Clock, clock), provide(Random, keyedRandom(1))] });
    await app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await clock.advance(5_000);

    const stopping = app.stop();
    await clock.advance(60_000);
    await stopping;

    expect(clock.pending).toBe(0);
    await expect(app.client.get(Site, 'a')).rejects.toThrow();
    await app.stop();
  });

  test('R44 a part that fails to start leaves nothing behind', async () => {
    const clock = virtualClock();
    const broken = runnable({ name: 'broken', start: () => { throw new Error('no port'); } });
    await expect(makeRun(() => [])(idle('web'), broken, { services: [provide(Clock, clock), provide(Random, keyedRandom(1))] })).rejects.toThrow('no port');
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  test('R51 R52 health and metrics are computed when asked for', async () => {
    await using w = await world([idle('web')]);
    await w.app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await w.settled();

    expect(await w.app.health()).toMatchObject({ live: true, ready: true, checks: { caches: 'ok' } });
    expect(w.app.metrics()).toContain('controller_runtime_reconcile_total{controller="web",result="success"} 1');
    expect(w.app.metrics()).toContain('workqueue_depth{name="web"');
  });

  test('a set of parts runs as its parts', async () => {
    await using w = await world([runnableSet('both', [idle('one'), idle('two')])]);
    expect(w.app.metrics()).toMatch(/controller="one"[\s\S]*controller="two"/);
  });
});

describe('several masters', () => {
  /** Apps over one store and one clock, each with the same controller. */
  async function masters(n: number) {
    const clock = virtualClock();
    const store = memory();
    const runs: string[] = [];
    const start = async (id: string) => {
      const sites = controller(Site).reconcile(async ({ meta, spec, epoch }) => { runs.push(`${id} ${meta.name} ${spec.n} ${epoch !== undefined}`); return { status: { by: id } }; });
      const starting = makeRun(() => [])(sites, { store, election: { name: 'web', identity: id }, services: [provide(Clock, clock), provide(Random, keyedRandom(id.charCodeAt(0)))] });
      await clock.advance(100);
      return starting;
    };
    const apps = [];
    for (let i = 0; i < n; i++) apps.push(await start(String.fromCharCode(97 + i)));
    return { clock, runs, apps, client: apps[0]!.client };
  }

  test('R46 R47 one works, the other is warm; after a stop in order it takes over at once', async () => {
    const { clock, runs, apps: [a, b], client } = await masters(2);
    await client.create(Site, { metadata: { name: 'x' }, spec: {} });
    await clock.advance(1_000);
    expect(runs).toEqual(['a x 0 true']);
    expect((await b!.health()).ready).toBe(true);

    const stopping = a!.stop();
    await clock.advance(1_000);
    await stopping;

    expect(runs).toEqual(['a x 0 true', 'b x 0 true']);
    expect((await b!.client.get(Site, 'x'))?.status?.by).toBe('b');
    const end = b!.stop();
    await clock.advance(10_000);
    await end;
    expect(clock.pending).toBe(0);
  });

  test('R48 L19 a leader that lost its lease writes no more and can lead again', async () => {
    const { clock, runs, apps: [a, b], client } = await masters(2);
    const states: string[] = [];
    a!.leadership$.subscribe(({ state }) => states.push(state));
    await client.create(Site, { metadata: { name: 'x' }, spec: {} });
    await clock.advance(1_000);

    // Somebody gives the lease to nobody by hand: b takes it, a must notice.
    await client.patch(Lease, 'kube-system/web', { spec: { holderIdentity: 'c', leaseTransitions: 99 } });
    await clock.advance(60_000);
    await client.patch(Site, 'x', { spec: { n: 1 } });
    await clock.advance(1_000);

    expect(states).toContain('standby');
    expect(runs.filter((r) => r.includes('x 1'))).toHaveLength(1);
    for (const app of [a!, b!]) { const end = app.stop(); await clock.advance(20_000); await end; }
    expect(clock.pending).toBe(0);
  });
});
