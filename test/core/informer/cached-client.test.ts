import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClientSettings, WriteReport } from '../../../src/core/client/client.js';
import type { Batch } from '../../../src/core/client/delta.js';
import { cachedClient, type CachedClientOptions } from '../../../src/core/informer/cached-client.js';
import { informers } from '../../../src/core/informer/informers.js';
import { compareVersions } from '../../../src/core/resource/resource-version.js';
import { UnknownOutcome } from '../../../src/core/runtime/errors.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { scriptedApi, Thing } from './scripted-api.js';

function world(settings: Partial<ClientSettings> = {}, options: CachedClientOptions = {}) {
  const clock = virtualClock();
  const api = scriptedApi();
  const set = informers(api, { clock, random: keyedRandom(1), log: silent });
  const connect = (more: Partial<ClientSettings> = {}) => cachedClient({ api, fieldManager: 'test', ...settings, ...more }, set, options);
  return { clock, api, set, connect, client: connect() };
}
const code = (error: unknown) => (error as { readonly code: string }).code;
const input = (name: string, n = 0) => ({ metadata: { name, namespace: 'default' }, spec: { n } });

describe('cachedClient', () => {
  test('R5 the first read of a kind starts its informer and waits for it; later ones ask nobody', async () => {
    const { api, set, client } = world();
    const stored = api.put('a');

    expect(await client.get(Thing, 'a')).toBe(stored);
    expect(await client.get(Thing, 'default/a')).toBe(stored);
    expect(await client.get(Thing, 'b')).toBeUndefined();
    expect(await client.list(Thing)).toHaveLength(1);

    expect(api.requests).toEqual(['watch * rv= initial']);
    await set[Symbol.asyncDispose]();
  });

  test('I25 an unchanged list is one array for all clients', async () => {
    const { api, set, client, connect } = world();
    api.put('a');
    api.put('b', { namespace: 'other' });
    const all = await client.list(Thing);
    const other = await client.list(Thing, { namespace: 'other' });

    expect(await connect().list(Thing)).toBe(all);
    expect(await connect().list(Thing, { namespace: 'other' })).toBe(other);
    expect([all.length, other.length, all.resourceVersion]).toEqual([2, 1, api.revision]);
    await set[Symbol.asyncDispose]();
  });

  test('I37 a get after a write waits for it, a list for all of the kind', async () => {
    const { clock, api, set, client } = world();
    await client.list(Thing);
    api.hold();
    const created = await client.create(Thing, input('a', 1));
    const states: string[] = [];
    const get = client.get(Thing, 'a').then((object) => { states.push('get'); return object; });
    const list = client.list(Thing).then((objects) => { states.push('list'); return objects; });
    expect(await client.get(Thing, 'elsewhere/b')).toBeUndefined();
    await clock.quiet();
    expect(states).toEqual([]);

    api.release();

    expect(await get).toBe(created);
    expect([...await list]).toEqual([created]);
    await set[Symbol.asyncDispose]();
  });

  test('I37 a write is awaited by the first read after it, when an informer runs that the read will share', async () => {
    const { clock, api, set, client } = world();
    const watching = set.for(Thing);
    await watching.ready();
    api.hold();
    const created = await client.create(Thing, input('a', 1));
    let isRead = false;
    const read = client.get(Thing, 'a').then((object) => { isRead = true; return object; });
    await clock.quiet();
    expect(isRead).toBe(false);

    api.release();

    expect(await read).toBe(created);
    await set[Symbol.asyncDispose]();
  });

  test('R40 informers that reads have started end with the last owner of such reads', async () => {
    const { api, set } = world();
    const settings = { api, fieldManager: 'test' };
    const [one, two] = [{}, {}];
    await cachedClient(settings, set, { owner: one }).list(Thing);
    await cachedClient(settings, set, { owner: two }).list(Thing);

    set.releaseReads(one);
    expect(set.size).toBe(1);
    set.releaseReads(two);
    expect(set.size).toBe(0);
    await cachedClient(settings, set, { owner: one }).list(Thing);
    expect([set.size, set.finder(Thing)()?.hasSynced, set.finder(Thing, { namespaces: ['x'] })()]).toEqual([1, true, undefined]);
    await set[Symbol.asyncDispose]();
  });

  test('I38 a get issued before the answer of a write waits for the write', async () => {
    const { api, set, client } = world();
    await client.list(Thing);
    const write = client.create(Thing, input('a', 1));
    const read = client.get(Thing, 'a');
    expect(await read).toBe(await write);
    expect(api.state.size).toBe(1);
    await set[Symbol.asyncDispose]();
  });

  test('I39 after a delete the object is gone', async () => {
    const { api, set, client } = world();
    await client.create(Thing, input('a'));
    await client.get(Thing, 'a');
    api.hold();
    await client.delete(Thing, 'a');
    const read = client.get(Thing, 'a');
    api.release();
    expect(await read).toBeUndefined();
    await set[Symbol.asyncDispose]();
  });

  test('I39 after a lost answer a read tells what happened', async () => {
    const { api, set, client } = world();
    await client.list(Thing);
    api.hold();
    api.failNext('create answer', new UnknownOutcome('create things a'));
    expect(await client.create(Thing, input('a', 5)).catch(code)).toBe('UnknownOutcome');
    const read = client.get(Thing, 'a');
    api.release();
    expect(await read).toMatchObject({ spec: { n: 5 } });
    expect(api.requests).toContain('list default rv=');
    await set[Symbol.asyncDispose]();
  });

  test('I40 with delivery stopped a read rejects with CacheBehind at 10 s; eventual reads do not wait', async () => {
    const { clock, api, set, client, connect } = world();
    await client.list(Thing);
    api.hold();
    await client.create(Thing, input('a'));
    let outcome = 'waiting';
    void client.get(Thing, 'a').catch((error: unknown) => { outcome = code(error); });
    await clock.advance(9_999);
    expect(outcome).toBe('waiting');
    await clock.advance(1);
    expect(outcome).toBe('CacheBehind');

    expect(await connect().get(Thing, 'a')).toBeUndefined();
    const lax = cachedClient({ api, fieldManager: 'lax' }, set, { consistency: 'eventual' });
    await lax.patch(Thing, 'a', { spec: { n: 2 } });
    expect(await lax.get(Thing, 'a')).toBeUndefined();
    await set[Symbol.asyncDispose]();
    await clock.quiet();
    expect(clock.pending).toBe(0);
  });

  test('I42 in process a write that the cache has already is read without a wait', async () => {
    const { clock, set, client } = world();
    await client.list(Thing);
    const created = await client.create(Thing, input('a'));
    await clock.quiet();
    let read: Thing | undefined;
    void client.get(Thing, 'a').then((object) => { read = object; });
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    expect(read).toBe(created);
    await set[Symbol.asyncDispose]();
  });

  test('pages, field selectors and live reads ask the api; label selectors are answered from the cache', async () => {
    const { api, set, client } = world();
    api.put('a', { labels: { app: 'web' } });
    api.put('b');
    expect((await client.list(Thing, { labelSelector: 'app in (web, db)' })).map((o) => o.metadata.name)).toEqual(['a']);
    expect((await client.list(Thing, { labelSelector: { app: 'web' } })).map((o) => o.metadata.name)).toEqual(['a']);
    expect(api.requests).toHaveLength(1);

    expect(await client.list(Thing, { limit: 1 })).toMatchObject({ length: 1, continue: '1' });
    expect(await client.list(Thing, { fieldSelector: 'metadata.name=b' })).toHaveLength(1);
    await client.get(Thing, 'a', { live: true });
    expect(api.requests).toHaveLength(4);
    await set[Symbol.asyncDispose]();
  });

  test('an outer onWrite hears of every write', async () => {
    const reports: WriteReport['type'][] = [];
    const { set, client } = world({ onWrite: (report) => { reports.push(report.type); } });
    await client.create(Thing, input('a'));
    expect(reports).toEqual(['sent', 'answered']);
    await set[Symbol.asyncDispose]();
  });

  test('R5 outside its namespaces it reads nothing, and says so', async () => {
    const { api, set, client } = world({}, { namespaces: ['default'] });
    api.put('a');
    api.put('b', { namespace: 'other' });
    expect(await client.get(Thing, 'other/b').catch(code)).toBe('OutOfScope');
    expect(await client.list(Thing, { namespace: 'other' }).catch(code)).toBe('OutOfScope');
    expect(await client.list(Thing)).toHaveLength(1);
    expect(api.requests).toEqual(['watch default rv= initial']);
    await set[Symbol.asyncDispose]();
  });

  test('every call is given up when the signal of the client aborts', async () => {
    const life = new AbortController();
    const { clock, api, set, client } = world({ signal: life.signal });
    await client.list(Thing);
    api.hold();
    await client.create(Thing, input('a'));
    const read = client.get(Thing, 'a').catch(code);
    life.abort();
    expect(await read).toBe('Aborted');
    expect(await client.get(Thing, 'a').catch(code)).toBe('Aborted');
    await set[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });

  test('I30 watch$ gives what is there, then changes; unsubscribing releases the informer', async () => {
    const { clock, api, set, client } = world();
    api.put('a', { labels: { app: 'web' } });
    const seen: string[] = [];
    const subscription = client.watch$(Thing, { labelSelector: 'app=web' }).subscribe((batch: Batch<Thing>) => { seen.push(`${String(batch.initial)} ${batch.deltas.map((d) => d.key).join()}`); });
    await clock.quiet();
    api.put('c', { labels: { app: 'web' } });
    api.put('d');
    await clock.quiet();

    expect(seen).toEqual(['true default/a', 'false default/c']);
    subscription.unsubscribe();
    expect([set.size, api.streams.size, clock.pending]).toEqual([0, 0, 0]);

    let completed = false;
    await set[Symbol.asyncDispose]();
    client.watch$(Thing).subscribe({ complete: () => { completed = true; } });
    expect(completed).toBe(true);
  });

  test('I37 no read gives a version below the last write of its client to that key, whatever the delay', async () => {
    const step = fc.record({ client: fc.nat(2), name: fc.constantFrom('a', 'b'), do: fc.constantFrom('write', 'delete', 'get', 'list'), delay: fc.constantFrom('hold', 'release', 'none', 'time') });
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, api, set, connect } = world();
      const clients = [0, 1, 2].map(() => ({ client: connect(), wrote: new Map<string, string>() }));
      await clients[0]?.client.list(Thing);
      const problems: string[] = [];
      const check = (name: string, want: string | undefined, got: Thing | undefined) => {
        const least = want?.replace('gone ', '');
        if (want === undefined || least === undefined) return;
        // Absent: somebody may have deleted it since; then the cache has come that far.
        if (got ? (compareVersions(got.metadata.resourceVersion, least) ?? 0) < 0 : !want.startsWith('gone') && !deleted.some((d) => d.name === name && (compareVersions(d.rv, least) ?? 0) > 0)) problems.push(`${name}: ${want}, read ${got?.metadata.resourceVersion ?? 'nothing'}`);
      };
      const deleted: { readonly name: string; readonly rv: string }[] = [];
      for (const s of steps) {
        const one = clients[s.client];
        if (!one) continue;
        if (s.delay === 'hold') api.hold();
        if (s.delay === 'release') api.release();
        if (s.delay === 'time') await clock.advance(3_000);
        const want = one.wrote.get(s.name);
        const exists = api.state.has(`default/${s.name}` as never);
        if (s.do === 'write') {
          const object = exists ? await one.client.patch(Thing, s.name, { spec: { n: 1 } }) : await one.client.create(Thing, input(s.name));
          one.wrote.set(s.name, object.metadata.resourceVersion);
        } else if (s.do === 'delete' && exists) {
          await one.client.delete(Thing, s.name);
          one.wrote.set(s.name, `gone ${api.revision}`);
          deleted.push({ name: s.name, rv: api.revision });
        } else if (s.do === 'get') void one.client.get(Thing, s.name).then((got) => { check(s.name, want, got); }, (error: unknown) => { if (code(error) !== 'CacheBehind') problems.push(code(error)); });
        else void one.client.list(Thing).then((all) => { check(s.name, want, all.find((o) => o.metadata.name === s.name)); }, (error: unknown) => { if (code(error) !== 'CacheBehind') problems.push(code(error)); });
      }
      api.release();
      await clock.advance(60_000);
      expect(problems).toEqual([]);
      await set[Symbol.asyncDispose]();
      expect(clock.pending).toBe(0);
    }), { numRuns: 100 });
  });
});
