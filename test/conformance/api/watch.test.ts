import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Pod } from '../../../src/kinds/index.js';
import type { WatchParams } from '../../../src/core/api/api.js';
import { Widget, collect, configMap, here, refusal, shown, widget, type World } from '../../core/api/harness.js';
import { pod } from './objects.js';
import { cases } from './cases.js';
import { storeName, worlds } from './stores.js';

const row = cases();

const three = async ({ api }: World) => {
  for (const name of ['a', 'b', 'c']) await api.create(ConfigMap, here(), configMap(name));
};
const types = (watch: ReturnType<typeof collect>) => watch.events.map(({ type }) => type);
const changed = ({ api }: World, name: string, value: object) => api.patch(ConfigMap, here(name), { type: 'merge', value });

row('A70.1', async (world) => {
  const { api, until } = world;
  const { resourceVersion } = await api.list(ConfigMap, here());
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion }));
  const made = await api.create(ConfigMap, here(), configMap('a'));
  const next = await changed(world, 'a', { data: { x: '1' } });
  const gone = await api.delete(ConfigMap, here('a'));
  await until(() => watch.events.length >= 3);
  expect(watch.events.map(shown)).toEqual([`ADDED a@${made.resourceVersion}`, `MODIFIED a@${next.resourceVersion}`, `DELETED a@${gone.resourceVersion}`]);
  await watch.stop();
});
row('A72.1', async (world) => {
  const { api, until } = world;
  const { resourceVersion } = await api.create(ConfigMap, here(), configMap('a', {}, { labels: { l: '2' } }));
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion, labelSelector: 'l=1' }));
  await changed(world, 'a', { metadata: { labels: { l: '1' } } });
  await until(() => watch.events.length >= 1);
  expect(types(watch)).toEqual(['ADDED']);
  await watch.stop();
});
row('A72.2', async (world) => {
  const { api, until } = world;
  const { resourceVersion } = await api.create(ConfigMap, here(), configMap('a', {}, { labels: { l: '1' } }));
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion, labelSelector: 'l=1' }));
  const left = await changed(world, 'a', { metadata: { labels: { l: '2' } } });
  await until(() => watch.events.length >= 1);
  expect(watch.events).toMatchObject([{ type: 'DELETED', resourceVersion: left.resourceVersion, object: { metadata: { labels: { l: '1' }, resourceVersion: left.resourceVersion } } }]);
  await watch.stop();
});
row('A74.1', async (world) => {
  const { api, store } = world;
  const { resourceVersion } = await api.create(ConfigMap, here(), configMap('a'));
  for (const x of ['1', '2', '3']) await changed(world, 'a', { data: { x } });
  const compacted = await world.revision();
  await store.compact(compacted);
  // What this process has seen it may still tell; one that has not must say that it cannot.
  await using later = await world.reopen();
  const watch = collect(later.api.watch(ConfigMap, here(), { resourceVersion }));
  await watch.ended;
  expect(watch.events.map(shown)).toEqual([`ERROR 410 Expired: too old resource version: ${resourceVersion} (${compacted.toString()})`]);
});
row('A74.2', async ({ api }) => {
  const open = async () => { for await (const _ of api.watch(ConfigMap, here(), { resourceVersion: 'abc' })) break; };
  const status = await refusal(open());
  expect(status.code).toBe(400);
  expect(status.message).toContain('resourceVersion');
});
row('A74.3', async (world) => {
  const { api, until } = world;
  await api.list(ConfigMap, here());
  const start = await world.revision() + 3n;
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion: start.toString() }));
  await world.clock.quiet();
  for (const name of ['a', 'b', 'c', 'd']) await api.create(ConfigMap, here(), configMap(name));
  await until(() => watch.events.length >= 1);
  expect(watch.events.map(shown)).toEqual([`ADDED d@${(start + 1n).toString()}`]);
  await watch.stop();
});

const initial: WatchParams = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' };
row('A75.1', async (world) => {
  const { api, until } = world;
  await three(world);
  const watch = collect(api.watch(ConfigMap, here(), { ...initial, allowWatchBookmarks: true }));
  await until(() => watch.events.length >= 4);
  await changed(world, 'a', { data: { x: '1' } });
  await until(() => watch.events.length >= 5);
  expect(types(watch)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK', 'MODIFIED']);
  expect(watch.events[3]).toMatchObject({ initialEventsEnd: true });
  await watch.stop();
});
row('A75.2', async (world) => {
  const { api, until } = world;
  await three(world);
  const watch = collect(api.watch(ConfigMap, here(), initial));
  await until(() => watch.events.length >= 3);
  await changed(world, 'a', { data: { x: '1' } });
  await until(() => watch.events.length >= 4);
  expect(types(watch)).toEqual(['ADDED', 'ADDED', 'ADDED', 'MODIFIED']);
  await watch.stop();
});
const opened = ({ api }: World, params: WatchParams) => refusal((async () => { for await (const _ of api.watch(ConfigMap, here(), params)) break; })());
row('A76.1', async (world) => {
  expect(await opened(world, { sendInitialEvents: true })).toMatchObject({ code: 422, details: { kind: 'ListOptions' } });
});
row('A76.2', async (world) => {
  expect(await opened(world, { resourceVersionMatch: 'NotOlderThan', resourceVersion: '5' })).toMatchObject({ code: 422, details: { kind: 'ListOptions' } });
});
row('A71.1', async (world) => {
  const { api, until } = world;
  await three(world);
  const watch = collect(api.watch(ConfigMap, here(), { allowWatchBookmarks: true }));
  await until(() => watch.events.length >= 4);
  expect(types(watch)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
  expect(watch.events[3]).toMatchObject({ initialEventsEnd: true });
  await watch.stop();
});
row('A77.1', async (world) => {
  const { api, until, clock } = world;
  const { resourceVersion } = await api.list(ConfigMap, here());
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion, allowWatchBookmarks: true }));
  const silent = collect(api.watch(ConfigMap, here(), { resourceVersion }));
  await until(() => clock.pending > 0);
  await clock.advance(61_000);
  await until(() => watch.events.length >= 1);
  expect(watch.events).toEqual([{ type: 'BOOKMARK', resourceVersion }]);
  expect(silent.events).toEqual([]);
  await watch.stop();
  await silent.stop();
});
row('A78.1', async (world) => {
  const { api, until, clock } = world;
  const { resourceVersion } = await api.list(ConfigMap, here());
  const watch = collect(api.watch(ConfigMap, here(), { resourceVersion, timeoutSeconds: 5 }));
  await until(() => clock.pending > 0);
  await clock.advance(5_000);
  await watch.ended;
  expect([watch.events, clock.pending]).toEqual([[], 0]);
});

describe('watch, beyond the rows', () => {
  const open = worlds();

  test('A70 all changes of one turn come once, in order, one array for each read', async () => {
    await using world = await open();
    const { resourceVersion } = await world.api.list(ConfigMap, here());
    const watch = collect(world.api.watch(ConfigMap, here(), { resourceVersion }));

    await Promise.all(Array.from({ length: 50 }, (_, i) => world.api.create(ConfigMap, here(), configMap(`a${String(i)}`))));
    await world.until(() => watch.events.length >= 50);

    const versions = watch.events.map((event) => Number((event as { readonly resourceVersion: string }).resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(50);
    await watch.stop();
  });

  test('A79 A81 a watch by node name or namespace gets only its own', async () => {
    await using world = await open();
    const { api } = world;
    const { resourceVersion } = await api.list(Pod, {});
    const ofNode = collect(api.watch(Pod, {}, { resourceVersion, fieldSelector: 'spec.nodeName=n1' }));
    const ofSpace = collect(api.watch(Pod, { namespace: 'kube-system' }, { resourceVersion }));
    const ofName = collect(api.watch(Pod, here(), { resourceVersion, fieldSelector: 'metadata.name=b' }));

    await api.create(Pod, here(), pod('a', { nodeName: 'n1' }));
    await api.create(Pod, here(), pod('b', { nodeName: 'n2' }));
    await api.create(Pod, { namespace: 'kube-system' }, pod('c', {}, { namespace: 'kube-system' }));
    await world.until(() => ofSpace.events.length >= 1 && ofNode.events.length >= 1 && ofName.events.length >= 1);

    const seen = [ofNode, ofSpace, ofName].map(({ events }) => events.map((event) => shown(event).replace(/@.*/, '')));
    expect(seen).toEqual([['ADDED a'], ['ADDED c'], ['ADDED b']]);
    await Promise.all([ofNode.stop(), ofSpace.stop(), ofName.stop()]);
  });

  test('A71 in process a bookmark tells that the store moved on without an event for the watch, once a turn', async () => {
    await using world = await open();
    const { api } = world;
    const watch = collect(api.watch(ConfigMap, here(), { allowWatchBookmarks: true }));
    await world.until(() => watch.events.length >= 1);

    let last = '';
    for (let i = 0; i < 20; i++) last = (await api.create(Widget, here(), widget(`w${String(i)}`))).resourceVersion;
    await world.until(() => shown(watch.events.at(-1) ?? { type: 'BOOKMARK', resourceVersion: '0' as never }) === `BOOKMARK@${last}`);

    expect(types(watch).every((type) => type === 'BOOKMARK')).toBe(true);
    await watch.stop();
  });

  test('A70 a watch from before the history of the cache is served from the store', async () => {
    await using world = await open({ watchHistory: 2 });
    const { api } = world;
    const { resourceVersion } = await api.list(ConfigMap, here());
    await three(world);
    await changed(world, 'a', { data: { x: '1' } });

    const watch = collect(api.watch(ConfigMap, here(), { resourceVersion }));
    await world.until(() => watch.events.length >= 4);
    await api.delete(ConfigMap, here('b'));
    await world.until(() => watch.events.length >= 5);

    expect(watch.events.map((event) => shown(event).replace(/@.*/, ''))).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'MODIFIED a', 'DELETED b']);
    await watch.stop();
  });

  test('A80 a reader that stops reading is ended with 410, and loses nothing silently', async () => {
    await using world = await open({ watchHistory: 10 });
    const { api } = world;
    const { resourceVersion } = await api.list(ConfigMap, here());
    const slow = api.watch(ConfigMap, here(), { resourceVersion })[Symbol.asyncIterator]();
    const first = slow.next();
    for (let i = 0; i < 30; i++) {
      await api.create(ConfigMap, here(), configMap(`a${String(i)}`));
      await world.clock.quiet();
    }
    await world.revision();
    const events = (await first).value as readonly { readonly type: string }[];
    await world.until(() => true);
    const rest = await slow.next();

    expect(events[0]?.type).toBe('ADDED');
    expect((rest.value as readonly { readonly status?: { readonly code: number } }[])[0]?.status?.code).toBe(410);
    expect(await slow.next()).toEqual({ done: true, value: undefined });
  });

  test('A73 a watch with initial events and a change in flight sees each object once', async () => {
    await using world = await open();
    await three(world);
    const watch = collect(world.api.watch(ConfigMap, here(), { allowWatchBookmarks: true }));
    const racing = Promise.all(['d', 'e', 'f'].map((name) => world.api.create(ConfigMap, here(), configMap(name))));
    await racing;
    await world.until(() => watch.events.filter(({ type }) => type === 'ADDED').length >= 6);

    const names = watch.events.filter(({ type }) => type === 'ADDED').map((event) => shown(event).replace(/@.*/, ''));
    expect(names.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `ADDED ${name}`));
    await watch.stop();
  });

  test('A78 abort and dispose end a watch without an error and leave no timer behind', async () => {
    const world = await open();
    const life = new AbortController();
    const aborted = collect(world.api.watch(ConfigMap, here(), { allowWatchBookmarks: true, signal: life.signal }));
    const disposed = collect(world.api.watch(ConfigMap, here(), { allowWatchBookmarks: true }));
    await world.until(() => aborted.events.length > 0 && disposed.events.length > 0);

    life.abort();
    await aborted.ended;
    await world[Symbol.asyncDispose]();
    await disposed.ended;

    expect(world.clock.pending).toBe(0);
    expect(storeName).toMatch(/memory|etcd/);
  });
});
