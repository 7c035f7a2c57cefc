import { timestamp, type OwnerReference, type Uid } from '../../src/core/index.js';
import type { Node, NodeCondition, Pod, PodSpec, PodStatus, ReplicaSet, Taint, Toleration } from '../../src/kinds/index.js';

/** Builders of objects as they would be stored. */

export interface PodFacts {
  readonly name?: string;
  readonly uid?: string;
  readonly labels?: { readonly [label: string]: string };
  readonly annotations?: { readonly [name: string]: string };
  readonly node?: string;
  readonly phase?: PodStatus['phase'];
  /** Wall time in milliseconds since when it is Ready; false: it is not. */
  readonly ready?: number | false;
  readonly createdMs?: number;
  readonly deleting?: boolean;
  readonly owner?: string;
  readonly restarts?: number;
  readonly tolerations?: readonly Toleration[];
  readonly spec?: Partial<PodSpec>;
  readonly status?: PodStatus;
}

export function owner(uid: string, name = uid): OwnerReference {
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: uid as Uid, controller: true, blockOwnerDeletion: true };
}

export function pod(f: PodFacts = {}): Pod {
  const name = f.name ?? f.uid ?? 'pod';
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name, namespace: 'default', uid: (f.uid ?? name) as Uid, resourceVersion: '1' as never, generation: 1,
      creationTimestamp: timestamp(f.createdMs ?? 0), labels: f.labels ?? { app: 'web' },
      ...(f.annotations ? { annotations: f.annotations } : {}),
      ...(f.deleting ? { deletionTimestamp: timestamp(0) } : {}),
      ...(f.owner === undefined ? {} : { ownerReferences: [owner(f.owner)] }),
    },
    spec: { containers: [{ name: 'main', image: 'web:1' }], ...(f.node === undefined ? {} : { nodeName: f.node }), ...(f.tolerations ? { tolerations: f.tolerations } : {}), ...f.spec },
    status: {
      phase: f.phase ?? 'Running',
      ...(f.ready === undefined ? {} : { conditions: [f.ready === false ? { type: 'Ready', status: 'False' } : { type: 'Ready', status: 'True', lastTransitionTime: timestamp(f.ready) }] }),
      ...(f.restarts === undefined ? {} : { containerStatuses: [{ name: 'main', ready: true, restartCount: f.restarts, image: 'web:1', imageID: '' }] }),
      ...f.status,
    },
  };
}

export function replicaSet(replicas: number, f: { readonly uid?: string; readonly deleting?: boolean; readonly minReadySeconds?: number; readonly generation?: number; readonly status?: ReplicaSet['status']; readonly selector?: ReplicaSet['spec']['selector'] } = {}): ReplicaSet {
  return {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: {
      name: 'web', namespace: 'default', uid: (f.uid ?? 'set') as Uid, resourceVersion: '1' as never, generation: f.generation ?? 1, creationTimestamp: timestamp(0),
      ...(f.deleting ? { deletionTimestamp: timestamp(0) } : {}),
    },
    spec: {
      replicas, selector: f.selector ?? { matchLabels: { app: 'web' } }, ...(f.minReadySeconds === undefined ? {} : { minReadySeconds: f.minReadySeconds }),
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
    },
    ...(f.status ? { status: f.status } : {}),
  };
}

export interface NodeFacts {
  readonly name?: string;
  readonly ready?: NodeCondition['status'];
  readonly heartbeat?: string;
  readonly conditions?: readonly NodeCondition[];
  readonly taints?: readonly Taint[];
  readonly labels?: { readonly [label: string]: string };
  readonly unschedulable?: boolean;
  readonly createdMs?: number;
}

export function node(f: NodeFacts = {}): Node {
  const name = f.name ?? 'n1';
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, namespace: undefined, uid: `uid-${name}` as Uid, resourceVersion: '1' as never, generation: 1, creationTimestamp: timestamp(f.createdMs ?? 0), labels: f.labels ?? {} },
    spec: { ...(f.taints ? { taints: f.taints } : {}), ...(f.unschedulable ? { unschedulable: true } : {}) },
    status: {
      conditions: f.conditions ?? (f.ready === undefined ? [] : [{ type: 'Ready', status: f.ready, lastHeartbeatTime: f.heartbeat ?? timestamp(0), lastTransitionTime: timestamp(0) }]),
    },
  };
}
