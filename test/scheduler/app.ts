import type { ContainerModule } from 'inversify';
import { expect } from '@jest/globals';
import { Clock, Event, provide, Random, keyedRandom, type App, type Provided, type Runnable } from '../../src/core/index.js';
import { Node, Pod, type PodCondition } from '../../src/kinds/index.js';
import { scheduler, type SchedulerHandle, type SchedulerOptions } from '../../src/scheduler/index.js';
import { virtualClock, type VirtualClock } from '../../src/core/runtime/virtual-clock.js';
import { makeRun } from '../../src/core/manager/run.js';

export interface TestApp {
  readonly app: App;
  readonly clock: VirtualClock;
}

/** An app in memory under a virtual clock. */
export async function appOf(parts: readonly Runnable[], services: readonly Provided[] = [], modules: readonly ContainerModule[] = []): Promise<TestApp> {
  const clock = virtualClock();
  const app = await makeRun(() => [])(...parts, { housekeeping: false, modules, services: [provide(Clock, clock), provide(Random, keyedRandom(1)), ...services] });
  return { app, clock };
}

/** A pod or node as a user writes it: without what the API decides. */
export function asWritten<T extends Pod | Node>(object: T): T {
  const { name, namespace, labels, annotations } = object.metadata;
  // Only metadata differs, and only by fields that a create may not give.
  return { ...object, metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) } };
}

/** Creates ready nodes, and pods. */
export async function given({ client }: App, { nodes = [], pods = [] }: { readonly nodes?: readonly Node[]; readonly pods?: readonly Pod[] }): Promise<void> {
  for (const node of nodes) {
    await client.create(Node, asWritten(node));
    // A new node is tainted as not ready, and its status is dropped: both are the node's own affair.
    await client.patch(Node, node.metadata.name, { spec: { taints: node.spec.taints ?? null } });
    if (node.status) await client.subresource(Node, 'status').patch(node.metadata.name, { status: node.status });
  }
  for (const pod of pods) await client.create(Pod, asWritten(pod));
}

/** Runs a scheduler for one test; afterwards no timer is left (K104). */
export async function withApp(o: SchedulerOptions | undefined, body: (one: TestApp & { readonly sched: Runnable<SchedulerHandle> }) => Promise<void>, services: readonly Provided[] = []): Promise<void> {
  const sched = scheduler(o);
  const one = await appOf([sched], services);
  try {
    await body({ ...one, sched });
  } finally {
    const stopped = one.app.stop();
    await one.clock.advance(120_000); // what never ends is given up after its grace
    await stopped;
  }
  expect(one.clock.pending).toBe(0);
}

export async function nodeOf({ client }: App, name: string): Promise<string | undefined> {
  return (await client.get(Pod, name, { live: true }))?.spec.nodeName;
}

/** The condition PodScheduled. */
export async function scheduled({ client }: App, name: string): Promise<PodCondition | undefined> {
  return (await client.get(Pod, name, { live: true }))?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
}

/** Events about a pod. */
export async function told({ client }: App, name: string): Promise<readonly (readonly (string | undefined)[])[]> {
  return (await client.list(Event)).filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason, message }) => [type, reason, message]);
}
