import { describe, expect, test } from '@jest/globals';
import { withPlugs } from '../../../src/core/resource/builtin-kind.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import type { Store } from '../../../src/core/store/provider.js';
import type { RangeOptions } from '../../../src/core/store/store.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import { ConfigMap, Widget, collect, configMap, here, openWorld, refusal, widget } from './harness.js';

describe('the api in process', () => {
  test('B77 a kind that is defined twice in different ways is refused, one that says the same is not', async () => {
    await using world = await openWorld();
    const define = (size: ReturnType<typeof t.Integer>) => defineResource({ group: 'x.example.com', version: 'v1', kind: 'Twice', spec: t.Object({ size }) });
    world.api.serve(define(t.Integer()));

    world.api.serve(define(t.Integer()));
    expect(() => { world.api.serve(define(t.Integer({ minimum: 1 }))); }).toThrow(expect.objectContaining({ code: 'KindConflict' }));
    expect(() => { world.api.serve(withPlugs(ConfigMap, {})); world.api.serve(ConfigMap); }).toThrow(expect.objectContaining({ code: 'KindConflict' }));
  });

  test('A103 a kind is served with its first request, and kinds$ tells', async () => {
    await using world = await openWorld();
    const seen: string[][] = [];
    world.api.kinds$.subscribe((kinds) => seen.push(kinds.map(({ kind }) => kind)));
    await world.api.create(Widget, here(), widget('a'));

    expect(seen.at(-1)).toEqual(['Widget', 'Namespace']);
  });

  test('two apps on one store see each other at once', async () => {
    const provider = memory();
    await using one = await openWorld({ provider });
    await using two = await openWorld({ provider });
    await two.api.list(ConfigMap, {});
    const { object } = await one.api.create(ConfigMap, here(), configMap('a'));

    expect((await two.api.list(ConfigMap, here())).items).toEqual([object]);
    expect(await two.api.get(ConfigMap, here('a'))).toBe(object);
  });

  test('B35 nothing outlives its namespace: a create that raced its deletion is refused', async () => {
    const provider = memory();
    await using one = await openWorld({ provider });
    await using two = await openWorld({ provider });
    const { Namespace } = await import('../../../src/core/resource/namespace.js');
    await one.api.create(Namespace, {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
    await two.api.list(Namespace, {});

    const [, created] = await Promise.allSettled([one.api.delete(Namespace, { name: 'x' }), two.api.create(ConfigMap, { namespace: 'x' }, configMap('a', {}, { namespace: 'x' }))]);
    const late = await refusal(two.api.create(ConfigMap, { namespace: 'x' }, configMap('b', {}, { namespace: 'x' })));

    expect(created?.status === 'rejected' || BigInt((created as { value: { resourceVersion: string } }).value.resourceVersion) < BigInt((await one.api.get(Namespace, { name: 'x' })).metadata.resourceVersion)).toBe(true);
    expect(late).toMatchObject({ code: 403, details: { causes: [{ reason: 'NamespaceTerminating' }] } });
  });

  test('A98 createNamespaces makes them on demand', async () => {
    await using world = await openWorld({ createNamespaces: true });
    await Promise.all(['a', 'b'].map((name) => world.api.create(ConfigMap, { namespace: 'new' }, configMap(name, {}, { namespace: 'new' }))));

    expect((await world.api.list(ConfigMap, { namespace: 'new' })).items).toHaveLength(2);
  });

  test('every verb fails after dispose, and nothing is left running', async () => {
    const world = await openWorld();
    const watch = collect(world.api.watch(ConfigMap, here(), { allowWatchBookmarks: true }));
    await world.until(() => watch.events.length > 0);
    await world.api[Symbol.asyncDispose]();
    await world.api[Symbol.asyncDispose]();
    await watch.ended;

    await expect(world.api.get(ConfigMap, here('a'))).rejects.toMatchObject({ code: 'Disposed' });
    await expect(world.api.create(ConfigMap, here(), configMap('a'))).rejects.toMatchObject({ code: 'Disposed' });
    expect(world.clock.pending).toBe(0);
    await world.store[Symbol.asyncDispose]();
  });

  test('B100 a value that does not decode is 500 for whoever reads it; other keys and kinds are served', async () => {
    const inner = memory();
    const unreadable = (key: string) => (key.endsWith('/bad') ? { corrupt: new Error('not JSON') } : {});
    const provider: Store = {
      name: 'half-broken',
      async open(codec, runtime) {
        const store = await inner.open(codec, runtime);
        return new Proxy(store, {
          get(target, name) {
            if (name === 'range') return async (options: RangeOptions) => { const read = await target.range(options); return { ...read, items: read.items.map((item) => ({ ...item, ...unreadable(item.key) })) }; };
            const member = Reflect.get(target, name) as unknown;
            return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
          },
        });
      },
    };
    await using world = await openWorld({ provider });
    for (const name of ['bad', 'good']) await world.api.create(ConfigMap, here(), configMap(name));
    await world.api.create(Widget, here(), widget('a'));

    for (const refused of [world.api.get(ConfigMap, here('bad')), world.api.list(ConfigMap, here()), world.api.list(ConfigMap, here(), { limit: 5 })]) {
      expect(await refusal(refused)).toMatchObject({ code: 500, reason: 'InternalError', message: expect.stringContaining('/configmaps/default/bad') });
    }
    expect((await world.api.get(ConfigMap, here('good'))).metadata.name).toBe('good');
    expect((await world.api.list(Widget, here())).items).toHaveLength(1);
  });

  test('B101 keys of nobody below a resource are neither served nor touched', async () => {
    await using world = await openWorld();
    const { object } = await world.api.create(ConfigMap, here(), configMap('a'));
    for (const key of ['stray', 'default/a/b']) await world.store.txn({ compare: [], then: [{ type: 'put', key: `${world.prefix}/configmaps/${key}`, value: object }] });

    expect((await world.api.list(ConfigMap, {})).items).toHaveLength(1);
    expect((await world.api.list(ConfigMap, {}, { limit: 10 })).items).toHaveLength(1);
  });
});
