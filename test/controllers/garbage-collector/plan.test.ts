import { describe, expect, test } from '@jest/globals';
import type { KubeObject, OwnerReference, Uid } from '../../../src/core/index.js';
import { Graph } from '../../../src/controllers/garbage-collector/graph.js';
import { judge, type OwnerState, type Verdict } from '../../../src/controllers/garbage-collector/plan.js';
import { ConfigMap, Node, ReplicaSet } from '../../../src/kinds/index.js';

const reference = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid: uid as Uid, ...more });
const owners = (...states: readonly OwnerState[]) => states.map((state, i) => ({ reference: reference(`o${String(i)}`), state }));

function object(uid: string, o: { readonly owners?: readonly OwnerReference[]; readonly finalizers?: readonly string[]; readonly terminating?: boolean; readonly namespace?: string } = {}): KubeObject {
  return {
    apiVersion: 'v1', kind: 'X',
    metadata: {
      name: uid, namespace: o.namespace ?? 'default', uid: uid as Uid, resourceVersion: '1' as never, generation: 1, creationTimestamp: '',
      ...(o.owners ? { ownerReferences: o.owners } : {}), ...(o.finalizers ? { finalizers: o.finalizers } : {}), ...(o.terminating ? { deletionTimestamp: 'now' } : {}),
    },
  };
}

describe('what becomes of an object', () => {
  test.each<[string, readonly OwnerState[], Partial<Parameters<typeof judge>[0]>, Verdict]>([
    ['C77 no owners: it stays', [], {}, { type: 'keep' }],
    ['C77 a live owner: it stays', ['solid'], {}, { type: 'keep' }],
    ['C70 the others are dropped', ['solid', 'dangling', 'waiting'], {}, { type: 'unlink', owners: [reference('o0')] }],
    ['C70 none left: it goes', ['dangling', 'dangling'], {}, { type: 'delete', propagation: 'Background' }],
    ['C70 as its own finalizers ask', ['dangling'], { finalizers: ['foregroundDeletion'] }, { type: 'delete', propagation: 'Foreground' }],
    ['C70 orphaning its own', ['dangling'], { finalizers: ['orphan'] }, { type: 'delete', propagation: 'Orphan' }],
    ['C72 an owner that waits, with dependents of its own', ['waiting'], { hasDependents: true }, { type: 'delete', propagation: 'Foreground' }],
    ['C72 an owner that waits, without', ['waiting', 'dangling'], {}, { type: 'delete', propagation: 'Background' }],
    ['C72 a circle of waiting owners', ['waiting'], { hasDependents: true, dependentWaits: true }, { type: 'breakCycle' }],
    ['C75 an owner of an unknown kind', ['unknown', 'dangling'], {}, { type: 'keep' }],
    ['C75 an unknown one stays when another is dropped', ['unknown', 'solid', 'dangling'], {}, { type: 'unlink', owners: [reference('o0'), reference('o1')] }],
  ])('%s', (_what, states, facts, verdict) => {
    expect(judge({ owners: owners(...states), finalizers: [], hasDependents: false, dependentWaits: false, ...facts })).toEqual(verdict);
  });
});

describe('the graph', () => {
  const child = object('child', { owners: [reference('set', { blockOwnerDeletion: true })] });

  test('C74 an object with an owner that was not seen is looked at', () => {
    const graph = new Graph();
    expect(graph.set(ConfigMap, child)).toEqual(['child']);
  });

  test('C76 one with an owner that is there is not', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set'));
    expect(graph.set(ConfigMap, child)).toEqual([]);
    expect(graph.set(ConfigMap, child)).toEqual([]);
  });

  test('C76 the end of an owner brings its dependents, and only those', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set'));
    graph.set(ConfigMap, child);
    graph.set(ConfigMap, object('other'));
    expect(graph.remove('set')).toEqual(['child']);
  });

  test('C68 the same uid under another name or kind is not the owner', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set'));
    expect(graph.set(ConfigMap, object('a', { owners: [reference('set', { name: 'other' })] }))).toEqual(['a']);
    expect(graph.set(ConfigMap, object('b', { owners: [reference('set', { kind: 'Deployment' })] }))).toEqual(['b']);
    expect(graph.set(ConfigMap, object('c', { owners: [reference('set', { apiVersion: 'v1' })] }))).toEqual(['c']);
  });

  test('C69 an owner in another namespace is not the one meant, a cluster-scoped one is', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set', { namespace: 'other' }));
    graph.set(Node, object('n1'));
    expect(graph.set(ConfigMap, child)).toEqual(['child']);
    expect(graph.set(ConfigMap, object('d', { owners: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'n1' as Uid }] }))).toEqual([]);
  });

  test('C72 an owner that begins to wait brings itself and its dependents, and itself again when they go', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set'));
    graph.set(ConfigMap, child);

    expect(graph.set(ReplicaSet, object('set', { terminating: true, finalizers: ['foregroundDeletion'] }))).toEqual(['set', 'child']);
    expect(graph.blockingDependentsOf('set').map(({ uid }) => uid)).toEqual(['child']);
    expect(graph.remove('child')).toEqual(['set']);
    expect(graph.blockingDependentsOf('set')).toEqual([]);
  });

  test('C72 a dependent that blocks no more brings the owner that waits', () => {
    const graph = new Graph();
    graph.set(ReplicaSet, object('set'));
    graph.set(ConfigMap, child);
    graph.set(ReplicaSet, object('set', { terminating: true, finalizers: ['foregroundDeletion'] }));

    expect(graph.set(ConfigMap, object('child'))).toEqual(['set']);
  });

  test('C73 an owner that orphans is looked at', () => {
    const graph = new Graph();
    expect(graph.set(ReplicaSet, object('set', { terminating: true, finalizers: ['orphan'] }))).toEqual(['set']);
  });

  test('C12 a new leader looks at all that is in doubt', () => {
    const graph = new Graph();
    graph.set(ConfigMap, child);
    graph.set(ConfigMap, object('free'));
    expect([...graph.doubtful()]).toEqual(['child']);
    graph.set(ReplicaSet, object('set'));
    expect([...graph.doubtful()]).toEqual([]);
  });
});
