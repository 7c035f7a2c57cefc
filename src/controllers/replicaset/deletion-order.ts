import { parseTimestamp } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import { isReady, readySince } from '../pod-facts.js';

/** What a pod is judged by, each number so that the smaller dies first. */
type Rank = readonly (number | string)[];

const phases: { readonly [phase: string]: number } = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The pods in the order in which they go, first to go first. `related` are the active pods of all sets of the family,
 * which make a node crowded; `nowMs` is wall time, taken once for a whole pass. Rule: C36.
 */
export function deletionOrder(pods: readonly Pod[], related: readonly Pod[], nowMs: number): readonly Pod[] {
  const crowd = new Map<string, number>();
  for (const pod of related) crowd.set(pod.spec.nodeName ?? '', (crowd.get(pod.spec.nodeName ?? '') ?? 0) + 1);
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod, crowd.get(pod.spec.nodeName ?? '') ?? 0, nowMs) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ pod }) => pod);
}

function rankOf(pod: Pod, crowd: number, nowMs: number): Rank {
  const [regular, sidecar] = restarts(pod);
  return [
    (pod.spec.nodeName ?? '') === '' ? 0 : 1,
    phases[pod.status?.phase ?? ''] ?? 0,
    isReady(pod) ? 1 : 0,
    deletionCost(pod),
    -crowd,
    // Only two Ready pods are told apart by it; rule 3 has parted them from the others already.
    isReady(pod) ? ageBucket(readySince(pod), nowMs) : 0,
    -regular,
    -sidecar,
    ageBucket(parseTimestamp(pod.metadata.creationTimestamp), nowMs),
    pod.metadata.uid,
  ];
}

function compare(a: Rank, b: Rank): number {
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** floor(log₂(age in ns)), so that ages of one order count as equal; the unknown dies before the young. */
function ageBucket(sinceMs: number | undefined, nowMs: number): number {
  if (sinceMs === undefined || Number.isNaN(sinceMs)) return -2;
  const ageMs = nowMs - sinceMs;
  return ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1;
}

/** An int32 in an annotation; absent or malformed counts as 0. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '0';
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -2_147_483_648 && cost <= 2_147_483_647 ? cost : 0;
}

/** The highest restart counts of regular containers and of sidecars. */
function restarts(pod: Pod): readonly [number, number] {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const most = (counts: readonly number[]) => counts.reduce((a, b) => Math.max(a, b), 0);
  return [
    most((pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    most((pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)).map(({ restartCount }) => restartCount)),
  ];
}
