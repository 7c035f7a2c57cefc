import { invariant } from '../../core/index.js';
import type { Node, Pod, NodeSpec, NodeStatus } from '../../kinds/index.js';
import type { NodeView } from '../node-view.js';
import { addAll, minus, subtractAll, type Amount, type Amounts } from './amount.js';
import { amountsOf } from './quantities.js';
import { placedRequestsOf, plusNonZero, type NonZero, type PodRequests } from './requests.js';

const noLabels: { readonly [label: string]: string } = Object.freeze({});
const nothing: NonZero = Object.freeze({ cpu: 0, memory: 0 });

interface Sums {
  readonly requested: Amounts;
  readonly nonZero: NonZero;
}

/**
 * One node and the sums of what is placed on it, immutable: a change makes a new one that shares what stayed. So a
 * snapshot is an array of these, and a plugin may keep one without harm (K117). Rules: K54, K103.
 */
export class NodeInfo implements NodeView {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Node['metadata'];
  readonly spec: NodeSpec;
  readonly status?: NodeStatus;
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
  readonly pods: readonly Pod[];
  readonly #allocatable: Amounts;
  readonly #sums: Sums;

  private constructor(node: Node, allocatable: Amounts, pods: readonly Pod[], sums: Sums) {
    this.apiVersion = node.apiVersion;
    this.kind = node.kind;
    this.metadata = node.metadata;
    this.spec = node.spec;
    if (node.status !== undefined) this.status = node.status;
    this.name = node.metadata.name;
    this.labels = node.metadata.labels ?? noLabels;
    this.pods = pods;
    this.#allocatable = allocatable;
    this.#sums = sums;
    Object.freeze(pods);
    Object.freeze(this);
  }

  /** The node with these pods on it. */
  static of(node: Node, pods: readonly Pod[]): NodeInfo {
    const sums = pods.map(placedRequestsOf).reduce<Sums>(add, { requested: new Map(), nonZero: nothing });
    return new NodeInfo(node, allocatableOf(node), [...pods], sums);
  }

  /** The same pods on a newer version of the node. */
  onNode(node: Node): NodeInfo {
    return new NodeInfo(node, allocatableOf(node), this.pods, this.#sums);
  }

  plusPod(pod: Pod): NodeInfo {
    return new NodeInfo(this, this.#allocatable, [...this.pods, pod], add(this.#sums, placedRequestsOf(pod)));
  }

  /** Without the pod of this uid; itself when it is not here. */
  minusPod(uid: string): NodeInfo {
    const gone = this.pods.find((pod) => pod.metadata.uid === uid);
    if (!gone) return this;
    return new NodeInfo(this, this.#allocatable, this.pods.filter((pod) => pod !== gone), subtract(this.#sums, placedRequestsOf(gone)));
  }

  free(resource: string): number {
    return Number(this.freeAmount(resource));
  }

  requested(resource: string): number {
    return Number(this.requestedAmount(resource));
  }

  allocatable(resource: string): number {
    return Number(this.allocatableAmount(resource));
  }

  freeAmount(resource: string): Amount {
    return minus(this.allocatableAmount(resource), this.requestedAmount(resource));
  }

  allocatableAmount(resource: string): Amount {
    return this.#allocatable.get(resource) ?? 0;
  }

  requestedAmount(resource: string): Amount {
    return this.#sums.requested.get(resource) ?? 0;
  }

  /** Requested as Fit's scores see it: cpu and memory with the defaults of K52. */
  scoredAmount(resource: string): Amount {
    if (resource === 'cpu' || resource === 'memory') return this.#sums.nonZero[resource];
    return this.requestedAmount(resource);
  }

  /** Whether the sums are those of the pods. Rule: K103. */
  consistent(): boolean {
    const fresh = NodeInfo.of(this, this.pods);
    const names = new Set([...this.#sums.requested.keys(), ...fresh.#sums.requested.keys()]);
    return [...names].every((name) => this.requestedAmount(name) === fresh.requestedAmount(name))
      && this.#sums.nonZero.cpu === fresh.#sums.nonZero.cpu && this.#sums.nonZero.memory === fresh.#sums.nonZero.memory;
  }
}

/** The full view behind what plugins are given: the framework hands out nothing else. */
export function infoOf(node: NodeView): NodeInfo {
  invariant(node instanceof NodeInfo, 'K110', 'a default plugin was given a node that is not of a snapshot');
  return node;
}

/** Upstream's defaulting: without allocatable, capacity is meant. */
function allocatableOf(node: Node): Amounts {
  return amountsOf(node.status?.allocatable ?? node.status?.capacity);
}

function add(sums: Sums, pod: PodRequests): Sums {
  return { requested: addAll(sums.requested, pod.requests), nonZero: plusNonZero(sums.nonZero, pod.nonZero) };
}

function subtract(sums: Sums, pod: PodRequests): Sums {
  const { cpu, memory } = pod.nonZero;
  return {
    requested: subtractAll(sums.requested, pod.requests),
    nonZero: { cpu: minus(sums.nonZero.cpu, cpu), memory: minus(sums.nonZero.memory, memory) },
  };
}
