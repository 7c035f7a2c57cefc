import type { Node, Pod } from '../../kinds/index.js';
import { NodeInfo } from './node-info.js';
import { NodeOrder } from './node-order.js';
import { Nominations } from './nominations.js';

/** The nodes of one cycle in the order of K29. Stays as it is while the cycle runs (K3). */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  readonly byName: ReadonlyMap<string, number>;
  /** Counts the snapshots in which something was different. */
  readonly revision: number;
}

interface Placed {
  readonly pod: Pod;
  readonly node: string;
  /** Placed by us, not seen on the node by watch yet (K95). */
  readonly assumed: boolean;
}

/**
 * What the scheduler believes of the cluster: nodes, the pods on them, and the pods that it has placed itself but not
 * seen bound. Pods of a node that is unknown or gone keep counting, for it and for nobody else (K99, K100).
 * Rules: K54, K95, K99–K101, K103.
 */
export class ClusterState {
  readonly nominations = new Nominations();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #podsByNode = new Map<string, Map<string, Pod>>();
  readonly #placed = new Map<string, Placed>();
  readonly #order = new NodeOrder();
  readonly #dirty = new Set<string>();
  #listed: readonly string[] = [];
  #nodesInOrder: NodeInfo[] = [];
  #indexes = new Map<string, number>();
  #revision = 0;

  get nodeCount(): number {
    return this.#nodes.size;
  }

  putNode(node: Node): void {
    const name = node.metadata.name;
    const old = this.#nodes.get(name);
    const kept = old && old.metadata.uid === node.metadata.uid ? old.onNode(node) : NodeInfo.of(node, [...(this.#podsByNode.get(name)?.values() ?? [])]);
    this.#nodes.set(name, kept);
    this.#order.put(node);
    this.#dirty.add(name);
  }

  removeNode(name: string): void {
    if (!this.#nodes.delete(name)) return;
    this.#order.delete(name);
    this.#dirty.add(name);
  }

  /** Counts a pod that has a node: seen by watch, or assumed. Another node or version of the same pod is replaced (K95). */
  putPod(pod: Pod, node: string, assumed = false): void {
    const { uid } = pod.metadata;
    this.removePod(uid);
    this.#placed.set(uid, { pod, node, assumed });
    const pods = this.#podsByNode.get(node);
    if (pods) pods.set(uid, pod);
    else this.#podsByNode.set(node, new Map([[uid, pod]]));
    this.#change(node, (info) => info.plusPod(pod));
  }

  removePod(uid: string): void {
    const placed = this.#placed.get(uid);
    if (!placed) return;
    this.#placed.delete(uid);
    const pods = this.#podsByNode.get(placed.node);
    pods?.delete(uid);
    if (pods?.size === 0) this.#podsByNode.delete(placed.node);
    this.#change(placed.node, (info) => info.minusPod(uid));
  }

  /** The pod, its node, and whether that is only assumed. */
  placementOf(uid: string): { readonly pod: Pod; readonly node: string; readonly assumed: boolean } | undefined {
    return this.#placed.get(uid);
  }

  /** The present state for one cycle. Costs the nodes that changed, unless nodes came, went or moved. Rules: K3, K101. */
  snapshot(): Snapshot {
    const names = this.#order.list();
    if (this.#dirty.size > 0) this.#revision++;
    if (names !== this.#listed) {
      this.#listed = names;
      this.#indexes = new Map(names.map((name, i) => [name, i]));
      this.#nodesInOrder = names.map((name) => this.#infoOf(name));
    } else {
      for (const name of this.#dirty) {
        const i = this.#indexes.get(name);
        if (i !== undefined) this.#nodesInOrder[i] = this.#infoOf(name);
      }
    }
    this.#dirty.clear();
    return { nodes: this.#nodesInOrder, byName: this.#indexes, revision: this.#revision };
  }

  /** The present state beside a cycle that may be running: a copy, which leaves that cycle's snapshot alone. */
  view(): Snapshot {
    const names = this.#order.list();
    return { nodes: names.map((name) => this.#infoOf(name)), byName: new Map(names.map((name, i) => [name, i])), revision: this.#revision };
  }

  /** What is wrong with the sums, if anything: upstream's comparer. Rule: K103. */
  compare(): readonly string[] {
    const wrong: string[] = [];
    for (const [name, info] of this.#nodes) {
      const expected = [...(this.#podsByNode.get(name)?.keys() ?? [])].sort().join();
      if (expected !== info.pods.map((pod) => pod.metadata.uid).sort().join()) wrong.push(`node ${name} counts other pods than are placed on it`);
      if (!info.consistent()) wrong.push(`node ${name} sums to something else than its pods`);
    }
    return wrong;
  }

  #infoOf(name: string): NodeInfo {
    // The order holds exactly the names of the nodes.
    return this.#nodes.get(name) as NodeInfo;
  }

  #change(name: string, change: (info: NodeInfo) => NodeInfo): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    this.#nodes.set(name, change(info));
    this.#dirty.add(name);
  }
}
