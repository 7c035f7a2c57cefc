import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Pod } from '../../../src/kinds/index.js';
import { event, type Happened } from '../../../src/scheduler/cluster-event.js';
import { prioritySort } from '../../../src/scheduler/plugins/priority-sort.js';
import { HintTable } from '../../../src/scheduler/queue/hints.js';
import { schedulingQueue, step, type Input, type SchedulingQueue } from '../../../src/scheduler/queue/step.js';
import { unschedulable } from '../../../src/scheduler/status.js';
import { pod } from '../builders.js';

const names = ['a', 'b', 'c', 'd'] as const;
const plugins = ['Fit', 'Taints', 'Gates'] as const;
const events: { readonly [plugin in (typeof plugins)[number]]: Happened } = {
  Fit: { resource: 'AssignedPod', actions: ['Delete'] },
  Taints: { resource: 'Node', actions: ['Add', 'UpdateNodeTaint'] },
  Gates: { resource: 'Node', actions: ['UpdateNodeLabel'] },
};
const registered = [
  { name: 'Fit', events: [event('AssignedPod', 'Delete')] },
  { name: 'Taints', events: [event('Node', 'UpdateNodeTaint'), event('Node', 'Add')] },
  { name: 'Gates', events: [event('Node', 'UpdateNodeLabel'), event('TargetPod', 'UpdatePodSchedulingGatesEliminated')] },
];

type Command =
  | { readonly type: 'put'; readonly name: string; readonly gated: boolean; readonly priority: number }
  | { readonly type: 'delete' | 'done' | 'error' | 'preempted' | 'activate'; readonly name: string }
  | { readonly type: 'reject'; readonly name: string; readonly by: readonly string[]; readonly pending: readonly string[] }
  | { readonly type: 'event'; readonly plugin: (typeof plugins)[number] }
  | { readonly type: 'pop' | 'tick' }
  | { readonly type: 'advance'; readonly ms: number };

const name = fc.constantFrom(...names);
const some = fc.subarray(['Fit', 'Taints']);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('put' as const), name, gated: fc.boolean(), priority: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ type: fc.constantFrom('delete' as const, 'done' as const, 'error' as const, 'preempted' as const, 'activate' as const), name }),
  fc.record({ type: fc.constant('reject' as const), name, by: some, pending: some }),
  fc.record({ type: fc.constant('event' as const), plugin: fc.constantFrom(...plugins) }),
  fc.record({ type: fc.constantFrom('pop' as const, 'pop' as const, 'tick' as const) }),
  fc.record({ type: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
);

/** What the queue promises of one pod, in the plainest words. */
interface Known { gated: boolean; rejectedBy: Set<string> | undefined; inFlight: boolean; heard: Set<string> }

function gatedBy(p: Pod) {
  return (p.spec.schedulingGates ?? []).length > 0 ? { plugin: 'Gates', status: unschedulable('gated') } : undefined;
}

/** Gates may be given to a new pod and taken from an old one, not the other way round. */
function isGated(model: ReadonlyMap<string, Known>, c: Extract<Command, { type: 'put' }>): boolean {
  return c.gated && (model.get(c.name)?.gated ?? true);
}

function inputOf(model: ReadonlyMap<string, Known>, c: Command): Input | undefined {
  switch (c.type) {
    case 'put': return { type: 'add', pod: pod({ name: c.name, priority: c.priority, ...(isGated(model, c) ? { spec: { schedulingGates: [{ name: 'g' }] } } : {}) }) };
    case 'delete': case 'done': return { type: c.type, uid: `uid-${c.name}` };
    case 'error': case 'preempted': return { type: 'failed', uid: `uid-${c.name}`, failure: { type: c.type } };
    case 'reject': return { type: 'failed', uid: `uid-${c.name}`, failure: { type: 'rejected', rejectedBy: new Set(c.by), pendingOn: new Set(c.pending) } };
    case 'activate': return { type: 'activate', uids: [`uid-${c.name}`] };
    case 'event': return { type: 'event', event: events[c.plugin] };
    case 'pop': case 'tick': return { type: c.type };
    case 'advance': return undefined;
  }
}

/** Every pod lies in exactly the place that it says, and nowhere else (K33). */
function checkPlaces(q: SchedulingQueue): void {
  const places = new Map<string, string[]>();
  const note = (place: string, uids: Iterable<string>) => { for (const uid of uids) places.set(uid, [...(places.get(uid) ?? []), place]); };
  note('active', q.active.values().map(({ uid }) => uid));
  note('rejected', q.rejected.values().map(({ uid }) => uid));
  note('error', q.error.values().map(({ uid }) => uid));
  note('unschedulable', q.unschedulable.keys());
  note('inFlight', q.inFlight.entries().map(({ uid }) => uid));
  expect(Object.fromEntries(places)).toEqual(Object.fromEntries([...q.pods.values()].map((entry) => [entry.uid, [entry.place]])));
  for (const entries of q.byPlugin.values()) for (const entry of entries) expect(entry.place).toBe('unschedulable');
  for (const entry of q.unschedulable.values()) for (const plugin of [...entry.rejectedBy, ...entry.pendingOn]) expect(q.byPlugin.get(plugin)?.has(entry)).toBe(true);
  if (q.inFlight.size === 0) expect(q.inFlight.logged).toBe(0);
}

describe('the scheduling queue against a model', () => {
  test('K33 K40 K44 K49 one place at a time, no event lost, gated pods never tried', () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const q = schedulingQueue({ less: prioritySort, gate: gatedBy, hints: new HintTable(registered), initialBackoffMs: 1_000, maxBackoffMs: 10_000, maxUnschedulableMs: 300_000 });
      const model = new Map<string, Known>();
      let now = 0;
      for (const c of commands) {
        const input = inputOf(model, c);
        if (c.type === 'advance') now += c.ms;
        if (!input) continue;
        const effects = step(q, input, now);
        checkPlaces(q);
        follow(model, c, effects.flatMap((effect) => (effect.type === 'attempt' ? [effect.entry.pod.metadata.name] : [])));
        compare(q, model);
        const woken = effects.findLast((effect) => effect.type === 'wakeAt');
        if (woken?.type === 'wakeAt' && woken.at !== undefined) expect(woken.at).toBeGreaterThanOrEqual(Math.floor(now / 1_000) * 1_000);
      }
      // Nothing that is not gated or told to wait stays behind (K49).
      for (let i = 0; i < 20; i++) {
        now += 30_000;
        step(q, { type: 'tick' }, now);
      }
      for (const entry of q.unschedulable.values()) expect(entry.gatedBy).toBeDefined();
    }), { numRuns: 400 });
  });
});

function follow(model: Map<string, Known>, c: Command, popped: readonly string[]): void {
  for (const one of popped) {
    const known = model.get(one);
    expect(known?.gated).toBe(false);
    if (known) Object.assign(known, { inFlight: true, rejectedBy: undefined, heard: new Set() });
  }
  switch (c.type) {
    case 'put': {
      const gated = isGated(model, c);
      const known = model.get(c.name);
      if (known) Object.assign(known, { gated });
      else model.set(c.name, { gated, rejectedBy: undefined, inFlight: false, heard: new Set() });
      return;
    }
    case 'delete': model.delete(c.name); return;
    case 'done': if (model.get(c.name)?.inFlight) model.delete(c.name); return;
    case 'event': for (const known of model.values()) known.heard.add(c.plugin); return;
    case 'reject': {
      const known = model.get(c.name);
      if (known?.inFlight) Object.assign(known, { inFlight: false, rejectedBy: new Set([...c.by, ...c.pending]) });
      return;
    }
    case 'error': case 'preempted': {
      const known = model.get(c.name);
      if (known?.inFlight) Object.assign(known, { inFlight: false, rejectedBy: undefined });
      return;
    }
    case 'pop': case 'tick': case 'activate': case 'advance': return;
  }
}

/** A rejected pod that was told of a plugin's event since it was popped lies unschedulable no more. */
function compare(q: SchedulingQueue, model: ReadonlyMap<string, Known>): void {
  for (const [one, known] of model) {
    const entry = q.pods.get(`uid-${one}`);
    expect(entry === undefined).toBe(false);
    expect(entry?.gatedBy !== undefined).toBe(known.gated);
    if (!entry) continue;
    expect(entry.place === 'inFlight').toBe(known.inFlight);
    const helped = [...(known.rejectedBy ?? [])].some((plugin) => known.heard.has(plugin));
    if (known.rejectedBy && helped) expect(entry.place).not.toBe('unschedulable');
  }
}
