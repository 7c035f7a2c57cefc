import { describe, expect, test } from '@jest/globals';
import { Node, type Pod } from '../../src/kinds/index.js';
import { filterPlugin, schedulerPlugin, unschedulable } from '../../src/scheduler/index.js';
import { given, nodeOf, scheduled, told, withApp } from './app.js';
import { node, pod } from './builders.js';

describe('B88 hostile plugins: that pod to error back-off with reason and event, others go on', () => {
  const onlyFor = (name: string) => (p: { readonly metadata: { readonly name: string } }) => p.metadata.name === name;
  const bad = onlyFor('bad');
  const answers: readonly (readonly [string, () => unknown])[] = [
    ['NaN', () => NaN], ['-1', () => -1], ['101', () => 101], ['undefined', () => undefined], ['a throw', () => { throw new Error('boom'); }],
    ['a rejection', () => Promise.reject(new Error('boom'))], ['never', () => new Promise(() => { /* never settles */ })],
  ];
  // The types forbid all of this; the plugins come from JavaScript.
  const hostile = (point: 'score' | 'filter' | 'permit' | 'bind', answer: () => unknown) => schedulerPlugin({
    name: 'Hostile', [point]: ({ pod: p }: { readonly pod: Pod }) => (bad(p) ? answer() : point === 'score' ? 0 : point === 'filter' ? true : point === 'bind' ? { code: 'Skip' } : undefined),
  });
  const points = ['score', 'filter', 'permit', 'bind'] as const;
  // A bind plugin asked after the default one would never be called; nothing is a good answer to permit and bind.
  const rows = points.flatMap((point) => answers.filter(([name]) => !(name === 'undefined' && (point === 'permit' || point === 'bind'))).map(([name, answer]) => [point, name, answer] as const));

  test.each(rows)('%s answers %s', (point, _name, answer) => {
    const plugins = [hostile(point, answer), ...(point === 'bind' ? [lateBinder] : [])];
    return withApp({ plugins, ...(point === 'bind' ? { disable: ['DefaultBinder'] } : {}) }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'a' }), node({ name: 'b' })], pods: [pod({ name: 'bad' }), pod({ name: 'good' })] });
      await clock.advance(61_000);
      expect(await nodeOf(app, 'bad')).toBeUndefined();
      expect(await scheduled(app, 'bad')).toMatchObject({ status: 'False', reason: 'SchedulerError' });
      expect((await scheduled(app, 'bad'))?.message).toContain('plugin Hostile');
      expect((await told(app, 'bad')).every(([type, reason]) => type === 'Warning' && reason === 'FailedScheduling')).toBe(true);
      if (point !== 'bind') expect(await nodeOf(app, 'good')).toBeDefined();
    });
  });

  /** Says nothing of its own: the pods of these rows end before it, or stay unbound. */
  const lateBinder = schedulerPlugin({ name: 'LateBinder', bind: () => new Promise<void>(() => { /* the test does not wait */ }) });

  test('a plugin that changes the node gets a TypeError, and the cluster stays as it is', () => {
    const vandal = filterPlugin({ name: 'Vandal', filter: ({ node: n, pod: p }) => {
      if (bad(p)) (n.labels as Record<string, string>)['hacked'] = 'yes';
      return true;
    } });
    return withApp({ plugins: [vandal] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'bad' }), pod({ name: 'good' })] });
      await clock.advance(100);
      expect(await nodeOf(app, 'bad')).toBeUndefined();
      expect(await nodeOf(app, 'good')).toBe('n');
      expect((await app.client.get(Node, 'n'))?.metadata.labels ?? {}).not.toHaveProperty('hacked');
    });
  });

  test('K14 a throw while undoing a reservation is logged, the rest is undone', () => {
    const undone: string[] = [];
    const reserver = (name: string, fails: boolean) => schedulerPlugin({
      name, on: [],
      reserve: () => (name === 'C' ? unschedulable('no room') : undefined),
      unreserve: () => { undone.push(name); if (fails) throw new Error('boom'); },
    });
    return withApp({ plugins: [reserver('A', false), reserver('B', true), reserver('C', false)] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'web', cpu: '1' })] });
      await clock.advance(100);
      expect(undone).toEqual(['C', 'B', 'A']);
      expect((await scheduled(app, 'web'))?.message).toContain('no room');
    });
  });
});
