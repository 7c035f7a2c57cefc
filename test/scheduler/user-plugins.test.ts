import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { ContainerModule, inject, injectable } from 'inversify';
import { ConfigError, Event, provide, t, token } from '../../src/core/index.js';
import { Node, Pod } from '../../src/kinds/index.js';
import { filterPlugin, Plugin, scheduler, scorePlugin, unresolvable, type NodeContext, type PluginClass } from '../../src/scheduler/index.js';
import { appOf, given, nodeOf, scheduled, withApp } from './app.js';
import { node, pod } from './builders.js';

describe('plugins of users', () => {
  interface Prices { perHour(node: string, signal: AbortSignal): Promise<number> }
  const Prices = token<Prices>('Prices');
  const cheapest = scorePlugin({
    name: 'CheapestNode', weight: 2, onFailure: 50,
    config: t.Object({ capPerHour: t.Number({ minimum: 0 }), floor: t.Number({ default: 0 }) }), inject: [Prices],
    async score({ node: n, config, signal }, prices) {
      return Math.max(config.floor, 100 * (1 - Math.min(await prices.perHour(n.name, signal), config.capPerHour) / config.capPerHour));
    },
  });
  const prices = provide(Prices, { perHour: (name) => Promise.resolve(name === 'cheap' ? 1 : 3) });

  test('K109 K113 a score plugin with config and an injected service decides', () => withApp({ plugins: [cheapest.with({ capPerHour: 4 }, { weight: 5 })] }, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'dear', cpu: '64' }), node({ name: 'cheap' })], pods: [pod({ name: 'web', cpu: '1' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'web')).toBe('cheap');
    const explanation = await app.of(sched).explain(await app.client.get(Pod, 'web') as Pod);
    expect(explanation.nodes.find(({ name }) => name === 'cheap')?.scores.find(({ plugin }) => plugin === 'CheapestNode')).toEqual({ plugin: 'CheapestNode', raw: 75, normalized: 75, weight: 5, weighted: 375 });
  }, [prices]));

  test('K109 B89 a bad configuration, missing services and unknown names are found before anything starts', async () => {
    // @ts-expect-error its configuration is missing
    await expect(appOf([scheduler({ plugins: [cheapest] })], [prices])).rejects.toThrow('plugins.CheapestNode.config.capPerHour');
    await expect(appOf([scheduler({ plugins: [cheapest.with({ capPerHour: -1 })], weights: { Nobody: 3 }, disable: ['Nothing'] })], [prices])).rejects.toMatchObject({
      problems: [{ path: 'plugins.CheapestNode.config.capPerHour' }, { path: 'disable' }, { path: 'weights.Nobody' }],
    });
    await expect(appOf([scheduler({ plugins: [cheapest.with({ capPerHour: 4 })] })])).rejects.toThrow('nothing is bound to Prices');
    expect(() => scheduler({ engine: 'columnar', percentageOfNodesToScore: 101, config: {} })).toThrow(ConfigError);
    // @ts-expect-error a misspelt option
    expect(() => scheduler({ plugin: [] })).toThrow('is no option of scheduler()');
  });

  test('K109 a plugin may be given to run() beside the scheduler', async () => {
    const near = scorePlugin({ name: 'Near', weight: 100, score: ({ node: n }) => (n.name === 'b' ? 100 : 0) });
    const { app, clock } = await appOf([scheduler(), near]);
    await given(app, { nodes: [node({ name: 'a' }), node({ name: 'b' })], pods: [pod({ name: 'web' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'web')).toBe('b');
    await app.stop();
  });

  test('K110 K112 a filter without events is retried on every node change', () => {
    const onlySsd = filterPlugin({ name: 'OnlySsd', filter: ({ node: n }) => n.labels['disk'] === 'ssd' || unresolvable('node(s) had no ssd') });
    return withApp({ plugins: [onlySsd] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'web' })] });
      await clock.advance(100);
      expect((await scheduled(app, 'web'))?.message).toBe('0/1 nodes are available: 1 node(s) had no ssd.');
      await app.client.patch(Node, 'n', { metadata: { labels: { disk: 'ssd' } } });
      await clock.advance(2_000);
      expect(await nodeOf(app, 'web')).toBe('n');
      expect(app.metrics()).toContain('scheduler_unhinted_plugins{profile="default-scheduler"} 1');
    });
  });

  test('K111 a plugin with the name of a default one takes its place', () => {
    const anywhere = filterPlugin({ name: 'NodeResourcesFit', filter: () => true });
    return withApp({ plugins: [anywhere] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'big', cpu: '5' })] });
      await clock.advance(100);
      expect(await nodeOf(app, 'big')).toBe('n');
    });
  });

  test('K114 a dead price service costs one warning a minute, never a placement', () => withApp({ plugins: [cheapest.with({ capPerHour: 4 })] }, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'a' }), node({ name: 'b' })], pods: [pod({ name: 'p0' }), pod({ name: 'p1' }), pod({ name: 'p2' })] });
    await clock.advance(1_000);
    expect((await app.client.list(Pod)).every(({ spec }) => spec.nodeName !== undefined)).toBe(true);
    expect((await app.client.list(Event)).filter(({ reason }) => reason === 'ScorePluginFailed').length).toBe(1);
  }, [provide(Prices, { perHour: () => Promise.reject(new Error('down')) })]));

  test('K111 classes register through the container, or as they are', async () => {
    class SpotAware implements PluginClass {
      readonly name = 'SpotAware';
      readonly #prices: Prices;
      constructor(prices: Prices) { this.#prices = prices; }
      async score({ node: n, signal }: NodeContext<unknown>) { return (await this.#prices.perHour(n.name, signal)) < 2 ? 100 : 0; }
    }
    // What @injectable() and @inject(Prices) do, where decorators are not compiled.
    injectable()(SpotAware);
    const first: ParameterDecorator = inject(Prices);
    first(SpotAware, undefined, 0);
    class NotOnC implements PluginClass {
      readonly name = 'NotOnC';
      filter({ node: n }: NodeContext<unknown>) { return n.name !== 'c' || 'not on c'; }
    }
    const pricing = new ContainerModule(({ bind }) => {
      bind(Prices).toConstantValue({ perHour: (name) => Promise.resolve(name === 'cheap' ? 1 : 3) });
      bind(Plugin).to(SpotAware);
    });
    const { app, clock } = await appOf([scheduler({ plugins: [NotOnC], weights: { SpotAware: 100 } })], [], [pricing]);
    await given(app, { nodes: [node({ name: 'dear', cpu: '64' }), node({ name: 'cheap' }), node({ name: 'c', cpu: '64' })], pods: [pod({ name: 'web' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'web')).toBe('cheap');
    await app.stop();
  });
});
