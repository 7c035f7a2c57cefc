import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { App } from '../../src/core/index.js';
import { Node, Pod } from '../../src/kinds/index.js';
import { given, withApp } from './app.js';
import { node, pod } from './builders.js';

const cpu = fc.constantFrom('500m', '1', '2', '3');
const name = fc.integer({ min: 0, max: 5 });
const action = fc.oneof(
  fc.record({ type: fc.constant('pod' as const), cpu, tolerates: fc.boolean(), disk: fc.boolean() }),
  fc.record({ type: fc.constant('deletePod' as const), which: fc.integer({ min: 0, max: 30 }) }),
  fc.record({ type: fc.constant('node' as const), name, cpu, tainted: fc.boolean(), disk: fc.boolean() }),
  fc.record({ type: fc.constantFrom('deleteNode' as const, 'cordon' as const, 'uncordon' as const, 'label' as const, 'untaint' as const), name }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** Cores are counted in milli-cores. */
const milli = (quantity: string | undefined) => (quantity === undefined ? 0 : quantity.endsWith('m') ? Number(quantity.slice(0, -1)) : Number(quantity) * 1_000);

test('K49 K95 K98 after quiet no node has more than it can bear, and no pod waits that would fit', async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), (actions) => withApp(undefined, async ({ app, clock, sched }) => {
    for (const [i, one] of actions.entries()) {
      if (one.type === 'wait') await clock.advance(one.ms);
      else await act(app, one, i);
    }
    await clock.advance(60_000);

    const nodes = await app.client.list(Node);
    const pods = await app.client.list(Pod);
    for (const { metadata, status } of nodes) {
      const used = pods.filter(({ spec }) => spec.nodeName === metadata.name).reduce((sum, p) => sum + milli(p.spec.containers[0]?.resources?.requests?.['cpu']), 0);
      // A node that was replaced by a smaller one keeps the pods of the old.
      if (!actions.some((a) => a.type === 'deleteNode')) expect(used).toBeLessThanOrEqual(milli(status?.allocatable?.['cpu']));
    }
    for (const waiting of pods.filter(({ spec }) => spec.nodeName === undefined)) expect(await app.of(sched).simulate(waiting)).toBeUndefined();
  })), { numRuns: 12 });
});

async function act(app: App, one: Exclude<Action, { type: 'wait' }>, i: number): Promise<void> {
  const { client } = app;
  const nodeNamed = async (n: number) => client.get(Node, `n${n}`, { live: true });
  switch (one.type) {
    case 'pod':
      await given(app, { pods: [pod({ name: `p${i}`, cpu: one.cpu, ...(one.tolerates ? { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] } : {}), spec: one.disk ? { nodeSelector: { disk: 'ssd' } } : {} })] });
      return;
    case 'deletePod': await client.delete(Pod, `p${one.which}`, { gracePeriodSeconds: 0 }); return;
    case 'node':
      if (await nodeNamed(one.name)) return;
      await given(app, { nodes: [node({ name: `n${one.name}`, cpu: one.cpu, ...(one.tainted ? { taints: [{ key: 'k', effect: 'NoSchedule' }] } : {}), labels: one.disk ? { disk: 'ssd' } : {} })] });
      return;
    case 'deleteNode': await client.delete(Node, `n${one.name}`); return;
    case 'cordon': case 'uncordon':
      if (await nodeNamed(one.name)) await client.patch(Node, `n${one.name}`, { spec: { unschedulable: one.type === 'cordon' } });
      return;
    case 'label': if (await nodeNamed(one.name)) await client.patch(Node, `n${one.name}`, { metadata: { labels: { disk: 'ssd' } } }); return;
    case 'untaint': if (await nodeNamed(one.name)) await client.patch(Node, `n${one.name}`, { spec: { taints: null } }); return;
  }
}
