import type { Node } from '../../kinds/index.js';

/** Region and zone of a node; nodes without either share the zone ''. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  // The separator cannot be part of a label's value.
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** The order in which nodes are looked at: round robin over zones, each in order of first sight. Rule: K29. */
export class NodeOrder {
  readonly #zones = new Map<string, Set<string>>();
  readonly #zoneOfNode = new Map<string, string>();
  #names: readonly string[] | undefined;

  /** Adds the node, or moves it to the end of its new zone. */
  put(node: Node): void {
    const name = node.metadata.name;
    const zone = zoneOf(node);
    if (this.#zoneOfNode.get(name) === zone) return;
    this.delete(name);
    this.#zoneOfNode.set(name, zone);
    const members = this.#zones.get(zone);
    if (members) members.add(name);
    else this.#zones.set(zone, new Set([name]));
    this.#names = undefined;
  }

  delete(name: string): void {
    const zone = this.#zoneOfNode.get(name);
    if (zone === undefined) return;
    this.#zoneOfNode.delete(name);
    const members = this.#zones.get(zone);
    members?.delete(name);
    if (members?.size === 0) this.#zones.delete(zone);
    this.#names = undefined;
  }

  /** All names in order; the same array until a node comes, goes or moves. */
  list(): readonly string[] {
    this.#names ??= interleave([...this.#zones.values()].map((members) => [...members]));
    return this.#names;
  }
}

function interleave(zones: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(0, ...zones.map((names) => names.length));
  const order: string[] = [];
  for (let i = 0; i < longest; i++) {
    for (const names of zones) {
      const name = names[i];
      if (name !== undefined) order.push(name);
    }
  }
  return order;
}
