import { parseTimestamp, timestamp } from '../../core/index.js';
import type { Node, NodeCondition } from '../../kinds/index.js';

/** What is known of a node's signs of life. Times of observation are monotonic milliseconds of our own clock (C15). */
export interface NodeHealth {
  /** When the last sign of life was seen. */
  readonly signalAt: number;
  /** As the node wrote them; compared for change only, so that a wrong clock on the node changes nothing. */
  readonly renewTime: string | undefined;
  readonly heartbeat: string | undefined;
}

/** What was seen now. `renewTime` is that of the node's Lease. */
export interface Sighting {
  readonly renewTime: string | undefined;
  readonly heartbeat: string | undefined;
}

/** A change of either is a sign of life; so is the first sight of a node. Rule: C15. */
export function observe(before: NodeHealth | undefined, seen: Sighting, now: number): NodeHealth {
  const renewed = seen.renewTime !== undefined && seen.renewTime !== before?.renewTime;
  const posted = seen.heartbeat !== undefined && seen.heartbeat !== before?.heartbeat;
  return {
    signalAt: !before || renewed || posted ? now : before.signalAt,
    renewTime: seen.renewTime ?? before?.renewTime,
    heartbeat: seen.heartbeat ?? before?.heartbeat,
  };
}

export function readyCondition(node: Node): NodeCondition | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready');
}

export interface GracePeriods {
  /** Without a sign of life, in milliseconds. */
  readonly nodeMonitorGracePeriod: number;
  /** For a node that never posted a status, from its creation. */
  readonly nodeStartupGracePeriod: number;
}

/** The monotonic time from which on a silent node counts as lost. Rules: C16, C17. */
export function lostAt(node: Node, health: NodeHealth, grace: GracePeriods, now: { readonly monotonic: number; readonly wall: number }): number {
  if (readyCondition(node)) return health.signalAt + grace.nodeMonitorGracePeriod;
  const sinceCreationMs = Math.max(0, now.wall - parseTimestamp(node.metadata.creationTimestamp));
  // Seen for the first time counts from its creation, a lease that is renewed from its renewal.
  const since = health.renewTime === undefined ? now.monotonic - sinceCreationMs : health.signalAt;
  return since + grace.nodeStartupGracePeriod;
}

const judged = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/**
 * The conditions of a node that is silent for too long, or undefined when they say so already. NetworkUnavailable is
 * somebody else's. Rules: C6, C16.
 */
export function lostConditions(node: Node, wallMs: number): readonly NodeCondition[] | undefined {
  const before = node.status?.conditions ?? [];
  const now = timestamp(wallMs);
  let isChanged = false;
  const kept = before.map((condition): NodeCondition => {
    if (!(judged as readonly string[]).includes(condition.type) || condition.status === 'Unknown') return condition;
    isChanged = true;
    return { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: now };
  });
  const added = judged.filter((type) => !before.some((condition) => condition.type === type)).map((type): NodeCondition => ({
    type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.',
    lastHeartbeatTime: node.metadata.creationTimestamp, lastTransitionTime: now,
  }));
  return isChanged || added.length > 0 ? [...kept, ...added] : undefined;
}
