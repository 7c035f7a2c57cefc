import type { Node, NodeSpec, Pod, PodSpec, PodStatus, Taint, Toleration } from '../../src/kinds/index.js';
import { deepFreeze } from '../../src/core/index.js';

type Fields = { readonly [field: string]: unknown };

/** A pod with the fields that a test is about. */
export interface PodFields {
  readonly name?: string;
  readonly uid?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly requests?: { readonly [resource: string]: string };
  readonly priority?: number;
  readonly node?: string;
  readonly labels?: { readonly [label: string]: string };
  readonly annotations?: { readonly [name: string]: string };
  readonly tolerations?: readonly Toleration[];
  readonly spec?: Partial<PodSpec>;
  readonly status?: PodStatus;
  readonly metadata?: Fields;
}

export function pod({ name = 'p', uid = `uid-${name}`, cpu, memory, requests, priority, node, labels, annotations, tolerations, spec, status, metadata }: PodFields = {}): Pod {
  const asked = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }), ...requests };
  // Fields that the API would fill in are of no concern to the scheduler.
  return deepFreeze({
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name, namespace: 'default', uid, resourceVersion: '1', generation: 1, creationTimestamp: '2030-01-01T00:00:00Z', ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}), ...metadata },
    spec: {
      containers: [{ name: 'c', image: 'i', resources: { requests: asked } }],
      ...(priority === undefined ? {} : { priority }), ...(node === undefined ? {} : { nodeName: node }), ...(tolerations ? { tolerations } : {}), ...spec,
    },
    ...(status ? { status } : {}),
  }) as unknown as Pod;
}

export interface NodeFields {
  readonly name?: string;
  readonly uid?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly allocatable?: { readonly [resource: string]: string };
  readonly labels?: { readonly [label: string]: string };
  readonly zone?: string;
  readonly taints?: readonly Taint[];
  readonly spec?: NodeSpec;
}

export function node({ name = 'n', uid = `uid-${name}`, cpu = '4', memory = '8Gi', pods = '110', allocatable, labels, zone, taints, spec }: NodeFields = {}): Node {
  return deepFreeze({
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, uid, resourceVersion: '1', generation: 1, creationTimestamp: '2030-01-01T00:00:00Z', labels: { ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }), ...labels } },
    spec: { ...(taints ? { taints } : {}), ...spec },
    status: { allocatable: { cpu, memory, pods, ...allocatable } },
  }) as unknown as Node;
}
