import type { Pod } from '../../kinds/index.js';
import type { NodeInfo } from './node-info.js';

/** Pods that were promised room on a node, until they are placed or the promise ends. Rules: K30, K31, K92. */
export class Nominations {
  readonly #byUid = new Map<string, { readonly pod: Pod; readonly node: string }>();
  readonly #byNode = new Map<string, Map<string, Pod>>();

  set(pod: Pod, node: string): void {
    const { uid } = pod.metadata;
    this.delete(uid);
    this.#byUid.set(uid, { pod, node });
    const pods = this.#byNode.get(node);
    if (pods) pods.set(uid, pod);
    else this.#byNode.set(node, new Map([[uid, pod]]));
  }

  delete(uid: string): void {
    const nominated = this.#byUid.get(uid);
    if (!nominated) return;
    this.#byUid.delete(uid);
    const pods = this.#byNode.get(nominated.node);
    pods?.delete(uid);
    if (pods?.size === 0) this.#byNode.delete(nominated.node);
  }

  nodeOf(uid: string): string | undefined {
    return this.#byUid.get(uid)?.node;
  }

  /** Those on the node that `pod` must leave room for: other pods of at least its priority (K31). */
  before(pod: Pod, node: NodeInfo): readonly Pod[] {
    const pods = this.#byNode.get(node.name);
    if (!pods) return [];
    const priority = pod.spec.priority ?? 0;
    return [...pods.values()].filter((other) => other.metadata.uid !== pod.metadata.uid && (other.spec.priority ?? 0) >= priority);
  }
}
