import { describe, expect, test } from '@jest/globals';
import type { Batch } from '../../../src/core/client/delta.js';
import { informers } from '../../../src/core/informer/informers.js';
import type { InformerStatus } from '../../../src/core/informer/informer.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { refusal, scriptedApi, Thing } from './scripted-api.js';

function world() {
  const clock = virtualClock();
  const api = scriptedApi();
  const faults: string[] = [];
  const set = informers(api, { clock, random: keyedRandom(1), log: silent }, { onFault: (fault) => { faults.push(fault.code); } });
  return { clock, api, set, faults };
}

function recorder() {
  const seen: string[] = [];
  const handler = (batch: Batch<Thing>) => {
    seen.push(`${batch.initial ? 'initial ' : ''}${batch.deltas.map((d) => `${d.type} ${d.key}`).join(', ')}`);
  };
  return { seen, handler };
}

describe('informers', () => {
  test('I30 the first batch is what is there, then every change', async () => {
    const { clock, api, set } = world();
    api.put('a');
    const informer = set.for(Thing);
    const early = recorder();
    informer.subscribe(early.handler);
    await clock.quiet();

    api.put('b');
    api.put('a');
    api.remove('b');
    await clock.quiet();
    const late = recorder();
    informer.subscribe(late.handler);
    await clock.quiet();

    expect(early.seen).toEqual(['initial added default/a', 'added default/b', 'updated default/a', 'deleted default/b']);
    expect(late.seen).toEqual(['initial added default/a']);
    expect(informer.cache.list()).toEqual([...api.state.values()]);
    await set[Symbol.asyncDispose]();
  });

  test('I23 the cache holds the very instance that the api delivered, and so does the delta', async () => {
    const { clock, api, set } = world();
    const informer = set.for(Thing);
    let given: Thing | undefined;
    informer.subscribe((batch) => { for (const d of batch.deltas) if (d.type !== 'deleted') given = d.new; });
    await clock.quiet();

    const stored = api.put('a');
    await clock.quiet();

    expect(given).toBe(stored);
    expect(informer.cache.peek('default/a')).toBe(stored);
    expect(Object.isFrozen(informer.cache.list())).toBe(true);
    await set[Symbol.asyncDispose]();
  });

  test('I28 equal requests share one stream; the last release ends it in the same turn', async () => {
    const { clock, api, set } = world();
    const one = set.for(Thing, { labelSelector: 'a=b, c=d' });
    const two = set.for(Thing, { labelSelector: { c: 'd', a: 'b' } });
    await clock.quiet();
    expect(set.size).toBe(1);
    expect(api.requests).toHaveLength(1);

    void one[Symbol.asyncDispose]();
    expect(api.streams.size).toBe(1);
    void two[Symbol.asyncDispose]();
    void two[Symbol.asyncDispose]();

    expect(api.streams.size).toBe(0);
    expect(set.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('I6 a refused streaming list falls back to list and watch without a wait', async () => {
    const { clock, api, set, faults } = world();
    api.put('a');
    api.failNext('watch', refusal(422, 'Invalid'));
    const informer = set.for(Thing);
    await clock.quiet();

    expect(informer.hasSynced).toBe(true);
    expect(api.requests).toEqual(['watch * rv= initial', 'list * rv=', 'watch * rv=11']);
    expect(faults).toEqual([]);
    await set[Symbol.asyncDispose]();
  });

  test('I12 after compaction it lists again and emits only what differs', async () => {
    const { clock, api, set } = world();
    api.put('a');
    api.put('b');
    const informer = set.for(Thing);
    const { seen, handler } = recorder();
    informer.subscribe(handler);
    await clock.quiet();

    api.hold();
    api.drop();
    api.put('b');
    api.compact();
    api.release();
    await clock.advance(5_000);

    expect(seen).toEqual(['initial added default/a, added default/b', 'updated default/b']);
    expect(informer.cache.seen).toBe(api.revision);
    await set[Symbol.asyncDispose]();
  });

  test('I29 a stream per namespace, synced when all are', async () => {
    const { clock, api, set } = world();
    api.put('a', { namespace: 'one' });
    api.put('b', { namespace: 'two' });
    api.put('c', { namespace: 'three' });
    const informer = set.for(Thing, { namespaces: ['two', 'one'] });
    const { seen, handler } = recorder();
    informer.subscribe(handler);
    await clock.quiet();

    api.put('b', { namespace: 'two' });
    await clock.quiet();

    expect(seen).toEqual(['initial added one/a, added two/b', 'updated two/b']);
    expect(informer.cache.indexValues('namespace')).toEqual(['one', 'two']);
    await set[Symbol.asyncDispose]();
  });

  test('I43 ready rejects with the last fault as cause, and the informer goes on trying', async () => {
    const { clock, api, set } = world();
    for (let i = 0; i < 7; i++) api.failNext('watch', refusal(403, 'Forbidden'));
    const informer = set.for(Thing);
    const outcome = informer.ready({ timeout: 60_000 }).catch((error: unknown) => error);
    await clock.advance(60_000);

    expect(await outcome).toMatchObject({ code: 'CacheSyncTimeout', cause: { code: 'Forbidden', message: expect.stringContaining('watch things.test.example.com') } });
    await clock.advance(120_000);
    expect(informer.hasSynced).toBe(true);
    await set[Symbol.asyncDispose]();
  });

  test('I44 disposing rejects who waits, completes who listens, and leaves no timer', async () => {
    const { clock, api, set } = world();
    const informer = set.for(Thing);
    await clock.quiet();
    const ends: string[] = [];
    informer.changes$.subscribe({ complete: () => { ends.push('changes'); } });
    const phases: InformerStatus['phase'][] = [];
    informer.status$.subscribe({ next: (s) => { phases.push(s.phase); }, complete: () => { ends.push('status'); } });
    const waiting = informer.cache.waitFor('999' as never).catch((error: unknown) => error);

    await informer[Symbol.asyncDispose]();
    api.put('late');
    await clock.quiet();

    expect(await waiting).toMatchObject({ code: 'Disposed' });
    expect(ends.sort()).toEqual(['changes', 'status']);
    expect(phases[0]).toBe('watching');
    expect(clock.pending).toBe(0);
    expect(api.streams.size).toBe(0);
    expect(() => { void set.for(Thing); }).not.toThrow();
    await set[Symbol.asyncDispose]();
    expect(() => set.for(Thing)).toThrow(/was stopped/);
  });

  test('I44 disposing in a callback is fine', async () => {
    const { clock, api, set } = world();
    const informer = set.for(Thing);
    const { seen, handler } = recorder();
    informer.subscribe((batch) => {
      handler(batch);
      if (!batch.initial) void informer[Symbol.asyncDispose]();
    });
    await clock.quiet();

    api.put('a');
    api.put('b');
    await clock.quiet();

    expect(seen).toEqual(['initial ', 'added default/a']);
    expect(clock.pending).toBe(0);
  });

  test('I24 an unknown index is an error that names the known ones', async () => {
    const { clock, api, set } = world();
    api.put('a', { n: 7 });
    const informer = set.for(Thing, { indexers: { byN: (o) => [String(o.spec.n)] } });
    await clock.quiet();

    expect(informer.cache.byIndex('byN', '7')).toHaveLength(1);
    expect(() => informer.cache.byIndex('other' as never, 'x')).toThrow(/no index "other", only namespace, byN/);
    informer.addIndex('other', (o) => [o.metadata.name]);
    expect(informer.cache.byIndex('other' as never, 'a')).toHaveLength(1);
    await set[Symbol.asyncDispose]();
  });

  test('I24 I28 handles may give one name to different functions; an index goes with the last who needs it', async () => {
    const { clock, api, set } = world();
    api.put('a', { n: 1 });
    const byN = (o: Thing) => [String(o.spec.n)];
    const one = set.for(Thing, { indexers: { key: byN } });
    const two = set.for(Thing, { indexers: { key: byN } });
    const other = set.for(Thing, { indexers: { key: (o) => [o.metadata.name] } });
    await clock.quiet();
    expect(set.size).toBe(1);
    expect([one.cache.byIndex('key', '1'), two.cache.byIndex('key', '1'), other.cache.byIndex('key', 'a')].map((hits) => hits.length)).toEqual([1, 1, 1]);
    expect(one.cache.byIndex('key', '1')).toBe(two.cache.byIndex('key', '1'));

    await one[Symbol.asyncDispose]();

    expect(two.cache.byIndex('key', '1')).toHaveLength(1);
    expect(() => one.cache.byIndex('key', '1')).toThrow(/was stopped/);
    await two[Symbol.asyncDispose]();
    other.addIndex('more', byN);
    expect(other.cache.byIndex('more' as never, '1')).toHaveLength(1);
    await set[Symbol.asyncDispose]();
  });

  test('I35 status$ gives the phase, the fault and when the next attempt is due', async () => {
    const { clock, api, set } = world();
    api.failNext('watch', refusal(404, 'NotFound'));
    const informer = set.for(Thing);
    await clock.quiet();
    const seen: InformerStatus[] = [];
    informer.status$.subscribe((status) => { seen.push(status); });
    await clock.advance(30_000);

    expect(seen.map((s) => s.phase)).toEqual(['absent', 'listing', 'watching']);
    expect(seen[0]).toMatchObject({ fault: { code: 'NotFound' }, attempts: 1 });
    expect(seen[0]?.nextAttempt).toBeGreaterThanOrEqual(15_000);
    expect(seen.at(-1)).toMatchObject({ seen: api.revision });
    await set[Symbol.asyncDispose]();
  });

  test('I46 figures of what was asked and received', async () => {
    const { clock, api, set } = world();
    set.for(Thing);
    await clock.quiet();
    api.put('a');
    await clock.quiet();
    const values = Object.fromEntries(set.metrics().flatMap((m) => m.samples.map((s) => [`${m.name}${s.labels['type'] === undefined ? '' : ` ${s.labels['type']}`}`, s.value])));
    expect(values).toMatchObject({ informer_objects: 1, informer_seen_rv: 11, informer_watches_total: 1, informer_lists_total: 0, 'informer_events_total added': 1, informer_backlog: 0 });
    await set[Symbol.asyncDispose]();
  });
});
