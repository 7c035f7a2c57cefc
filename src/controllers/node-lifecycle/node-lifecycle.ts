import { type Informer, type Lease as LeaseObject } from '../../core/index.js';
import { Lease, Node, Pod } from '../../kinds/index.js';
import type { LoopContext, LoopWork } from '../loop.js';
import { isReady, isTerminal } from '../pod-facts.js';
import { lostAt, lostConditions, observe, readyCondition, type GracePeriods, type NodeHealth } from './health.js';
import { mirroredLabels } from './labels.js';
import { markPodsNotReady } from './pods.js';
import { executionKey, hasExecution, planTaints, type Execution } from './taints.js';
import { Zones, type Shift, type ZoneOptions } from './zones.js';

/** Where node agents keep their leases. */
const leaseNamespace = 'kube-node-lease';
const byNode = 'node-lifecycle/node';

type Settings = GracePeriods & ZoneOptions;

/** The work of one start. Keys are node names. */
export function nodeLifecycle(context: LoopContext, settings: Settings): LoopWork {
  return new NodeLifecycle(context, settings).work();
}

class NodeLifecycle {
  private readonly nodes: Informer<Node>;
  private readonly leases: Informer<LeaseObject>;
  private readonly pods: Informer<Pod, typeof byNode>;
  private readonly health = new Map<string, NodeHealth>();
  private readonly known = new Map<string, Node>();
  private readonly zones: Zones;

  constructor(private readonly context: LoopContext, private readonly settings: Settings) {
    this.nodes = context.informer(Node);
    this.leases = context.informer(Lease, { namespaces: [leaseNamespace] });
    this.pods = context.informer(Pod, { indexers: { [byNode]: (pod) => (pod.spec.nodeName === undefined ? [] : [pod.spec.nodeName]) } });
    this.zones = new Zones(settings);
  }

  work(): LoopWork {
    const subscriptions = [
      this.leases.subscribe(({ deltas }) => {
        // A heartbeat costs one map entry; the node's timer looks at it when it fires (C17).
        for (const delta of deltas) {
          if (delta.type !== 'deleted') this.see(delta.new.metadata.name, { renewTime: delta.new.spec?.renewTime, heartbeat: undefined });
          else if (!this.nodes.cache.peek(delta.old.metadata.name)) this.health.delete(delta.old.metadata.name);
        }
      }),
      this.nodes.subscribe(({ deltas }) => {
        for (const delta of deltas) {
          if (delta.type === 'deleted') { this.context.add(delta.old.metadata.name); continue; }
          const { name } = delta.new.metadata;
          this.see(name, { renewTime: undefined, heartbeat: readyCondition(delta.new)?.lastHeartbeatTime ?? undefined });
          this.context.add(name);
        }
      }),
      this.pods.subscribe(({ deltas }) => {
        for (const delta of deltas) {
          if (delta.type === 'deleted' || delta.new.spec.nodeName === undefined || !isReady(delta.new)) continue;
          // A pod that is bound to a lost node later on is marked as well (C20).
          const node = this.nodes.cache.peek(delta.new.spec.nodeName);
          if (node && readyCondition(node)?.status !== 'True') this.context.add(node.metadata.name);
        }
      }),
    ];
    return {
      subscriptions,
      initial: () => this.nodes.cache.list().map(({ metadata }) => metadata.name),
      run: (name, signal) => this.run(name, signal),
      close: async () => { await Promise.all([this.nodes, this.leases, this.pods].map((informer) => informer[Symbol.asyncDispose]())); },
    };
  }

  private see(name: string, sighting: { readonly renewTime: string | undefined; readonly heartbeat: string | undefined }): void {
    this.health.set(name, observe(this.health.get(name), sighting, this.context.clock.now()));
  }

  private async run(name: string, signal: AbortSignal): Promise<number | undefined> {
    const { client, clock } = this.context;
    const node = await client.get(Node, name);
    if (!node) { this.forget(name); return undefined; }
    const judged = await this.judge(node);
    signal.throwIfAborted();
    this.tell(this.known.get(name), judged);
    this.known.set(name, judged);
    this.shift(this.zones.set(name, judged));
    const tainted = await this.taint(judged);
    if (readyCondition(tainted.node) && readyCondition(tainted.node)?.status !== 'True') {
      const pods = this.pods.cache.byIndex(byNode, name).filter((pod) => isReady(pod) && !isTerminal(pod));
      await markPodsNotReady(this.context, pods);
    }
    const lost = lostConditions(judged, clock.wall()) === undefined ? undefined : lostAt(judged, this.healthOf(judged), this.settings, this.now());
    const times = [lost, tainted.retryAt].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private tell(before: Node | undefined, node: Node): void {
    const { name } = node.metadata;
    const { recorder } = this.context;
    if (!before) recorder.record(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    if (before && readyCondition(before)?.status === 'True' && readyCondition(node)?.status !== 'True') recorder.record(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  }

  private now(): { readonly monotonic: number; readonly wall: number } {
    const { clock } = this.context;
    return { monotonic: clock.now(), wall: clock.wall() };
  }

  private healthOf(node: Node): NodeHealth {
    const { name } = node.metadata;
    const health = this.health.get(name) ?? observe(undefined, { renewTime: undefined, heartbeat: readyCondition(node)?.lastHeartbeatTime ?? undefined }, this.context.clock.now());
    this.health.set(name, health);
    return health;
  }

  /** The node, its conditions Unknown if it has been silent for too long. Rule: C16. */
  private async judge(node: Node): Promise<Node> {
    const { client, clock } = this.context;
    if (clock.now() < lostAt(node, this.healthOf(node), this.settings, this.now())) return node;
    const conditions = lostConditions(node, clock.wall());
    if (!conditions) return node;
    return client.subresource(Node, 'status').patch(node, { metadata: { resourceVersion: node.metadata.resourceVersion }, status: { conditions } });
  }

  /** Taints and labels in one write. Answers when a taint that has to wait may be put. Rules: C18–C24. */
  private async taint(node: Node): Promise<{ readonly node: Node; readonly retryAt: number | undefined }> {
    const { client, clock } = this.context;
    const { name, resourceVersion } = node.metadata;
    const { execution, retryAt } = this.execution(node);
    const taints = planTaints(node, execution, clock.wall());
    const labels = mirroredLabels(node);
    if (!taints && !labels) return { node, retryAt };
    const written = await client.patch(Node, name, {
      metadata: { resourceVersion, ...(labels ? { labels } : {}) },
      ...(taints ? { spec: { taints } } : {}),
    });
    if (execution.type === 'put' && !hasExecution(node)) this.next(this.zones.take(name, clock.now()));
    return { node: written, retryAt };
  }

  private execution(node: Node): { readonly execution: Execution; readonly retryAt: number | undefined } {
    const { name } = node.metadata;
    const key = executionKey(node);
    if (key === undefined || this.zones.allFull) {
      if (key === undefined) this.next(this.zones.leave(name));
      else this.zones.wait(name);
      return { execution: { type: 'remove' }, retryAt: undefined };
    }
    if (hasExecution(node)) return { execution: { type: 'put', key }, retryAt: undefined };
    const at = this.zones.wait(name);
    if (at === undefined || at > this.context.clock.now()) return { execution: { type: 'none' }, retryAt: at };
    return { execution: { type: 'put', key }, retryAt: undefined };
  }

  private shift({ entersFull, leavesFull, changed }: Shift): void {
    if (leavesFull) {
      // Nobody could be heard for a while: silence until now says nothing about a node.
      const now = this.context.clock.now();
      for (const [name, health] of this.health) this.health.set(name, { ...health, signalAt: now });
    }
    if (entersFull || leavesFull) for (const name of this.known.keys()) this.context.add(name);
    for (const name of this.zones.heads(changed)) this.context.add(name);
  }

  private next(name: string | undefined): void {
    if (name !== undefined) this.context.add(name);
  }

  private forget(name: string): void {
    const node = this.known.get(name);
    if (node) this.context.recorder.record(node, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    this.known.delete(name);
    this.health.delete(name);
    this.next(this.zones.leave(name));
    this.shift(this.zones.set(name, undefined));
  }
}
