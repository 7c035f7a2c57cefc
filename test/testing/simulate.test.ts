import { describe, expect, test } from '@jest/globals';
import { ConfigError, controller, defineResource, t, token, TerminalError } from '../../src/core/index.js';
import { ConfigMap } from '../../src/kinds/index.js';
import { externalService } from '../../src/testing/external-service.js';
import { faults, simulatedKinds } from '../../src/testing/faults.js';
import { SimulationFailed } from '../../src/testing/report.js';
import { simulate } from '../../src/testing/simulate.js';
import type { SimulateOptions } from '../../src/testing/simulate-options.js';

const Greeting = defineResource({
  group: 'demo.example.com', version: 'v1', kind: 'Greeting',
  spec: t.Object({ who: t.String() }), status: t.Object({ child: t.Optional(t.String()) }),
});

/** Makes its child under a generated name and then writes down which: what dies between leaks one. */
const naive = () => controller(Greeting, { name: 'greeter' }).owns(ConfigMap).reconcile(async ({ spec, meta, status, create }) => {
  if (status?.child !== undefined) return { status: { child: status.child } };
  const child = await create(ConfigMap, { metadata: { generateName: `${meta.name}-` }, data: { message: spec.who } });
  return { status: { child: child.metadata.name } };
});

/** The same with a name that follows from the object. */
const careful = () => controller(Greeting, { name: 'greeter' }).owns(ConfigMap).reconcile(async ({ spec, childName, apply }) => {
  const name = childName('map');
  await apply(ConfigMap, { metadata: { name }, data: { message: spec.who } });
  return { status: { child: name } };
});

const world = (start: SimulateOptions['processes'][string]['start'], o: Partial<SimulateOptions> = {}): SimulateOptions => ({
  name: 'greeter', processes: { greeter: { start } },
  given: async ({ client }) => {
    await client.create(Greeting, { metadata: { name: 'a' }, spec: { who: 'world' } });
    await client.create(Greeting, { metadata: { name: 'b' }, spec: { who: 'moon' } });
  },
  invariants: { 'one map per greeting': (w) => w.list(Greeting).every(({ metadata: { uid } }) => w.list(ConfigMap).filter((map) => map.metadata.ownerReferences?.[0]?.uid === uid).length <= 1) },
  seeds: 30, ...o,
});

describe('simulate', () => {
  test('M47 M51 a naive controller is found, made small, and its token shows the same violation again', async () => {
    const report = await simulate(world(() => [naive()], { faults: faults.only('crash', 'lost.applied'), report: 'return' }));

    const [found] = report.failures;
    expect(found).toMatchObject({ oracle: 'O3', name: 'one map per greeting' });
    expect(found?.faults.length).toBe(1);
    expect(found?.replay).toBe(`v1:${String(found?.seed)}:${String(found?.faults[0])}`);
    const again = await simulate(world(() => [naive()], { replay: found?.replay ?? '', report: 'return' }));
    expect(again.failures[0]).toMatchObject({ seed: found?.seed, oracle: 'O3', name: found?.name, revision: found?.revision, time: found?.time, cause: found?.cause });
  });

  test('M45 its correct twin passes the same seeds with all faults', async () => {
    const report = await simulate(world(() => [careful()], { seeds: 60 }));

    expect(report).toMatchObject({ seeds: 60, passed: 60, idle: 0, failures: [] });
    expect(Object.keys(report.faults).sort()).toEqual(simulatedKinds.filter((kind) => kind !== 'service.*').sort());
  });

  test('M4 M50 without report: return it rejects, and the text says what, by what, and how to see it again', async () => {
    const failing = simulate(world(() => [naive()], { faults: faults.only('lost.applied'), seeds: 10 }));

    await expect(failing).rejects.toBeInstanceOf(SimulationFailed);
    const { message, code } = (await failing.catch((error: unknown) => error)) as SimulationFailed;
    expect(code).toBe('SIMULATION_FAILED');
    expect(message.split('\n').length).toBeLessThanOrEqual(60);
    expect(message).toMatch(/O3 one map per greeting[\s\S]*seed \d+[\s\S]*lost\.applied@greeter-0\/create:configmaps[\s\S]*! lost\.applied[\s\S]*replay: simulate/);
  });

  test('M10 the same seeds give the same trace, whatever ran before', async () => {
    const options = world(() => [careful()], { seeds: [3, 12] });
    const first = await simulate(options);
    await simulate(world(() => [careful()], { seeds: [40, 41] }));

    expect((await simulate(options)).traceHash).toBe(first.traceHash);
  });

  test('M17 memory does not survive a crash: a controller that counts in memory is found', async () => {
    const forgetful = () => {
      const done = new Set<string>();
      return controller(Greeting, { name: 'greeter' }).owns(ConfigMap).reconcile(async ({ key, meta, create }) => {
        if (done.has(key)) return undefined;
        done.add(key);
        await create(ConfigMap, { metadata: { generateName: `${meta.name}-` } });
        return undefined;
      });
    };
    const report = await simulate(world(() => [forgetful()], { faults: faults.only('crash'), report: 'return' }));
    const kept = forgetful();
    const survived = await simulate(world([kept], { faults: faults.none(), seeds: [0], report: 'return' }));

    expect(report.failures.length).toBeGreaterThan(0);
    expect(survived.warnings).toEqual(['process greeter: state may survive crashes, since its parts were given as an array']);
  });

  test('M14 a controller that is no function of its seed is reported as such', async () => {
    let runs = 0;
    const moody = () => controller(Greeting, { name: 'greeter' }).reconcile(async ({ object, patch }) => {
      await patch(Greeting, object, { metadata: { annotations: { run: String(++runs) } } });
    });
    const report = await simulate(world(() => [moody()], { faults: faults.none(), seeds: [0], report: 'return' }));

    expect(report.failures[0]).toMatchObject({ oracle: 'NonDeterministic' });
  });

  test('O4 a controller that writes at rest is found', async () => {
    const restless = () => controller(Greeting, { name: 'greeter' }).reconcile(async ({ object, patch }) => {
      await patch(Greeting, object, { metadata: { labels: { turn: object.metadata.labels?.['turn'] === 'a' ? 'b' : 'a' } } });
      return { requeueAfter: 30_000 };
    });

    const report = await simulate(world(() => [restless()], { faults: faults.none(), seeds: [0], report: 'return' }));

    expect(report.failures[0]).toMatchObject({ oracle: 'O4' });
  });

  test('O1 a state that is never reached is found with what is missing', async () => {
    const report = await simulate(world(() => [careful()], { faults: faults.none(), seeds: [0], converged: (w) => w.list(ConfigMap).length === 3, report: 'return' }));

    expect(report.failures[0]).toMatchObject({ oracle: 'O1', name: 'converged', cause: '600 s after the last fault: converged() is false' });
  });

  test('O7 writing to a frozen object is found', async () => {
    const vandal = () => controller(Greeting, { name: 'greeter' }).reconcile(async ({ object }) => {
      (object.spec as { who: string }).who = 'me';
    });

    const report = await simulate(world(() => [vandal()], { faults: faults.none(), seeds: [0], report: 'return' }));

    expect(report.failures[0]).toMatchObject({ oracle: 'O7', name: 'stray' });
  });

  test('M32 calls of an external service go wrong; its state is seen by invariants', async () => {
    interface Dns { upsert(host: string): Promise<void>; remove(host: string): Promise<void> }
    const Dns = token<Dns>('Dns');
    class DnsModel implements Dns {
      readonly entries = new Set<string>();
      async upsert(host: string) { this.entries.add(host); }
      async remove(host: string) { this.entries.delete(host); }
    }
    const records = () => controller(Greeting, { name: 'dns' }).inject(Dns)
      .finalize(async ({ spec }, dns) => { await dns.remove(spec.who); })
      .reconcile(async ({ spec }, dns) => { await dns.upsert(spec.who); });
    const options = (start: typeof records): SimulateOptions => ({
      processes: { dns: { start: () => [start()] } }, services: [externalService(Dns, DnsModel)],
      given: async ({ client }) => { await client.create(Greeting, { metadata: { name: 'a' }, spec: { who: 'x.example.com' } }); },
      workload: async ({ client, sleep, random }) => { await sleep(3_000 * random()); await client.delete(Greeting, 'a'); },
      converged: (w) => w.service(DnsModel).entries.size === w.list(Greeting).length, seeds: 40, report: 'return',
    });
    const leaky = () => controller(Greeting, { name: 'dns' }).inject(Dns).reconcile(async ({ spec }, dns) => { await dns.upsert(spec.who); });

    const good = await simulate(options(records));
    const bad = await simulate(options(leaky as typeof records));

    expect([good.failures, good.faults['service.*']?.injected]).toEqual([[], expect.any(Number)]);
    expect(bad.failures.length).toBeGreaterThan(0);
  });

  test('M20 M31 with election one of two replicas works; leaders fail over', async () => {
    const report = await simulate(world(() => [careful()], {
      processes: { greeter: { start: () => [careful()], replicas: 2, options: { election: { name: 'greeter' } } } },
      converged: (w) => w.list(ConfigMap).length >= 2 && w.leader('greeter') !== undefined, seeds: 10, rest: 60_000,
    }));

    expect(report).toMatchObject({ passed: 10 });
  });

  test('M5 every bad option is named before anything runs; kinds that are not there are refused by name', async () => {
    const bad = { processes: {}, within: -1, seeds: 0, faults: faults.only('pause', 'crash').rates({ crash: 2 }), workers: 4, nodes: 3 } as unknown as SimulateOptions;

    const error = await simulate(bad).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ path }) => path).sort()).toEqual(['faults', 'faults.rates.crash', 'nodes', 'processes', 'seeds', 'within', 'workers']);
    expect((error as ConfigError).message).toMatch('pause is not simulated');
  });

  test.each(['v2:1:*', 'nonsense', 'v1:1:pause@x#1', 'v1:1:crash'])('M51 the token %s is refused with the reason', async (replay) => {
    await expect(simulate(world(() => [careful()], { replay }))).rejects.toBeInstanceOf(ConfigError);
  });

  test('M42 a simulation in which nothing runs proves nothing and fails', async () => {
    await expect(simulate({ processes: { idle: { start: () => [careful()] } }, seeds: 5 })).rejects.toThrow(/idle/);
  });

  test('M1 O6 a terminal failure and a stop leave nothing behind', async () => {
    const failing = () => controller(Greeting, { name: 'greeter' }).reconcile(async () => { await Promise.resolve(); throw new TerminalError('no'); });
    const report = await simulate(world(() => [failing()], { faults: faults.none(), seeds: 3, report: 'return' }));

    expect(report.failures).toEqual([]);
  });
});
