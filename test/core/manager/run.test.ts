import { describe, expect, test } from '@jest/globals';
import { ContainerModule } from 'inversify';
import { controller } from '../../../src/core/controller/builder.js';
import { runnable, runnableSet } from '../../../src/core/controller/runnable.js';
import { makeRun } from '../../../src/core/manager/run.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { Lease } from '../../../src/core/resource/lease.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { Clock } from '../../../src/core/runtime/clock.js';
import { ConfigError, SetpointError } from '../../../src/core/runtime/errors.js';
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
    await expect(run({ stor: memory() } as never)).rejects.toThrow('did you mean store?');
    expect(() => controller(Site, { concurency: 2, ownEvents: 'never', labelSelector: 'a in (', finalizer: 'no-domain' } as never)).toThrow(/did you mean concurrency\?.*ownEvents.*labelSelector.*finalizer/s);
    expect(() => controller(Site, { name: 'x'.repeat(64) }).finalize(async () => undefined).reconcile(async () => undefined)).toThrow(/finalizer/);
    expect(() => controller(Site, { concurrency: 0, timeout: -1, backoff: { jitter: 2 } })).toThrow(/concurrency.*timeout.*backoff\.jitter/s);
    await expect(run(controller(Site) as never)).rejects.toThrow(ConfigError);
  });

  test('R54 B89 a token with two values, and a service that cannot be made, are told before anything starts', async () => {
    const Prices = token<{ of(name: string): number }>('Prices');
    const asks = controller(Site).inject(Prices).reconcile(async () => undefined);
    const value = { of: () => 1 };
    await expect(world([asks], { services: [provide(Prices, value), provide(Prices, value)] })).rejects.toMatchObject({ code: 'ConfigError', problems: [{ path: 'services.Prices' }] });
    const started: string[] = [];
    const first = runnable({ name: 'first', start: () => { started.push('first'); throw new Error('never'); } });
    const broken = new ContainerModule(({ bind }) => { bind(Prices).toDynamicValue(() => { throw new Error('no exchange'); }); });
    await expect(world([first, asks], { modules: [broken] })).rejects.toMatchObject({ code: 'ConfigError', message: expect.stringContaining('no exchange') });
    expect(started).toEqual([]);
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

  test('R40 what a removed part read through ends with it', async () => {
    const sites = controller(Site).reconcile(async ({ list }) => { await list(Lease); });
    await using w = await world([sites]);
    await w.app.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await w.settled();
    expect(w.app.metrics()).toContain('leases');

    await w.app.remove(sites);

    expect(w.app.metrics()).not.toMatch(/leases|sites/);
  });

  test('R40 R41 a part that could not be added leaves nothing behind, and its name is free', async () => {
    await using w = await world([]);
    const broken = runnableSet('both', [idle('web'), runnable({ name: 'broken', start: (context) => { context.informer(Lease); throw new Error('no port'); } })]);
    await expect(w.app.add(broken)).rejects.toThrow('no port');
    expect(w.app.metrics()).not.toMatch(/leases|sites/);

    await w.app.add(idle('web'));
    await expect(w.app.add(idle('web'))).rejects.toMatchObject({ code: 'DuplicateController' });
  });

  test('R40 a set is removed by its name, with all its parts', async () => {
    const set = runnableSet('both', [idle('one'), idle('two')]);
    await using w = await world([set, idle('three')]);
    await w.app.remove('both');
    expect(w.app.metrics()).toMatch(/controller="three"/);
    expect(w.app.metrics()).not.toMatch(/controller="(one|two)"/);

    await w.app.add(set);
    await w.app.remove(set);
    expect(() => w.app.of(set)).toThrow(expect.objectContaining({ code: 'UnknownPart', hint: 'running: three' }));
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

  /** An app whose parts' ends are under test. */
  async function app(...parts: Parameters<typeof world>[0]) {
    const clock = virtualClock();
    const lines: string[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (_msg: string, fields: object = {}) => { lines.push(JSON.stringify(fields)); } };
    return { clock, lines, app: await makeRun(() => [])(...parts, { log, services: [provide(Clock, clock), provide(Random, keyedRandom(1))] }) };
  }
  const part = (name: string, o: { readonly ready?: () => Promise<void>; readonly stop?: () => Promise<never> }) => runnable({
    name, start: () => ({ handle: undefined, lead() {}, busy: () => false, ready: o.ready ?? (async () => undefined), stop: o.stop ?? (async () => ({ drained: 0, dropped: [], stuck: [] })) }),
  });

  test('R45 a part that hangs when it is to stop, and one that throws, hold nobody up for ever', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { app: running, clock, lines } = await app(part('hangs', { stop: never }), part('throws', { stop: () => Promise.reject(new Error('oops')) }), idle('web'));

    const stopping = running.stop({ deadline: 1_000 });
    await clock.advance(60_000);

    expect(await stopping).toEqual({ drained: 0, dropped: [], stuck: [] });
    expect(lines.join()).toMatch(/throws failed when it was to stop: oops.*hangs has not stopped/);
    expect(clock.pending).toBe(0);
  });

  test('R44 R45 whoever asks to stop a second time is in a hurry', async () => {
    const sites = controller(Site).reconcile(async ({ signal }) => { await new Promise((_, reject) => { signal.addEventListener('abort', () => { reject(new Error('given up')); }); }); });
    const { app: running, clock } = await app(sites);
    await running.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await clock.quiet();

    const first = running.stop();
    await clock.advance(2_000);
    const second = running.stop({ deadline: 0 });
    await clock.advance(1);

    expect(await second).toBe(await first);
    expect(clock.now()).toBeLessThan(5_000);
    expect(() => running.stop({ deadline: Number.NaN })).toThrow(RangeError);
  });

  test('R45 after a stop nothing can be added, and a start that was stopped rejects', async () => {
    const { app: running, clock } = await app(idle('web'));
    const adding = running.add(part('late', { ready: () => new Promise(() => undefined) }));
    adding.catch(() => undefined);
    await running.stop();
    await expect(running.add(idle('other'))).rejects.toMatchObject({ code: 'Disposed' });
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  test('R50 a part that cannot go on ends the app in order, and closed rejects with its error', async () => {
    let fail: (error: SetpointError) => void = () => undefined;
    const fragile = runnable({ name: 'fragile', start: (context) => { fail = (error) => { context.fail(error); }; return { handle: undefined, lead() {}, busy: () => false, ready: async () => undefined, stop: async () => ({ drained: 0, dropped: [], stuck: [] }) }; } });
    const { app: running, clock } = await app(fragile, idle('web'));

    fail(new SetpointError('StoreGone', 'the disk is gone'));
    await clock.advance(1_000);

    await expect(running.closed).rejects.toMatchObject({ code: 'StoreGone' });
    expect(await running.stop()).toMatchObject({ stuck: [] });
    expect(clock.pending).toBe(0);
  });

  test('R50 an app whose store was closed under it ends, and says so', async () => {
    let close: () => Promise<void> = async () => undefined;
    const inner = memory();
    const store: ReturnType<typeof memory> = { name: 'lent', open: async (codec, runtime) => { const handle = await inner.open(codec, runtime); close = () => Promise.resolve(handle[Symbol.asyncDispose]()); return handle; } };
    const clock = virtualClock();
    const running = await makeRun(() => [])(idle('web'), { store, services: [provide(Clock, clock), provide(Random, keyedRandom(1))] });

    await close();
    await clock.advance(60_000);

    await expect(running.closed).rejects.toMatchObject({ code: 'WatchFault', message: expect.stringContaining('the store was closed') });
    expect(clock.pending).toBe(0);
  });

  test('R51 health: a run that does not end, checks of one\'s own, and a stop', async () => {
    const sites = controller(Site, { timeout: 1_000 }).reconcile(() => new Promise<void>(() => undefined));
    const checks = { fine: () => undefined, broken: () => { throw new Error('no route'); }, slow: () => new Promise(() => undefined) };
    const clock = virtualClock();
    const running = await makeRun(() => [])(sites, { health: { checks, stuckAfter: 300_000 }, services: [provide(Clock, clock), provide(Random, keyedRandom(1))] });
    const health = async () => { const asked = running.health(); await clock.advance(5_000); return asked; };
    expect(await health()).toMatchObject({ live: true, ready: false, checks: { 'event-loop': 'ok', runs: 'ok', caches: 'ok', fine: 'ok', broken: 'no route', slow: 'no answer after 5 s' } });

    await running.client.create(Site, { metadata: { name: 'a' }, spec: {} });
    await clock.advance(301_000);
    expect(await health()).toMatchObject({ live: false, checks: { runs: expect.stringMatching(/^not ended: site for 30\d s$/) } });

    const stopping = running.stop({ deadline: 0 });
    expect(await health()).toMatchObject({ ready: false, checks: { app: 'is stopping' } });
    await clock.advance(60_000);
    await stopping;
  });

  test('R44 an app of many parts warns of no leak', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => { warnings.push(warning.message); };
    process.on('warning', onWarning);
    const { app: running, clock } = await app(...Array.from({ length: 25 }, (_, i) => idle(`web-${i}`)));
    for (let i = 0; i < 15; i++) { await running.add(idle('more')); await running.remove('more'); }
    await running.stop();
    await new Promise((resolve) => { setImmediate(resolve); });
    process.off('warning', onWarning);

    expect(warnings).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('B89 what was opened is closed when a start fails', async () => {
    const log: string[] = [];
    const inner = memory();
    const spied: ReturnType<typeof memory> = { name: 'spied', open: async (codec, runtime) => {
      const handle = await inner.open(codec, runtime);
      log.push('open');
      return new Proxy(handle, { get: (target, name) => {
        if (name === Symbol.asyncDispose) return async () => { log.push('close'); await target[Symbol.asyncDispose](); };
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      } });
    } };
    const run = makeRun(() => []);
    await expect(run({ store: spied, election: { name: 'x', leaseDuration: 1 } })).rejects.toThrow(ConfigError);
    await expect(run(idle('a'), idle('a'), { store: spied })).rejects.toMatchObject({ code: 'DuplicateController' });
    await expect(run(part('bad', { ready: () => Promise.reject(new Error('no cache')) }), { store: spied })).rejects.toThrow('no cache');

    expect(log).toEqual(['open', 'close', 'open', 'close']);
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

  test('R47 R48 a standby with 10,000 keys runs none; when it leads each runs once, and again in its next term', async () => {
    const clock = virtualClock();
    const runs: (number | undefined)[] = [];
    let firstAt: number | undefined;
    const sites = controller(Site, { concurrency: 100, resync: false }).reconcile(async ({ epoch }) => { firstAt ??= clock.now(); runs.push(epoch); });
    const store = memory();
    const services = [provide(Clock, clock), provide(Random, keyedRandom(1))];
    const seeding = makeRun(() => [])({ store, services });
    await clock.advance(100);
    const seeder = await seeding;
    for (let i = 0; i < 10_000; i++) await seeder.client.create(Site, { metadata: { name: `s${i}` }, spec: {} });
    await seeder.client.create(Lease, { metadata: { name: 'web', namespace: 'kube-system' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: '2030-01-01T00:00:00.000000Z', acquireTime: '2030-01-01T00:00:00.000000Z', leaseTransitions: 0 } });
    const starting = makeRun(() => [])(sites, { store, election: { name: 'web', identity: 'a' }, services });
    await clock.advance(100);
    const app = await starting;
    let ledAt: number | undefined;
    app.leadership$.subscribe(({ state }) => { if (state === 'leading') ledAt ??= clock.now(); });
    await clock.advance(10_000);
    expect([runs.length, app.of(sites).queued]).toEqual([0, 10_000]);

    await clock.advance(10_000);
    expect(runs).toHaveLength(10_000);
    expect(firstAt! - ledAt!).toBeLessThan(50);

    await seeder.client.patch(Lease, 'kube-system/web', { spec: { holderIdentity: 'other', leaseTransitions: 99 } });
    await clock.advance(60_000);

    expect(runs).toHaveLength(20_000);
    expect(new Set(runs).size).toBe(2);
    expect(runs.at(-1)!).toBeGreaterThan(runs[0]!);
    for (const one of [app, seeder]) { const end = one.stop(); await clock.advance(20_000); await end; }
    expect(clock.pending).toBe(0);
  });

  test('R49 with leader: false a controller works on every replica, and under no term', async () => {
    const clock = virtualClock();
    const store = memory();
    const runs: string[] = [];
    const apps = [];
    for (const id of ['a', 'b']) {
      const everywhere = controller(Site, { leader: false }).reconcile(async ({ meta, epoch }) => { runs.push(`${id} ${meta.name} ${epoch}`); });
      const starting = makeRun(() => [])(everywhere, { store, election: { name: 'web', identity: id }, services: [provide(Clock, clock), provide(Random, keyedRandom(id.charCodeAt(0)))] });
      await clock.advance(100);
      apps.push(await starting);
    }
    await apps[0]!.client.create(Site, { metadata: { name: 'x' }, spec: {} });
    await clock.advance(1_000);

    expect(runs.sort()).toEqual(['a x undefined', 'b x undefined']);
    for (const app of apps) { const end = app.stop(); await clock.advance(20_000); await end; }
  });

  test('L16 R45 the lease of a stop that left a run behind is not given back: it runs out', async () => {
    const clock = virtualClock();
    const store = memory();
    const services = [provide(Clock, clock), provide(Random, keyedRandom(1))];
    const sites = controller(Site).reconcile(() => new Promise<void>(() => undefined));
    const starting = makeRun(() => [])(sites, { store, election: { name: 'web', identity: 'a' }, services });
    await clock.advance(100);
    const app = await starting;
    const watching = makeRun(() => [])({ store, services });
    await clock.advance(100);
    const other = await watching;
    await app.client.create(Site, { metadata: { name: 'x' }, spec: {} });
    await clock.advance(1_000);

    const end = app.stop({ deadline: 1_000 });
    await clock.advance(30_000);

    expect(await end).toMatchObject({ stuck: ['default/x'] });
    expect((await other.client.get(Lease, 'kube-system/web'))?.spec?.holderIdentity).toBe('a');
    const last = other.stop();
    await clock.advance(20_000);
    await last;
    expect(clock.pending).toBe(0);
  });

  test('R39 R48 a part that is added while the app leads does nothing before its caches have synced', async () => {
    const { clock, apps: [a] } = await masters(1);
    await clock.advance(1_000);
    const led: string[] = [];
    let sync: () => void = () => undefined;
    const slow = runnable({ name: 'slow', start: () => ({ handle: undefined, lead() { led.push('leads'); }, busy: () => false, ready: () => new Promise<void>((resolve) => { sync = () => { led.push('synced'); resolve(); }; }), stop: async () => ({ drained: 0, dropped: [], stuck: [] }) }) });
    const adding = a!.add(slow);
    await clock.advance(100);
    expect(led).toEqual([]);
    sync();
    await adding;

    expect(led).toEqual(['synced', 'leads']);
    const end = a!.stop();
    await clock.advance(20_000);
    await end;
  });
});
