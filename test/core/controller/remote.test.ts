import { describe, expect, test } from '@jest/globals';
import { controller } from '../../../src/core/controller/builder.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { ConfigMap, Secret } from '../../../src/kinds/index.js';
import { remoteWorld } from './remote.js';

const Site = defineResource({
  group: 'web.example.com', version: 'v1', kind: 'Site', conditions: ['Ready'],
  spec: t.Object({ image: t.String({ default: 'web:1' }), replicas: t.Integer({ default: 2 }) }),
  status: t.Object({ seen: t.Integer() }),
});
const site = (name: string) => ({ metadata: { name }, spec: {} });

describe('far from the api', () => {
  test('R15 I37 owned shows what this run wrote, however late the events are', async () => {
    const found: number[] = [];
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ apply, owned, childName }) => {
      await apply(ConfigMap, { metadata: { name: childName('one') } });
      found.push((await owned(ConfigMap)).length);
    });
    await using w = await remoteWorld([sites]);
    w.network.eventsMs = 100;
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(5_000);

    expect(new Set(found)).toEqual(new Set([1]));
  });

  test('R14 the next run of a key starts when the caches show what the last one wrote', async () => {
    const seen: (string | undefined)[] = [];
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ meta, apply, owned, spec, object }) => {
      seen.push(`${spec.replicas} ${(await owned(ConfigMap))[0]?.data?.['n']} ${object.metadata.labels?.['n']}`);
      await apply(ConfigMap, { metadata: { name: meta.name }, data: { n: String(spec.replicas) } });
    });
    await using w = await remoteWorld([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(1_000);
    w.network.eventsMs = 200;
    await w.app.client.patch(Site, 'a', { spec: { replicas: 3 } });
    await w.clock.advance(200);
    await w.app.client.patch(Site, 'a', { spec: { replicas: 4 } });
    await w.clock.advance(5_000);

    expect(seen).toEqual(['2 undefined undefined', '3 2 undefined', '4 3 undefined']);
  });

  test('R14 R5 a kind that is only written starts no informer, and no run waits for one', async () => {
    let runs = 0;
    const sites = controller(Site).reconcile(async ({ meta, apply }) => { runs++; await apply(Secret, { metadata: { name: meta.name } }); });
    await using w = await remoteWorld([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(100);
    await w.app.client.patch(Site, 'a', { spec: { replicas: 3 } });
    await w.clock.advance(100);

    expect(runs).toBe(2);
    expect(w.network.requests.filter((r) => /^(list|watch|get) Secret/.test(r))).toEqual([]);
  });

  test('R12 events that come before the answers of their writes start nothing again', async () => {
    let runs = 0;
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ meta, apply, spec }) => {
      runs++;
      await apply(ConfigMap, { metadata: { name: meta.name }, data: { n: String(spec.replicas) } });
      return { status: { seen: spec.replicas } };
    });
    await using w = await remoteWorld([sites]);
    w.network.answersMs = 500;
    const made = w.app.client.create(Site, site('a'));
    await w.clock.advance(20_000);
    await made;

    expect(runs).toBe(1);
    expect(w.app.metrics()).toMatch(/setpoint_own_events_filtered_total\{controller="site"\} [1-9]/);
  });

  test('R22 I39 a write whose answer was lost is not repeated: a live read tells what became of it', async () => {
    const log: string[] = [];
    const sites = controller(Site).owns(ConfigMap).reconcile(async ({ create, owned, childName, attempt }) => {
      const present = (await owned(ConfigMap)).length;
      log.push(`try ${attempt}: ${present}`);
      if (present === 0) await create(ConfigMap, { metadata: { name: childName('one') } });
    });
    await using w = await remoteWorld([sites]);
    w.network.eventsMs = 300;
    await w.app.client.create(Site, site('a'));
    w.network.loseAnswers = 1;
    await w.clock.advance(10_000);

    expect(log.slice(0, 2)).toEqual(['try 0: 0', 'try 1: 1']);
    expect(w.network.requests.filter((r) => r === 'create ConfigMap')).toHaveLength(1);
  });

  test('R35 R22 a finalizer whose removal was not answered is not run again', async () => {
    let finalized = 0;
    const sites = controller(Site).finalize(async () => { finalized++; w.network.loseAnswers = 1; }).reconcile(async () => undefined);
    await using w = await remoteWorld([sites]);
    await w.app.client.create(Site, { ...site('a'), metadata: { name: 'a', finalizers: ['example.com/other'] } });
    await w.clock.advance(1_000);
    w.network.eventsMs = 300;
    await w.app.client.delete(Site, 'a');
    await w.clock.advance(20_000);

    expect(finalized).toBe(1);
    expect((await w.app.client.get(Site, 'a'))?.metadata.finalizers).toEqual(['example.com/other']);
  });

  test('R23 R24 a run that goes on after its deadline can write no more', async () => {
    const after: string[] = [];
    const sites = controller(Site, { timeout: 1_000 }).reconcile(async ({ apply, meta, attempt }) => {
      if (attempt > 0) return;
      await new Promise<void>((resolve) => { w.clock.setTimer(w.clock.now() + 5_000, resolve); });
      await apply(ConfigMap, { metadata: { name: meta.name } }).catch((error: unknown) => after.push((error as { code: string }).code));
    });
    await using w = await remoteWorld([sites]);
    await w.app.client.create(Site, site('a'));
    await w.clock.advance(20_000);

    expect(after).toEqual(['Aborted']);
    expect(await w.app.client.get(ConfigMap, 'a')).toBeUndefined();
  });
});
