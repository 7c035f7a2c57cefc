import { describe, expect, test } from '@jest/globals';
import { Subject } from 'rxjs';
import { controller } from '../../../src/core/controller/builder.js';
import { RetryError, TerminalError } from '../../../src/core/controller/errors.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { Event } from '../../../src/core/resource/event.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { token, provide } from '../../../src/core/runtime/token.js';
import { ConfigMap, Secret } from '../../../src/kinds/index.js';
import { world } from './world.js';

const Site = defineResource({
  group: 'web.example.com', version: 'v1', kind: 'Site', conditions: ['Ready'],
  spec: t.Object({ image: t.String(), replicas: t.Integer({ minimum: 0, default: 2 }) }),
  status: t.Object({ seen: t.Integer(), note: t.Optional(t.String()) }),
});
const codeOf = (error: unknown) => (error as { readonly code: string }).code;
const site = (name: string, image = 'web:1') => ({ metadata: { name }, spec: { image } });

describe('the loop', () => {
  test('R1 R17 R31 a created object is reconciled with its defaults, and its status written once', async () => {
    let runs = 0;
    const sites = controller(Site).reconcile(async ({ spec }) => { runs++; return { status: { seen: spec.replicas } }; });
    await using w = await world([sites]);

    await w.app.client.create(Site, site('a'));
    await w.settled();

    const made = await w.app.client.get(Site, 'a');
    expect(made?.status).toEqual({ seen: 2, observedGeneration: 1 });
    expect(runs).toBe(1);
  });

  test('R10 its own status does not start it again; a changed spec does', async () => {
    const runs: number[] = [];
    const sites = controller(Site).reconcile(async ({ spec, reasons }) => { runs.push(spec.replicas); expect(reasons.length).toBeGreaterThan(0); return { status: { seen: spec.replicas }, conditions: { Ready: { status: true, reason: 'Ok' } } }; });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    await w.app.client.patch(Site, 'a', { spec: { replicas: 5 } });
    await w.settled();

    expect(runs).toEqual([2, 5]);
    const { status } = (await w.app.client.get(Site, 'a')) ?? {};
    expect(status).toMatchObject({ seen: 5, observedGeneration: 2, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 2 }] });
  });

  test('R31 what a run does not answer any more goes away', async () => {
    const sites = controller(Site).reconcile(async ({ spec }) => ({ status: { seen: spec.replicas, note: spec.replicas > 2 ? 'many' : undefined } }));
    await using w = await world([sites]);
    await w.app.client.create(Site, { metadata: { name: 'a' }, spec: { image: 'x', replicas: 3 } });
    await w.settled();
    expect((await w.app.client.get(Site, 'a'))?.status?.note).toBe('many');

    await w.app.client.patch(Site, 'a', { spec: { replicas: 1 } });
    await w.settled();

    expect((await w.app.client.get(Site, 'a'))?.status).toEqual({ seen: 1, observedGeneration: 2 });
  });

  test('R2 R28 a child gets its owner, and is put back when somebody changes or deletes it', async () => {
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ spec, meta, apply }) => { await apply(ConfigMap, { metadata: { name: meta.name }, data: { image: spec.image } }); });
    await using w = await world([sites]);
    const { client } = w.app;
    const primary = await client.create(Site, site('a'));
    await w.settled();
    expect((await client.get(ConfigMap, 'a'))?.metadata.ownerReferences).toEqual([{ apiVersion: 'web.example.com/v1', kind: 'Site', name: 'a', uid: primary.metadata.uid, controller: true, blockOwnerDeletion: true }]);

    await client.patch(ConfigMap, 'a', { data: { image: 'tampered' } });
    await w.settled();
    await client.delete(ConfigMap, 'a');
    await w.settled();

    expect((await client.get(ConfigMap, 'a'))?.data).toEqual({ image: 'web:1' });
  });

  test('R2 a child whose owner is another uid triggers nobody', async () => {
    let runs = 0;
    const sites = controller(Site).owns(ConfigMap).reconcile(async () => { runs++; });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    await w.app.client.create(ConfigMap, { metadata: { name: 'x', ownerReferences: [{ apiVersion: 'web.example.com/v1', kind: 'Site', name: 'a', uid: 'gone' as never, controller: true }] } });
    await w.settled();

    expect(runs).toBe(1);
  });

  test('R3 watched objects are mapped to the primaries that an index names', async () => {
    const runs: string[] = [];
    const sites = controller(Site)
      .index('image', (s) => [s.spec.image])
      .watches(Secret, (secret, { byIndex }) => byIndex('image', secret.metadata.name))
      .reconcile(async ({ key, reasons }) => { runs.push(`${key} ${reasons.map((r) => r.source).join()}`); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a', 'red'));
    await w.app.client.create(Site, site('b', 'blue'));
    await w.settled();
    runs.length = 0;

    await w.app.client.create(Secret, { metadata: { name: 'blue' } });
    await w.settled();

    expect(runs).toEqual(['default/b watched']);
  });

  test('R3 a map function that throws is reported and touches nothing else', async () => {
    let runs = 0;
    const faults: string[] = [];
    const sites = controller(Site).watches(Secret, () => { throw new Error('no map'); }).reconcile(async () => { runs++; });
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'fault') faults.push(e.error.code); });
    await w.app.client.create(Secret, { metadata: { name: 's' } });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect([runs, faults]).toEqual([1, ['TriggerFailed']]);
  });

  test('R4 keys from outside start runs; bad ones are dropped and told; after an error it is subscribed again', async () => {
    const outside = new Subject<unknown>();
    let subscribed = 0;
    const seen: string[] = [];
    const faults: string[] = [];
    const sites = controller(Site)
      .trigger(() => { subscribed++; return outside as Subject<string>; }, { name: 'hook' })
      .reconcile(async ({ reasons }) => { seen.push(...reasons.map((r) => r.source)); });
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'fault') faults.push(e.error.code); });
    await w.app.client.create(Site, site('a'));
    await w.settled();
    seen.length = 0;

    outside.next('a');
    for (const bad of [undefined, {}, 'a/b/c', 7, '']) outside.next(bad);
    await w.settled();
    const before = subscribed;
    outside.error(new Error('away'));
    await w.clock.advance(900);

    expect(seen).toEqual(['trigger:hook']);
    expect(faults).toEqual(['BadKey', 'BadKey', 'BadKey', 'BadKey', 'BadKey', 'TriggerFailed', 'TriggerFailed']);
    expect(subscribed).toBe(before + 1);
  });

  test('R6 onGone is called for a deleted key, reconcile is not', async () => {
    const calls: string[] = [];
    const sites = controller(Site).onGone(async (key) => { calls.push(`gone ${key}`); }).reconcile(async ({ key }) => { calls.push(`run ${key}`); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();

    expect(calls).toEqual(['run default/a', 'gone default/a']);
  });

  test('R14 I37 reads of a run see what the run before wrote', async () => {
    const found: (string | undefined)[] = [];
    const sites = controller(Site).reconcile(async ({ meta, get, apply, spec }) => {
      found.push((await get(ConfigMap, meta.name))?.data?.['n']);
      await apply(ConfigMap, { metadata: { name: meta.name }, data: { n: String(spec.replicas) } });
      found.push((await get(ConfigMap, meta.name))?.data?.['n']);
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.patch(Site, 'a', { spec: { replicas: 3 } });
    await w.settled();

    expect(found).toEqual([undefined, '2', '2', '3']);
  });

  test('R16 one key never runs twice at a time, different keys do', async () => {
    const now = new Map<string, number>();
    let most = 0;
    let overlap = false;
    const sites = controller(Site, { concurrency: 3 }).reconcile(async ({ key, signal }) => {
      now.set(key, (now.get(key) ?? 0) + 1);
      if ((now.get(key) ?? 0) > 1) overlap = true;
      most = Math.max(most, [...now.values()].reduce((a, b) => a + b, 0));
      await new Promise<void>((resolve) => { w.clock.setTimer(w.clock.now() + 50, resolve); });
      signal.throwIfAborted();
      now.set(key, (now.get(key) ?? 1) - 1);
    });
    await using w = await world([sites]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await w.app.client.create(Site, site(name));
    await w.clock.quiet();
    for (let i = 0; i < 5; i++) await w.app.client.patch(Site, 'a', { spec: { replicas: 3 + i } });
    await w.settled();

    expect([overlap, most]).toEqual([false, 3]);
  });
});

describe('failure', () => {
  test('R19 R38 a throw is tried again with back-off, told as event and value', async () => {
    const times: number[] = [];
    const told: string[] = [];
    const sites = controller(Site).reconcile(async () => { times.push(w.clock.now()); if (times.length < 4) throw new Error(`try ${times.length}`); });
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'reconcileFailed') told.push(`${e.attempt} ${e.error.message}`); });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 5, 15, 35]);
    expect(told).toEqual(['0 try 1', '1 try 2', '2 try 3']);
    await w.clock.advance(1_000);
    expect((await w.app.client.list(Event)).map((e) => `${e.type} ${e.reason}`)).toContain('Warning ReconcileError');
  });

  test('R19 a TerminalError is not tried again until something changes', async () => {
    let runs = 0;
    const sites = controller(Site).reconcile(async ({ spec }) => { runs++; if (spec.image === 'bad') throw new TerminalError('image is refused'); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a', 'bad'));
    await w.settled();
    await w.clock.advance(3_600_000);
    expect(runs).toBe(1);

    await w.app.client.patch(Site, 'a', { spec: { image: 'good' } });
    await w.settled();

    expect(runs).toBe(2);
  });

  test('R19 a RetryError waits at least as long as it says', async () => {
    const times: number[] = [];
    const sites = controller(Site).reconcile(async () => { times.push(w.clock.now()); if (times.length === 1) throw new RetryError('away', { after: 30_000 }); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(30_000);
  });

  test('R32 setStatus is written even though the run throws', async () => {
    const sites = controller(Site).reconcile(async ({ setStatus }) => {
      setStatus({ status: { seen: 0 }, conditions: { Ready: { status: false, reason: 'Refused' } } });
      throw new TerminalError('refused');
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect((await w.app.client.get(Site, 'a'))?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'False', reason: 'Refused' }]);
  });

  test('R32 what was set on the way stands where the outcome says nothing else', async () => {
    const sites = controller(Site).reconcile(async ({ setStatus, spec }) => {
      setStatus({ status: { seen: 0, note: 'started' }, conditions: { Ready: { status: false, reason: 'Working' } } });
      return { status: { seen: spec.replicas } };
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    const { status } = (await w.app.client.get(Site, 'a')) ?? {};
    expect(status).toMatchObject({ seen: 2, conditions: [{ type: 'Ready', reason: 'Working' }] });
    expect(status?.note).toBeUndefined();
  });

  test('R31 the status speaks of the generation that the run was given, though it raised it itself', async () => {
    const told: (number | undefined)[] = [];
    const sites = controller(Site).reconcile(async ({ spec, meta, patch }) => {
      if (spec.replicas === 2) await patch(Site, meta.name, { spec: { replicas: 3 } });
      return { status: { seen: spec.replicas } };
    });
    await using w = await world([sites]);
    w.app.client.watch$(Site).subscribe(({ deltas }) => { for (const d of deltas) if (d.type === 'updated' && d.new.status) told.push(d.new.status.observedGeneration); });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(told).toEqual([1, 2]);
    expect((await w.app.client.get(Site, 'a'))?.status).toEqual({ seen: 3, observedGeneration: 2 });
  });

  test('R21 conflicts are tried again in silence, the third in a row is told', async () => {
    let tries = 0;
    const sites = controller(Site).reconcile(async ({ object, update }) => {
      if (++tries > 4) return;
      await update(Site, { ...object, metadata: { ...object.metadata, resourceVersion: '1' as never } });
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.clock.advance(1_000);

    expect(tries).toBe(5);
    expect((await w.app.client.list(Event)).filter((e) => e.reason === 'ReconcileError').map((e) => e.count)).toEqual([1]);
  });

  test('R18 B83 an answer that is no outcome is a failure with back-off', async () => {
    let runs = 0;
    const errors: string[] = [];
    const sites = controller(Site).reconcile((async () => { runs++; return runs === 1 ? { requeueAfter: -1 } : runs === 2 ? 'done' : undefined; }) as never);
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'reconcileFailed') errors.push(e.error.code); });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect([runs, errors]).toEqual([3, ['InvalidOutcome', 'InvalidOutcome']]);
  });

  test('B83 R18 a status that its schema refuses is no outcome, and nothing is written', async () => {
    const errors: string[] = [];
    const sites = controller(Site).reconcile((async ({ attempt }: { attempt: number }) => (attempt === 0 ? { status: { seen: 'three' } } : undefined)) as never);
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'reconcileFailed') errors.push(e.error.code); });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(errors).toEqual(['InvalidOutcome']);
    expect((await w.app.client.get(Site, 'a'))?.status).toBeUndefined();
  });

  test.each([[undefined], ['text'], [null], [Object.freeze(new Error('frozen'))]])('B84 R25 throwing %p fails this key alone', async (thrown) => {
    const runs: string[] = [];
    const sites = controller(Site).reconcile(async ({ meta, attempt }) => { runs.push(meta.name); if (meta.name === 'bad' && attempt === 0) await Promise.reject(thrown as Error); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('bad'));
    await w.app.client.create(Site, site('good'));
    await w.settled();

    expect(runs.sort()).toEqual(['bad', 'bad', 'good']);
  });

  test('R23 B85 at the deadline the signal aborts; the key stays in flight until the run settles', async () => {
    const log: string[] = [];
    const faults: string[] = [];
    const sites = controller(Site, { timeout: 1_000 }).reconcile(async ({ signal, attempt }) => {
      log.push(`start ${attempt}`);
      if (attempt > 0) return;
      signal.addEventListener('abort', () => log.push((signal.reason as { code: string }).code));
      await new Promise<void>((resolve) => { w.clock.setTimer(w.clock.now() + 40_000, resolve); });
      log.push('settled');
    });
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'fault') faults.push(e.error.code); });
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(41_000);

    expect(log).toEqual(['start 0', 'DeadlineExceeded', 'settled', 'start 1']);
    expect(faults).toEqual(['Stuck']);
  });

  test('R20 requeueAfter runs again at its time, 0 at once', async () => {
    const times: number[] = [];
    const sites = controller(Site).reconcile(async () => { times.push(w.clock.now()); return times.length === 1 ? { requeueAfter: 0 } : times.length === 2 ? { requeueAfter: 60_000 } : undefined; });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(60_000);

    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 0, 60_000]);
  });

  test('R26 a key that runs more than 100 times in 10 s is told of once', async () => {
    let runs = 0;
    const sites = controller(Site).reconcile(async () => (++runs < 150 ? { requeueAfter: 1 } : undefined));
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(5_000);

    expect(runs).toBe(150);
    expect((await w.app.client.list(Event)).filter((e) => e.reason === 'HotLoop')).toHaveLength(1);
  });
});

describe('deletion', () => {
  const Dns = token<{ remove(name: string): Promise<void> }>('Dns');

  test('R34 R35 the finalizer is there before the first reconcile, runs before the object goes, and is taken off', async () => {
    const log: string[] = [];
    const sites = controller(Site).inject(Dns)
      .finalize(async ({ meta }, dns) => { await dns.remove(meta.name); })
      .reconcile(async ({ meta }) => { log.push(`run with ${meta.finalizers?.join()}`); });
    await using w = await world([sites], { services: [provide(Dns, { remove: async (name) => void log.push(`removed ${name}`) })] });
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();

    expect(log).toEqual(['run with web.example.com/site', 'removed a']);
    expect(await w.app.client.get(Site, 'a')).toBeUndefined();
  });

  test('R35 it is tried until it succeeds, and other finalizers are left alone', async () => {
    let tries = 0;
    const sites = controller(Site).finalize(async () => { if (++tries < 3) throw new Error('not yet'); }).reconcile(async () => undefined);
    await using w = await world([sites]);
    await w.app.client.create(Site, { metadata: { name: 'a', finalizers: ['example.com/other'] }, spec: { image: 'x' } });
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();

    expect(tries).toBe(3);
    expect((await w.app.client.get(Site, 'a'))?.metadata.finalizers).toEqual(['example.com/other']);
  });

  test('R35 a list of finalizers that somebody changed meanwhile is read again, and nothing else is taken off', async () => {
    let tries = 0;
    const sites = controller(Site).finalize(async () => {
      if (++tries === 1) await w.app.client.patch(Site, 'a', [{ op: 'add', path: '/metadata/annotations', value: { by: 'other' } }, { op: 'remove', path: '/metadata/finalizers/0' }]);
    }).reconcile(async () => undefined);
    await using w = await world([sites]);
    await w.app.client.create(Site, { metadata: { name: 'a', finalizers: ['example.com/first', 'example.com/second'] }, spec: { image: 'x' } });
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();

    expect(tries).toBe(2);
    expect((await w.app.client.get(Site, 'a'))?.metadata.finalizers).toEqual(['example.com/second']);
  });

  test('R36 a terminating object without our finalizer is neither reconciled nor given one', async () => {
    const runs: string[] = [];
    const sites = controller(Site).finalize(async () => { runs.push('finalize'); }).reconcile(async ({ meta }) => { runs.push(meta.name); });
    await using w = await world([]);
    const { client } = w.app;
    await client.create(Site, { metadata: { name: 'a', finalizers: ['example.com/other'] }, spec: { image: 'x' } });
    await client.delete(Site, 'a');
    await w.app.add(sites);
    await w.settled();

    expect(runs).toEqual([]);
    expect((await client.get(Site, 'a'))?.metadata.finalizers).toEqual(['example.com/other']);
  });
});

describe('writes', () => {
  test('R28 a child in another namespace is refused before any request, owner: false allows it', async () => {
    const codes: string[] = [];
    const sites = controller(Site).reconcile(async ({ apply }) => {
      await apply(ConfigMap, { metadata: { name: 'x', namespace: 'kube-public' } }).catch((e: unknown) => codes.push(codeOf(e)));
      await apply(ConfigMap, { metadata: { name: 'x', namespace: 'kube-public' } }, { owner: false });
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(codes).toEqual(['InvalidOwner']);
    expect((await w.app.client.get(ConfigMap, 'kube-public/x'))?.metadata.ownerReferences).toBeUndefined();
  });

  test('R29 a child that another object controls is never taken', async () => {
    const codes: string[] = [];
    const sites = controller(Site).reconcile(async ({ apply, create }) => {
      await apply(ConfigMap, { metadata: { name: 'x' }, data: { by: 'apply' } }).catch((e: unknown) => codes.push(codeOf(e)));
      await create(ConfigMap, { metadata: { name: 'x' }, data: { by: 'create' } }).catch((e: unknown) => codes.push(codeOf(e)));
    });
    await using w = await world([sites]);
    const other = { apiVersion: 'v1', kind: 'Other', name: 'o', uid: 'other-uid' as never, controller: true };
    await w.app.client.create(ConfigMap, { metadata: { name: 'x', ownerReferences: [other] } });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(codes).toEqual(['AlreadyOwned', 'AlreadyOwned']);
    expect((await w.app.client.get(ConfigMap, 'x'))?.data).toBeUndefined();
  });

  test('R15 owned gives the children of this uid alone', async () => {
    const found: string[][] = [];
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ meta, apply, owned, childName }) => {
      await apply(ConfigMap, { metadata: { name: childName('one') } });
      await apply(ConfigMap, { metadata: { name: childName('two') } });
      found.push((await owned(ConfigMap)).map((c) => c.metadata.ownerReferences?.[0]?.name ?? ''));
      expect(meta.name).toMatch(/^[ab]$/);
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.app.client.create(Site, site('b'));
    await w.settled();

    expect(found.flat().sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  test('R5 reading outside the controller\'s namespaces is an error, not an empty answer', async () => {
    const codes: string[] = [];
    const sites = controller(Site, { namespaces: ['default'] }).reconcile(async ({ get, list }) => {
      await get(Secret, 'kube-system/token').catch((e: unknown) => codes.push(codeOf(e)));
      await list(Secret, { namespace: 'kube-system' }).catch((e: unknown) => codes.push(codeOf(e)));
      codes.push(String((await list(Secret)).length));
    });
    await using w = await world([sites]);
    await w.app.client.create(Secret, { metadata: { name: 'hidden', namespace: 'kube-system' } });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(codes).toEqual(['OutOfScope', 'OutOfScope', '0']);
  });

  test('R31 R10 an unchanged world costs no write', async () => {
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ spec, meta, apply }) => {
      await apply(ConfigMap, { metadata: { name: meta.name }, data: { image: spec.image } });
      return { status: { seen: spec.replicas }, conditions: { Ready: { status: true, reason: 'Ok' } }, requeueAfter: 1_000 };
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    const before = (await w.app.client.list(Site)).resourceVersion;
    await w.clock.advance(100_000);

    expect((await w.app.client.list(Site)).resourceVersion).toBe(before);
  });
});
