import { describe, expect, test } from '@jest/globals';
import { objectCodec } from '../../../src/core/api/codec.js';
import { createApi } from '../../../src/core/api/local-api.js';
import { createClient } from '../../../src/core/client/direct-client.js';
import { cachedClient } from '../../../src/core/informer/cached-client.js';
import { informers } from '../../../src/core/informer/informers.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import type { Static } from '../../../src/core/resource/schema.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';

const spec = t.Object({ size: t.Integer({ default: 1 }) });
const Widget = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Widget', spec });
const Gadget = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Gadget', spec });
const widget = (name: string, size?: number): { readonly metadata: { readonly name: string; readonly namespace: string }; readonly spec: Partial<Static<typeof spec>> } => ({ metadata: { name, namespace: 'default' }, spec: size === undefined ? {} : { size } });

async function world() {
  const clock = virtualClock();
  const runtime = { clock, random: keyedRandom(1), log: silent };
  const store = await memory().open(objectCodec(), runtime);
  const api = createApi({ store, runtime });
  const set = informers(api, runtime);
  return {
    clock, api, set, direct: createClient({ api, fieldManager: 'other' }), client: cachedClient({ api, fieldManager: 'test' }, set),
    async end() {
      await set[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await clock.quiet();
    },
  };
}

describe('informers over the api in process', () => {
  test('I23 one instance serves store, cache, delta and every reader', async () => {
    const w = await world();
    const informer = w.set.for(Widget);
    let given: unknown;
    informer.subscribe((batch) => { for (const d of batch.deltas) if (d.type === 'added') given = d.new; });
    await informer.ready();

    const written = await w.direct.create(Widget, widget('a'));
    await w.clock.quiet();

    expect(given).toBe(written);
    expect(informer.cache.peek('default/a')).toBe(written);
    expect(await w.client.get(Widget, 'a')).toBe(written);
    expect(await w.direct.get(Widget, 'a')).toBe(written);
    await w.end();
  });

  test('I30 initial batch, changes, deletion with the version of the deletion', async () => {
    const w = await world();
    await w.direct.create(Widget, widget('a'));
    const informer = w.set.for(Widget);
    const seen: string[] = [];
    informer.subscribe((batch) => { seen.push(`${batch.initial ? 'initial ' : ''}${batch.deltas.map((d) => `${d.type} ${d.key}`).join(', ')}`); });
    await informer.ready();

    await w.direct.patch(Widget, 'a', { spec: { size: 2 } });
    await w.direct.delete(Widget, 'a');
    await w.clock.quiet();

    expect(seen).toEqual(['initial added default/a', 'updated default/a', 'deleted default/a']);
    expect(informer.cache.list()).toEqual([]);
    await w.end();
  });

  test('I37 I42 every read sees the writes of its client, without time passing', async () => {
    const w = await world();
    for (let i = 1; i <= 20; i++) {
      await (i === 1 ? w.client.create(Widget, widget('a', i)) : w.client.patch(Widget, 'a', { spec: { size: i } }));
      expect((await w.client.get(Widget, 'a'))?.spec.size).toBe(i);
      expect((await w.client.list(Widget))[0]?.spec.size).toBe(i);
    }
    await w.client.delete(Widget, 'a');
    expect(await w.client.get(Widget, 'a')).toBeUndefined();
    expect(w.clock.now()).toBe(0);
    await w.end();
  });

  test('I41 a version that another kind made is seen as well', async () => {
    const w = await world();
    const informer = w.set.for(Widget);
    await informer.ready();

    const { metadata } = await w.direct.create(Gadget, widget('g'));
    await informer.cache.waitFor(metadata.resourceVersion);
    await w.set.caughtUp(metadata.resourceVersion);

    expect(w.clock.now()).toBe(0);
    await w.end();
  });

  test('I20 an object that leaves the selector is deleted, one that enters is added', async () => {
    const w = await world();
    const informer = w.set.for(Widget, { labelSelector: { app: 'web' } });
    const seen: string[] = [];
    informer.subscribe((batch) => { seen.push(...batch.deltas.map((d) => `${d.type} ${d.key}${d.type === 'deleted' ? ` ${d.finalState}` : ''}`)); });
    await informer.ready();

    await w.direct.create(Widget, widget('a'));
    await w.direct.patch(Widget, 'a', { metadata: { labels: { app: 'web' } } });
    await w.direct.patch(Widget, 'a', { metadata: { labels: { app: 'db' } } });
    await w.clock.quiet();

    expect(seen).toEqual(['added default/a', 'deleted default/a known']);
    await w.end();
  });

  test('I9 I11 I44 an hour without a change: no fault, nothing missed, nothing left behind', async () => {
    const w = await world();
    const faults: unknown[] = [];
    const informer = w.set.for(Widget);
    informer.status$.subscribe((status) => { if (status.fault) faults.push(status.fault); });
    await informer.ready();
    await w.clock.advance(3_600_000);

    await w.direct.create(Widget, widget('a'));
    await w.clock.quiet();

    expect(informer.cache.size).toBe(1);
    expect(faults).toEqual([]);
    await w.end();
    expect(w.clock.pending).toBe(0);
  });
});
