import { describe, expect, test } from '@jest/globals';
import { UnknownOutcome, type App } from '../../src/core/index.js';
import { Pod } from '../../src/kinds/index.js';
import { schedulerPlugin, wait } from '../../src/scheduler/index.js';
import { podBinder } from '../../src/scheduler/shell/bind-pod.js';
import { given, nodeOf, scheduled, told, withApp } from './app.js';
import { node, pod } from './builders.js';

describe('binding', () => {
  test('K26 K14 a failure on the way leaves nothing assumed and is tried again', () => {
    let refusals = 2;
    const troubled = schedulerPlugin({ name: 'Troubled', preBind: () => { if (refusals-- > 0) throw new Error('the disk is not there yet'); } });
    return withApp({ plugins: [troubled] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'web', cpu: '1' })] });
      await clock.advance(100);
      expect(await scheduled(app, 'web')).toMatchObject({ reason: 'SchedulerError', message: 'plugin Troubled failed (the disk is not there yet) at preBind' });
      await clock.advance(5_000);
      expect(await nodeOf(app, 'web')).toBe('n');
    });
  });

  test('K95 K96 a pod that somebody else binds first stays there, and our room is free again', () => {
    let theirs: (() => Promise<unknown>) | undefined;
    const beaten = schedulerPlugin({ name: 'Beaten', preBind: async () => { await theirs?.(); theirs = undefined; } });
    return withApp({ plugins: [beaten] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'ours', cpu: '8' }), node({ name: 'theirs', cpu: '1' })] });
      theirs = () => app.client.subresource(Pod, 'binding').create('web', { target: { kind: 'Node', name: 'theirs' } });
      await given(app, { pods: [pod({ name: 'web', cpu: '1' })] });
      await clock.advance(100);
      expect(await nodeOf(app, 'web')).toBe('theirs');
      await given(app, { pods: [pod({ name: 'large', cpu: '8' })] });
      await clock.advance(5_000);
      expect(await nodeOf(app, 'large')).toBe('ours');
      expect(await told(app, 'web')).toEqual([]);
    });
  });

  test('K97 an answer that was lost is settled by a read, never by a second write', async () => {
    await withApp(undefined, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'lost', spec: { schedulerName: 'nobody' } }), pod({ name: 'applied', spec: { schedulerName: 'nobody' } })] });
      let writes = 0;
      const client: App['client'] = {
        ...app.client, watch$: app.client.watch$,
        subresource: (kind, name) => ({
          ...app.client.subresource(kind, name),
          create: async (ref, body) => {
            writes++;
            if (typeof ref === 'object' && 'metadata' in ref && ref.metadata.name === 'applied') await app.client.subresource(kind, name).create(ref, body);
            throw new UnknownOutcome('bind');
          },
        }),
      };
      const bind = podBinder(client, clock);
      const live = async (name: string) => await app.client.get(Pod, name, { live: true }) as Pod;
      await bind(await live('applied'), 'n', new AbortController().signal);
      await expect(bind(await live('lost'), 'n', new AbortController().signal)).rejects.toMatchObject({ code: 'BindLost' });
      expect([writes, await nodeOf(app, 'applied'), await nodeOf(app, 'lost')]).toEqual([2, 'n', undefined]);
    });
  });

  test('K20 a pod that is deleted while it is placed leaves nothing assumed', () => {
    let held: (() => void) | undefined;
    const slow = schedulerPlugin({ name: 'Slow', timeout: 1_000, preFilter: () => new Promise<void>((resolve) => { held = resolve; }) });
    return withApp({ plugins: [slow] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'gone', cpu: '1' })] });
      await clock.advance(10);
      await app.client.delete(Pod, 'gone', { gracePeriodSeconds: 0 });
      await clock.advance(10);
      held?.();
      await given(app, { pods: [pod({ name: 'next', cpu: '1' })] });
      await clock.advance(10);
      held?.();
      await clock.advance(10);
      expect(await nodeOf(app, 'next')).toBe('n');
    });
  });

  test('K2 a slow binding cycle does not delay the next pod', () => {
    const slow = schedulerPlugin({ name: 'Slow', preBind: ({ pod: p }) => (p.metadata.name === 'slow' ? new Promise<void>(() => { /* never */ }) : undefined) });
    return withApp({ plugins: [slow] }, async ({ app, clock }) => {
      await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'slow' }), pod({ name: 'fast' })] });
      await clock.advance(100);
      expect([await nodeOf(app, 'slow'), await nodeOf(app, 'fast')]).toEqual([undefined, 'n']);
      await clock.advance(60_000); // it is given up, and comes back
      expect(await scheduled(app, 'slow')).toMatchObject({ reason: 'SchedulerError' });
    });
  });
});

describe('permit', () => {
  const gatekeeper = schedulerPlugin({ name: 'Gatekeeper', on: [], permit: ({ pod: p }) => (p.metadata.name === 'held' ? wait(60_000) : undefined) });

  test('K15 K16 K17 a held pod takes its room until it is allowed', () => withApp({ plugins: [gatekeeper] }, async ({ app, clock, sched }) => {
    await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'held', cpu: '1' })] });
    await clock.advance(100);
    const waiting = app.of(sched).waitingPods();
    expect(waiting.map(({ metadata }) => metadata.name)).toEqual(['held']);
    expect((await app.client.get(Pod, 'held', { live: true }))?.status?.nominatedNodeName).toBe('n');

    await given(app, { pods: [pod({ name: 'other', cpu: '1' })] });
    await clock.advance(100);
    expect(await nodeOf(app, 'other')).toBeUndefined();

    waiting.get(waiting[0]?.metadata.uid ?? '')?.allow('Gatekeeper');
    await clock.advance(100);
    expect([await nodeOf(app, 'held'), app.of(sched).waitingPods().length]).toEqual(['n', 0]);
  }));

  test('K15 nobody allows it: rejected after the time, its room is free again', () => withApp({ plugins: [gatekeeper] }, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'n', cpu: '1' })], pods: [pod({ name: 'held', cpu: '1' })] });
    await clock.advance(100);
    await given(app, { pods: [pod({ name: 'other', cpu: '1' })] });
    await clock.advance(62_000);
    expect((await scheduled(app, 'held'))?.message).toContain('timed out while waiting for plugin Gatekeeper');
    expect(await nodeOf(app, 'other')).toBe('n');
  }));

  test('K104 stopping gives held pods up and leaves no timer', () => withApp({ plugins: [gatekeeper] }, async ({ app, clock }) => {
    await given(app, { nodes: [node({ name: 'n' })], pods: [pod({ name: 'held' })] });
    await clock.advance(100);
  }));
});
