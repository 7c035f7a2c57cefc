/**
 * Kubernetes' scheduling framework: places pods on nodes, with its default plugins and yours.
 *
 * To start with: `scheduler()`, `scorePlugin` and `filterPlugin`.
 */
export { event, type Change, type ClusterEvent, type ClusterEvents, type Hint } from './cluster-event.js';
export { cycleState, type CycleState, type Slot } from './cycle-state.js';
export type { PlacementRecord } from './decisions.js';
export type { Explanation, ExplainOptions, FilterExplanation, NodeExplanation, NodeGroup, ScoreExplanation } from './explanation.js';
export type { NodeView } from './node-view.js';
export type { SchedulerOptions } from './options.js';
export {
  filterPlugin, Plugin, schedulerPlugin, scorePlugin, type Awaitable, type FilterPlugin, type NodeContext, type NodesContext, type PluginBase, type PluginClass, type PluginHandle,
  type PodContext, type Points, type SchedulerPlugin, type ScorePlugin, type Scoring, type WaitingPod, type WaitingPods,
} from './plugin.js';
export { scheduler, type SchedulerHandle } from './scheduler.js';
export { pending, PluginContractError, PluginFailed, skip, unresolvable, unschedulable, wait, type ExtensionPoint, type Status, type Verdict } from './status.js';
