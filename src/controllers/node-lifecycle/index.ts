import type { Runnable } from '../../core/index.js';
import { Lease, Node, Pod } from '../../kinds/index.js';
import { loop, type LoopHandle } from '../loop.js';
import { nodeLifecycle } from './node-lifecycle.js';
import type { GracePeriods } from './health.js';
import type { ZoneOptions } from './zones.js';

/** Times are milliseconds, rates nodes a second; the names are those of kube-controller-manager's flags. */
export interface NodeLifecycleOptions extends Partial<GracePeriods>, Partial<ZoneOptions> {}

export const nodeLifecycleDefaults: GracePeriods & ZoneOptions = Object.freeze({
  nodeMonitorGracePeriod: 50_000,
  nodeStartupGracePeriod: 60_000,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  largeClusterSizeThreshold: 50,
  unhealthyZoneThreshold: 0.55,
});

/** Watches the heartbeats of nodes, and taints those that are not well. Rules: C15–C24. */
export function nodeLifecycleController(o: NodeLifecycleOptions = {}): Runnable<LoopHandle> {
  return loop({
    name: 'node-lifecycle-controller', kinds: [Node, Lease, Pod], concurrency: 8,
    start: (context) => nodeLifecycle(context, { ...nodeLifecycleDefaults, ...o }),
  });
}
