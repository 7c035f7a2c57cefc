import type { Node, Pod } from '../kinds/index.js';

/**
 * A node with what is placed on it, as of this cycle's snapshot; frozen. Amounts are milli-cores for `cpu`, bytes or
 * pieces for the rest. Rule: K110.
 */
export interface NodeView extends Node {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
  readonly pods: readonly Pod[];
  /** Allocatable less requested; below 0 when others over-committed the node. */
  free(resource: string): number;
  requested(resource: string): number;
  allocatable(resource: string): number;
}
