import { timestamp } from '../../core/index.js';
import type { Node, Taint } from '../../kinds/index.js';
import { readyCondition } from './health.js';

const prefix = 'node.kubernetes.io/';
export const notReady = `${prefix}not-ready`;
export const unreachable = `${prefix}unreachable`;

/** Conditions that are bad when True, and their taints. */
const pressures: { readonly [condition: string]: string } = {
  MemoryPressure: `${prefix}memory-pressure`,
  DiskPressure: `${prefix}disk-pressure`,
  PIDPressure: `${prefix}pid-pressure`,
  NetworkUnavailable: `${prefix}network-unavailable`,
};
const unschedulable = `${prefix}unschedulable`;
const mirrored: ReadonlySet<string> = new Set([notReady, unreachable, unschedulable, ...Object.values(pressures)]);

/** The keys of the NoSchedule taints that the node's state asks for. Rule: C18. */
function wantedKeys(node: Node): ReadonlySet<string> {
  const wanted = new Set<string>();
  const ready = readyCondition(node)?.status;
  if (ready === 'False') wanted.add(notReady);
  if (ready === 'Unknown') wanted.add(unreachable);
  // Before a first word of its own a node keeps the taint of its registration (C13).
  if (ready === undefined && node.spec.taints?.some((taint) => taint.key === notReady && taint.effect === 'NoSchedule')) wanted.add(notReady);
  for (const { type, status } of node.status?.conditions ?? []) {
    if (status === 'True' && Object.hasOwn(pressures, type)) wanted.add(pressures[type] ?? '');
  }
  if (node.spec.unschedulable === true) wanted.add(unschedulable);
  return wanted;
}

/** What to do with the NoExecute taints of a node (C19). */
export type Execution =
  /** Leave them. */
  | { readonly type: 'none' }
  /** The node is well, or the whole cluster is cut off: none stay. */
  | { readonly type: 'remove' }
  /** This one, instead of its opposite. */
  | { readonly type: 'put'; readonly key: string };

/** The key of the NoExecute taint that a state of Ready asks for. */
export function executionKey(node: Node): string | undefined {
  switch (readyCondition(node)?.status) {
    case 'False': return notReady;
    case 'Unknown': return unreachable;
    default: return undefined;
  }
}

export function hasExecution(node: Node, key?: string): boolean {
  return (node.spec.taints ?? []).some((taint) => taint.effect === 'NoExecute' && (key === undefined ? taint.key === notReady || taint.key === unreachable : taint.key === key));
}

/** The node's taints as they are to be, or undefined when they are so already. Taints of others stay. Rules: C18, C19. */
export function planTaints(node: Node, execution: Execution, wallMs: number): readonly Taint[] | undefined {
  const before = node.spec.taints ?? [];
  const wanted = wantedKeys(node);
  const kept = before.filter(({ key, effect }) => {
    if (effect === 'NoSchedule' && mirrored.has(key)) return wanted.has(key);
    if (effect === 'NoExecute' && (key === notReady || key === unreachable)) return execution.type === 'none' || (execution.type === 'put' && execution.key === key);
    return true;
  });
  const has = (key: string, effect: Taint['effect']) => kept.some((taint) => taint.key === key && taint.effect === effect);
  const timeAdded = timestamp(wallMs);
  const added: Taint[] = [...wanted].filter((key) => !has(key, 'NoSchedule')).map((key) => ({ key, effect: 'NoSchedule', timeAdded }));
  if (execution.type === 'put' && !has(execution.key, 'NoExecute')) added.push({ key: execution.key, effect: 'NoExecute', timeAdded });
  return kept.length === before.length && added.length === 0 ? undefined : [...kept, ...added];
}
