import { reasonsOf, type Status } from '../status.js';

/** A plugin's no to one node, or to all. */
export interface Rejection {
  readonly plugin: string;
  readonly status: Status;
}

/** Why no node was found for a pod. */
export interface Diagnosis {
  /** All nodes that there are, looked at or not. */
  readonly nodes: number;
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** A PreFilter's no to all nodes; then `rejections` says nothing of its own. */
  readonly forAll?: Rejection;
  readonly postFilterMessage?: string;
  readonly rejectedBy: ReadonlySet<string>;
  readonly pendingOn: ReadonlySet<string>;
}

/** The text of condition and event. Rule: K24. */
export function messageOf(diagnosis: Diagnosis): string {
  if (diagnosis.nodes === 0) return 'no nodes available to schedule pods';
  const said = diagnosis.forAll ? reasonsOf(diagnosis.forAll.status).join(', ') : histogram(diagnosis.rejections.values()).join(', ');
  const filters = said === '' ? '' : ` ${said}.`;
  const postFilter = diagnosis.postFilterMessage === undefined || diagnosis.postFilterMessage === '' ? '' : ` ${diagnosis.postFilterMessage}`;
  return `0/${diagnosis.nodes} nodes are available:${filters}${postFilter}`;
}

/** `<count> <reason>`, each node counted once for each reason it gave, sorted as strings. */
function histogram(rejections: Iterable<Rejection>): readonly string[] {
  const counts = new Map<string, number>();
  for (const { status } of rejections) {
    for (const reason of new Set(reasonsOf(status))) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
}
