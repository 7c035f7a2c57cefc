import type { PlacementRecord } from './decisions.js';

/** What one plugin said to one node, and why. */
export interface FilterExplanation {
  readonly plugin: string;
  readonly code: string;
  readonly reason: string;
}
export interface ScoreExplanation {
  readonly plugin: string;
  /** Undefined where a fixed score stands in for a failed call. */
  readonly raw: number | undefined;
  readonly normalized: number;
  readonly weight: number;
  readonly weighted: number;
}
export interface NodeExplanation {
  readonly name: string;
  /** Every plugin that says no; empty: the node will do. */
  readonly filter: readonly FilterExplanation[];
  readonly scores: readonly ScoreExplanation[];
  readonly total: number;
}
/** Nodes that are out for the same reasons. */
export interface NodeGroup {
  readonly reasons: readonly string[];
  readonly count: number;
  /** At most three. */
  readonly examples: readonly string[];
}

/** Why a pod is where it is, would go where it would, or cannot go anywhere. Rules: K119, K120. */
export interface Explanation {
  readonly outcome: 'placed' | 'unschedulable' | 'error';
  /** Where it is; for a pod that is not placed, where it would go now. */
  readonly node?: string;
  /** What its condition says, or would say. */
  readonly message?: string;
  readonly nodes: readonly NodeExplanation[];
  /** With `why`: the nodes that are out, by reason. */
  readonly groups?: readonly NodeGroup[];
  readonly ties: number;
  readonly draw?: number;
  /** How it was placed, as long as that is remembered. */
  readonly decision?: PlacementRecord;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A table for people. */
  toString(): string;
}

export interface ExplainOptions {
  /** 'not': why not on `node`. 'not-all': why not anywhere, nodes grouped by reason. */
  readonly why?: 'not' | 'not-all';
  readonly node?: string;
}
