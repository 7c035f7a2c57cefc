import { describe, expect, test } from '@jest/globals';
import { Subject } from 'rxjs';
import { controller } from '../../../src/core/controller/builder.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import type { Logger } from '../../../src/core/runtime/logger.js';
import { ConfigMap, Secret } from '../../../src/kinds/index.js';
import { world } from './world.js';

const Site = defineResource({
  group: 'web.example.com', version: 'v1', kind: 'Site',
  spec: t.Object({ image: t.String({ default: 'web:1' }), children: t.Integer({ default: 0 }) }), status: t.Object({ runs: t.Integer() }),
});
const site = (name: string, children = 0) => ({ metadata: { name }, spec: { children } });

function logger() {
  const lines: { readonly level: string; readonly msg: string; readonly fields: { readonly [field: string]: unknown } }[] = [];
  const at = (level: string) => (msg: string, fields: object = {}) => { lines.push({ level, msg, fields: fields as { readonly [field: string]: unknown } }); };
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } satisfies Logger };
}

describe('own writes', () => {
  test('R10 a run that makes or changes another object of its kind has that one run', async () => {
    const runs: string[] = [];
    const sites = controller(Site).reconcile(async ({ meta, spec, create, get, patch }) => {
      runs.push(meta.name);
      if (spec.children === 0) return;
      const name = `${meta.name}-child`;
      if (!(await get(Site, name))) await create(Site, { metadata: { name }, spec: {} });
      else await patch(Site, name, { metadata: { labels: { generation: String(meta.generation) } } });
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a', 1));
    await w.settled();
    await w.app.client.patch(Site, 'a', { spec: { image: 'web:2' } });
    await w.settled();

    expect(runs).toEqual(['a', 'a-child', 'a', 'a-child']);
  });

  test('R3 R10 what one run writes and a map sends to many starts the others, and not itself again', async () => {
    const runs: string[] = [];
    const sites = controller(Site)
      .watches(ConfigMap, (_map, { list }) => list(Site))
      .reconcile(async ({ meta, spec, apply }) => { runs.push(meta.name); if (spec.children > 0) await apply(ConfigMap, { metadata: { name: 'shared' }, data: { by: meta.name } }, { owner: false }); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.app.client.create(Site, site('b'));
    await w.settled();
    runs.length = 0;

    await w.app.client.patch(Site, 'a', { spec: { children: 1 } });
    await w.settled();

    expect(runs).toEqual(['a', 'b']);
  });

  test('R13 ownEvents: enqueue starts a run for one\'s own writes, too', async () => {
    const count = async (ownEvents: 'filter' | 'enqueue') => {
      let runs = 0;
      const sites = controller(Site, { ownEvents }).owns(ConfigMap).reconcile(async ({ meta, apply }) => { runs++; await apply(ConfigMap, { metadata: { name: meta.name }, data: { a: 'b' } }); });
      await using w = await world([sites]);
      await w.app.client.create(Site, site('a'));
      await w.settled();
      return runs;
    };
    expect([await count('filter'), await count('enqueue')]).toEqual([1, 2]);
  });

  test('R13 two controllers never filter each other\'s writes', async () => {
    const runs: string[] = [];
    const writer = controller(Site, { name: 'writer' }).reconcile(async ({ meta, spec, patch }) => { runs.push('writer'); await patch(Site, meta.name, { metadata: { labels: { image: spec.image.replace(':', '-') } } }); });
    const reader = controller(Site, { name: 'reader' }).reconcile(async ({ meta }) => { runs.push(`reader ${meta.labels?.['image']}`); });
    await using w = await world([writer, reader]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    expect(runs.at(-1)).toBe('reader web-1');
    expect(runs.filter((r) => r === 'writer')).toHaveLength(1);
  });

  test('R6 onGone is called when the object went by the removal of our own finalizer', async () => {
    const calls: string[] = [];
    const sites = controller(Site).finalize(async () => { calls.push('finalize'); }).onGone(async (key) => { calls.push(`gone ${key}`); }).reconcile(async () => undefined);
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();

    expect(calls).toEqual(['finalize', 'gone default/a']);
  });
});

describe('triggers', () => {
  test('R2 the children of an owner that is gone start nothing', async () => {
    const gone: string[] = [];
    const sites = controller(Site).owns(ConfigMap).onGone(async (key) => { gone.push(key); }).reconcile(async ({ meta, apply }) => { await apply(ConfigMap, { metadata: { name: meta.name } }); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.delete(Site, 'a');
    await w.settled();
    await w.app.client.patch(ConfigMap, 'a', { data: { left: 'behind' } });
    await w.settled();

    expect(gone).toEqual(['default/a']);
  });

  test('R3 a bare name in a map function lies in the namespace of the object that is mapped', async () => {
    const found: (string | undefined)[] = [];
    const sites = controller(Site).watches(Secret, async (secret, { get }) => { found.push((await get(ConfigMap, 'where'))?.metadata.namespace); return [secret.metadata.name]; }).reconcile(async ({ key }) => { found.push(key); });
    await using w = await world([sites], { createNamespaces: true });
    await w.app.client.create(ConfigMap, { metadata: { name: 'where', namespace: 'far' } });
    await w.app.client.create(Site, { ...site('a'), metadata: { name: 'a', namespace: 'far' } });
    await w.settled();
    await w.app.client.create(Secret, { metadata: { name: 'a', namespace: 'far' } });
    await w.settled();

    expect(found).toEqual(['far/a', 'far', 'far/a']);
  });

  test('R5 a map function reads inside the controller\'s namespaces alone, and its keys lie there', async () => {
    const codes: string[] = [];
    const runs: string[] = [];
    const sites = controller(Site, { namespaces: ['default'] })
      .watches(Secret, async (_secret, { get }) => { await get(ConfigMap, 'kube-system/x').catch((e: unknown) => codes.push((e as { code: string }).code)); return ['kube-system/a', 'a']; })
      .reconcile(async ({ key }) => { runs.push(key); });
    await using w = await world([sites]);
    w.app.events$.subscribe((e) => { if (e.type === 'fault') codes.push(e.error.code); });
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.create(Secret, { metadata: { name: 's' } });
    await w.settled();

    expect([codes, runs]).toEqual([['OutOfScope', 'BadKey'], ['default/a', 'default/a']]);
  });

  test('R3 R44 the app is not settled while a map function has not answered', async () => {
    const runs: string[] = [];
    const sites = controller(Site).watches(Secret, async (secret) => {
      await new Promise<void>((resolve) => { w.clock.setTimer(w.clock.now() + 5_000, resolve); });
      return [secret.metadata.name];
    }).reconcile(async ({ reasons }) => { runs.push(reasons.map((r) => r.source).join()); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();
    await w.app.client.create(Secret, { metadata: { name: 'a' } });
    await w.settled();

    expect(runs).toEqual(['added', 'watched']);
  });

  test('B87 a flood of keys is one run; bad ones are counted, and the log hears of them once', async () => {
    const outside = new Subject<never>();
    const { lines, log } = logger();
    let runs = 0;
    const sites = controller(Site).trigger(outside).reconcile(async () => { runs++; });
    await using w = await world([sites], { log });
    await w.app.client.create(Site, site('a'));
    await w.settled();
    runs = 0;

    for (let i = 0; i < 100_000; i++) outside.next('a' as never);
    for (let i = 0; i < 1_000; i++) outside.next(['default/a/b', {}, undefined, '/x', 'x/', 5, null][i % 7] as never);
    await w.settled();

    expect(runs).toBe(1);
    expect(w.app.metrics()).toContain('setpoint_trigger_values_dropped_total{controller="site"} 1000');
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('R4 each subscription has a signal that aborts at its end', async () => {
    const signals: AbortSignal[] = [];
    const outside = [new Subject<string>(), new Subject<string>()];
    const sites = controller(Site).trigger(({ signal }) => { signals.push(signal); return outside[signals.length - 1]!; }).reconcile(async () => undefined);
    await using w = await world([sites]);
    outside[0]!.error(new Error('away'));
    await w.clock.advance(1_000);
    expect(signals.map((s) => s.aborted)).toEqual([true, false]);

    await w.app.remove(sites);

    expect(signals.map((s) => s.aborted)).toEqual([true, true]);
  });

  test('R27 R42 an object that never changes is run again by resync; one with failing runs is not, on top', async () => {
    const runs: string[] = [];
    const sites = controller(Site, { resync: 60_000, backoff: { baseDelay: 200_000 } }).reconcile(async ({ meta, reasons }) => {
      runs.push(`${meta.name} ${reasons.map((r) => r.source).join()}`);
      if (meta.name === 'bad') throw new Error('no');
    });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('good'));
    await w.app.client.create(Site, site('bad'));
    await w.clock.advance(190_000);

    expect(runs.filter((r) => r === 'good resync').length).toBeGreaterThanOrEqual(2);
    expect(runs.filter((r) => r.startsWith('bad'))).toEqual(['bad added']);
  });

  test('R27 requeue goes on for an object that never changes', async () => {
    let runs = 0;
    const sites = controller(Site).reconcile(async () => { runs++; return { requeueAfter: 60_000 }; });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(600_000);

    expect(runs).toBe(11);
  });
});

describe('what a run tells', () => {
  test('R53 every line of a run bears controller, key, run and attempt; nothing louder than debug for each event', async () => {
    const { lines, log } = logger();
    const sites = controller(Site).reconcile(async ({ log: mine, attempt }) => { mine.info('hello'); if (attempt === 0) throw new Error('first'); });
    await using w = await world([sites], { log });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    const ofRuns = lines.filter(({ fields }) => 'key' in fields);
    expect(ofRuns.map(({ level, msg }) => `${level} ${msg}`)).toEqual(['info hello', 'warn reconcile failed', 'info hello', 'debug reconciled']);
    for (const { fields } of ofRuns) expect(fields).toMatchObject({ controller: 'site', key: 'default/a', run: expect.any(Number), attempt: expect.any(Number) });
    expect(lines.filter((line) => line.level !== 'debug' && !('key' in line.fields))).toEqual([]);
  });

  test('B90 R38 an error cannot forge a line of the log, and a long one is cut', async () => {
    const { lines, log } = logger();
    const told: string[] = [];
    const sites = controller(Site).reconcile(async ({ attempt }) => { if (attempt === 0) throw new Error(`no\n{"level":"error"}\u001b[2J${'x'.repeat(1_000_000)}`); });
    await using w = await world([sites], { log });
    w.app.events$.subscribe((e) => { if (e.type === 'reconcileFailed') told.push(e.error.message); });
    await w.app.client.create(Site, site('a'));
    await w.settled();

    const line = String(lines.find(({ msg }) => msg === 'reconcile failed')?.fields['error']);
    for (const text of [line, ...told]) {
      expect(text).not.toMatch(/[\n\u001b]/);
      expect(text.length).toBeLessThan(1_200);
    }
  });

  test('R52 the time from event to run, failed runs and faults are measured', async () => {
    const sites = controller(Site).reconcile(async ({ attempt }) => { if (attempt === 0) throw new Error('first'); });
    await using w = await world([sites]);
    await w.app.client.create(Site, site('a'));
    await w.settled();

    const metrics = w.app.metrics();
    expect(metrics).toContain('setpoint_event_to_run_seconds_count{controller="site"} 1');
    expect(metrics).toContain('controller_runtime_reconcile_time_seconds_count{controller="site"} 2');
    expect(metrics).toContain('controller_runtime_reconcile_total{controller="site",result="error"} 1');
    expect(metrics).toContain('setpoint_events_dropped_total{part="site"} 0');
  });
});
