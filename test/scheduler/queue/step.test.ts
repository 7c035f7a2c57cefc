import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../src/kinds/index.js';
import { event, wildcard, type ClusterEvent, type Happened } from '../../../src/scheduler/cluster-event.js';
import { prioritySort } from '../../../src/scheduler/plugins/priority-sort.js';
import { HintTable } from '../../../src/scheduler/queue/hints.js';
import { schedulingQueue, step, type Effect, type Failure, type Gate, type Input } from '../../../src/scheduler/queue/step.js';
import { unschedulable } from '../../../src/scheduler/status.js';
import { pod } from '../builders.js';

const nodeAdded: Happened = { resource: 'Node', actions: ['Add'] };
const podDeleted: Happened = { resource: 'AssignedPod', actions: ['Delete'] };

/** A queue under a hand-moved clock. */
function queue(plugins: { readonly [name: string]: readonly ClusterEvent[] } = { Fit: [event('AssignedPod', 'Delete')], Taints: [event('Node', 'Add')] }, gate: (pod: Pod, first: string | undefined) => Gate | undefined = () => undefined) {
  const settings = {
    less: prioritySort, gate, hints: new HintTable(Object.entries(plugins).map(([name, events]) => ({ name, events }))),
    initialBackoffMs: 1_000, maxBackoffMs: 10_000, maxUnschedulableMs: 300_000,
  };
  const q = schedulingQueue(settings);
  let now = 0;
  const feed = (input: Input): readonly Effect[] => step(q, input, now);
  return {
    q, feed, settings,
    at(ms: number) { now = ms; return this; },
    add(...pods: readonly Pod[]) { for (const one of pods) feed({ type: 'add', pod: one }); return this; },
    pop(): string | undefined {
      const [attempt] = feed({ type: 'pop' }).filter((effect) => effect.type === 'attempt');
      return attempt?.entry.pod.metadata.name;
    },
    fail(name: string, failure: Failure = { type: 'rejected', rejectedBy: new Set(['Fit']), pendingOn: new Set() }) { return feed({ type: 'failed', uid: `uid-${name}`, failure }); },
    error(name: string) { return this.fail(name, { type: 'error' }); },
    place: (name: string) => q.pods.get(`uid-${name}`)?.place,
    wake: (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.type === 'wakeAt' ? [effect.at] : [])).at(-1),
  };
}

describe('order', () => {
  test('K34 higher priority first, then who entered earlier, then arrival', () => {
    const q = queue();
    q.at(5).add(pod({ name: 'late' }));
    q.at(3).add(pod({ name: 'early' }), pod({ name: 'early2' }), pod({ name: 'high', priority: 7 }));

    expect([q.pop(), q.pop(), q.pop(), q.pop(), q.pop()]).toEqual(['high', 'early', 'early2', 'late', undefined]);
  });

  test('K34 K44 a pod that was gated keeps the time at which it came', () => {
    let gated = true;
    const q = queue({ Gates: [event('TargetPod', 'UpdatePodSchedulingGatesEliminated')] }, (p) => (gated && p.metadata.name === 'gated' ? { plugin: 'Gates', status: unschedulable('gates') } : undefined));
    q.at(0).add(pod({ name: 'gated', spec: { schedulingGates: [{ name: 'g' }] } }));
    q.at(1).add(pod({ name: 'other' }));

    gated = false;
    q.at(2).feed({ type: 'update', pod: pod({ name: 'gated' }) });

    expect([q.pop(), q.pop()]).toEqual(['gated', 'other']);
  });
});

describe('back-off', () => {
  test('K35 K36 a rejected pod waits 1 s · 2^(k−1), its end aligned down to a whole second', () => {
    const q = queue();
    q.at(300).add(pod({ name: 'a' }));
    for (const [k, expected] of [[1, 1_000], [2, 2_000], [3, 4_000], [4, 8_000], [5, 10_000], [6, 10_000]] as const) {
      expect(q.pop()).toBe('a');
      q.fail('a');
      q.add(pod({ name: `filler${k}`, priority: 1 })); // so that the back-off is not cut short
      q.feed({ type: 'event', event: podDeleted });
      expect(q.place('a')).toBe('rejected');
      expect(q.q.pods.get('uid-a')?.dueAt).toBe(Math.floor((300 + expected) / 1_000) * 1_000);
      expect(q.pop()).toBe(`filler${k}`);
      q.feed({ type: 'done', uid: `uid-filler${k}` });
    }
  });

  test('K36 an idle queue takes a backing-off pod before its time, but never one that failed by error', () => {
    const q = queue();
    q.add(pod({ name: 'a' }), pod({ name: 'b' }));
    q.pop();
    q.pop();
    q.error('a');
    q.fail('b');
    q.feed({ type: 'event', event: podDeleted });

    expect([q.place('a'), q.place('b')]).toEqual(['error', 'rejected']);
    expect([q.pop(), q.pop()]).toEqual(['b', undefined]);
  });

  test('K37 back-offs end on second boundaries, by one timer', () => {
    const q = queue();
    q.at(1_250).add(pod({ name: 'a' }));
    q.pop();

    expect(q.wake(q.error('a'))).toBe(3_000);
    q.at(2_999).feed({ type: 'tick' });
    expect(q.place('a')).toBe('error');
    q.at(3_000).feed({ type: 'tick' });
    expect(q.place('a')).toBe('active');
  });

  test('K35 errors count apart, and any other outcome resets them', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    for (const [at, due] of [[0, 1_000], [1_000, 3_000], [3_000, 7_000]] as const) {
      q.at(at).feed({ type: 'tick' });
      q.pop();
      q.error('a');
      expect(q.q.pods.get('uid-a')?.dueAt).toBe(due);
    }
    q.at(7_000).feed({ type: 'tick' });
    q.pop();
    q.fail('a');
    expect([q.q.pods.get('uid-a')?.errors, q.q.pods.get('uid-a')?.rejections]).toEqual([0, 1]);
  });

  test('K26 K43 an error records no plugin: it is retried by time, not by event', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.error('a');
    q.feed({ type: 'event', event: podDeleted });
    expect(q.place('a')).toBe('error');
  });

  test('K48 a hopeless pod of top priority is tried at most once each back-off', () => {
    const q = queue();
    q.add(pod({ name: 'hopeless', priority: 1_000 }));
    let attempts = 0;
    for (let second = 0; second < 100; second++) {
      q.at(second * 1_000).feed({ type: 'tick' });
      q.add(pod({ name: `other${second}` }), pod({ name: `more${second}` }));
      for (let name = q.pop(); q.q.active.size > 0 || name === 'hopeless'; name = q.pop()) {
        if (name === 'hopeless') {
          attempts++;
          q.fail('hopeless');
          q.feed({ type: 'event', event: podDeleted });
        } else if (name !== undefined) q.feed({ type: 'done', uid: `uid-${name}` });
      }
    }
    expect(attempts).toBeLessThanOrEqual(4 + 100 / 10 + 1);
  });
});

describe('events', () => {
  test('K39 only pods that a registered plugin rejected are looked at', () => {
    const seen: string[] = [];
    const hint = (p: Pod) => { seen.push(p.metadata.name); return 'QueueSkip' as const; };
    const q = queue({ Fit: [event('AssignedPod', 'Delete', hint)], Taints: [event('Node', 'Add', hint)] });
    q.add(pod({ name: 'fit' }), pod({ name: 'taints' }));
    q.pop();
    q.pop();
    q.fail('fit');
    q.fail('taints', { type: 'rejected', rejectedBy: new Set(['Taints']), pendingOn: new Set() });

    q.feed({ type: 'event', event: podDeleted });

    expect(seen).toEqual(['fit']);
    expect(q.place('fit')).toBe('unschedulable');
  });

  test('K39 a hint that throws means Queue, and so does none', () => {
    const q = queue({ Fit: [event('AssignedPod', 'Delete', () => { throw new Error('no'); })], Taints: [event('AssignedPod', 'Delete')] });
    q.add(pod({ name: 'a' }), pod({ name: 'b' }));
    q.pop();
    q.pop();
    q.fail('a');
    q.fail('b', { type: 'rejected', rejectedBy: new Set(['Taints']), pendingOn: new Set() });
    q.feed({ type: 'event', event: podDeleted });
    expect([q.place('a'), q.place('b')]).toEqual(['rejected', 'rejected']);
  });

  test('K39 a plugin that a pod is pending on brings it back at once, others after its back-off', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.fail('a', { type: 'rejected', rejectedBy: new Set(['Taints']), pendingOn: new Set(['Fit']) });
    q.feed({ type: 'event', event: podDeleted });
    expect(q.place('a')).toBe('active');
  });

  test('K39 K128 a wildcard moves everything', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.fail('a', { type: 'rejected', rejectedBy: new Set(['Unheard']), pendingOn: new Set() });
    q.feed({ type: 'event', event: podDeleted });
    expect(q.place('a')).toBe('unschedulable');
    q.feed({ type: 'event', event: wildcard('Reload') });
    expect(q.place('a')).toBe('rejected');
  });

  test('K40 an event between pop and failure is not lost', () => {
    const q = queue();
    q.add(pod({ name: 'a' }), pod({ name: 'b' }));
    q.feed({ type: 'event', event: podDeleted }); // nothing in flight: forgotten
    expect(q.q.inFlight.logged).toBe(0);
    q.pop();
    q.feed({ type: 'event', event: podDeleted });
    q.pop();
    q.feed({ type: 'event', event: nodeAdded });

    q.fail('b'); // rejected by Fit; only the node came after its pop
    expect(q.place('b')).toBe('unschedulable');
    q.fail('a');
    expect(q.place('a')).toBe('rejected');
    expect(q.q.inFlight.logged).toBe(0);
  });

  test('K40 done trims the log up to the oldest pod in flight', () => {
    const q = queue();
    q.add(pod({ name: 'a' }), pod({ name: 'b' }));
    q.pop();
    q.feed({ type: 'event', event: podDeleted });
    q.pop();
    q.feed({ type: 'event', event: nodeAdded });
    expect(q.q.inFlight.logged).toBe(2);
    q.feed({ type: 'done', uid: 'uid-a' });
    expect(q.q.inFlight.logged).toBe(1);
  });

  test('K42 an update of status or annotations leaves the pod where it lies, one of tolerations does not', () => {
    const q = queue({ Fit: [], Taints: [event('TargetPod', 'UpdatePodToleration')] });
    q.add(pod({ name: 'a' }), pod({ name: 'b', priority: -1 }));
    q.pop();
    q.fail('a', { type: 'rejected', rejectedBy: new Set(['Taints']), pendingOn: new Set() });

    q.feed({ type: 'update', pod: pod({ name: 'a', status: { phase: 'Pending' }, annotations: { x: 'y' } }) });
    expect(q.place('a')).toBe('unschedulable');
    q.feed({ type: 'update', pod: pod({ name: 'a', tolerations: [{ operator: 'Exists' }] }) });
    expect(q.place('a')).toBe('rejected');
  });

  test('K46 a pod that was forgotten is not brought back by that very event', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.feed({ type: 'event', event: { ...podDeleted, old: pod({ name: 'a' }) } });
    q.fail('a');
    expect(q.place('a')).toBe('unschedulable');
  });

  test('K38 after five minutes a pod is tried without an event', () => {
    const q = queue();
    q.at(10_000).add(pod({ name: 'a' }));
    q.pop();
    expect(q.wake(q.fail('a'))).toBe(330_000);
    q.at(300_000).feed({ type: 'tick' });
    expect(q.place('a')).toBe('unschedulable');
    q.at(330_000).feed({ type: 'tick' });
    expect(q.place('a')).toBe('active');
  });
});

describe('gates', () => {
  const gates = { Gates: [event('TargetPod', 'UpdatePodSchedulingGatesEliminated')], Fit: [event('AssignedPod', 'Delete')] };
  const byGates = (p: Pod): Gate | undefined => ((p.spec.schedulingGates ?? []).length > 0 ? { plugin: 'Gates', status: unschedulable('gated') } : undefined);
  const gated = (name: string) => pod({ name, spec: { schedulingGates: [{ name: 'g' }] } });

  test('K44 a gated pod is told of once and never tried', () => {
    const q = queue(gates, byGates);
    const effects = q.feed({ type: 'add', pod: gated('a') });
    expect(effects.map(({ type }) => type)).toEqual(['gated', 'wakeAt']);
    expect(q.pop()).toBeUndefined();
    expect(q.q.pods.get('uid-a')?.attempts).toBe(0);
  });

  test('K45 events that the gating plugin did not ask for look at none of the gated', () => {
    let asked = 0;
    const q = queue(gates, (p) => { asked++; return byGates(p); });
    for (let i = 0; i < 100; i++) q.add(gated(`p${i}`));
    asked = 0;
    for (let i = 0; i < 50; i++) q.feed({ type: 'event', event: podDeleted });
    expect(asked).toBe(0);
  });

  test('K44 the gating plugin is asked first', () => {
    const firsts: (string | undefined)[] = [];
    const q = queue(gates, (p, first) => { firsts.push(first); return byGates(p); });
    q.add(gated('a'));
    q.feed({ type: 'event', event: wildcard('Reload') });
    expect(firsts).toEqual([undefined, 'Gates']);
  });

  test('K36 PreEnqueue is asked before a pod enters its back-off, too', () => {
    let closed = false;
    const q = queue(gates, () => (closed ? { plugin: 'Gates', status: unschedulable('closed') } : undefined));
    q.add(pod({ name: 'a' }));
    q.pop();
    q.fail('a');
    closed = true;
    q.feed({ type: 'event', event: podDeleted });
    expect([q.place('a'), q.q.pods.get('uid-a')?.gatedBy]).toEqual(['unschedulable', 'Gates']);
  });
});

describe('activate and leave', () => {
  test('K47 activate moves unschedulable and backing-off pods now, once, even one in flight', () => {
    const q = queue();
    q.add(pod({ name: 'a' }), pod({ name: 'b' }), pod({ name: 'c' }));
    for (let i = 0; i < 3; i++) q.pop();
    q.fail('a');
    q.error('b');
    q.feed({ type: 'activate', uids: ['uid-a', 'uid-b', 'uid-c'] });
    q.fail('c');
    expect(['a', 'b', 'c'].map(q.place)).toEqual(['active', 'active', 'active']);
    for (let i = 0; i < 3; i++) q.pop();
    q.fail('c');
    expect(q.place('c')).toBe('unschedulable');
  });

  test('K16 a preempted pod goes back without being counted', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.fail('a', { type: 'preempted' });
    expect([q.place('a'), q.q.pods.get('uid-a')?.rejections]).toEqual(['active', 0]);
  });

  test('K49 a pod that was deleted in flight does not come back', () => {
    const q = queue();
    q.add(pod({ name: 'a' }));
    q.pop();
    q.feed({ type: 'delete', uid: 'uid-a' });
    q.fail('a');
    expect([q.q.pods.size, q.pop(), q.q.inFlight.size]).toEqual([0, undefined, 0]);
  });

  test('K128 a reload keeps what lies in the queue', () => {
    const q = queue();
    q.add(pod({ name: 'a' }), pod({ name: 'b' }), pod({ name: 'c' }));
    q.pop();
    q.fail('a');
    q.feed({ type: 'reload', settings: { ...q.settings, less: (x, y) => x.sequence > y.sequence } });
    expect([q.pop(), q.pop(), q.place('a')]).toEqual(['c', 'b', 'unschedulable']);
  });
});
