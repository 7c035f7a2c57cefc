import { ConfigError, isReason, Lease, runnable, SetpointError, toError, type DrainReport, type Runnable, type RunnableContext, type Running } from '../core/index.js';
import { Node, Pod, type ResourceList } from '../kinds/index.js';
import { HollowNodeActor } from './hollow-node.js';
import { hollowDelays, type HollowDelays } from './hollow-runtime.js';

export interface HollowNodesOptions {
  /** Nodes to register: how many (`hollow-1`, `hollow-2` …), or their names. Default: none. */
  readonly register?: number | readonly string[];
  /** Play every Node object that is there or comes, one made from a manifest for example. Default: only the registered ones. */
  readonly adopt?: boolean;
  /** Of nodes whose object has none. Default: 4 CPUs, 16 GiB, 110 pods. */
  readonly capacity?: ResourceList;
  /** Labels of registered nodes, besides hostname, os and arch. */
  readonly labels?: (name: string) => { readonly [label: string]: string };
  /** In milliseconds; what is left out is as usual. */
  readonly delays?: Partial<HollowDelays>;
}

/** One simulated machine. */
export interface HollowNode {
  readonly name: string;
  readonly state: 'running' | 'crashed' | 'partitioned';
  /** Power off: its heartbeat stops, its containers are gone. */
  crash(): void;
  /** Power on after a crash. */
  restart(): void;
  /** Cut off from the api; its containers run on. */
  partition(): void;
  heal(): void;
}

export interface HollowNodesHandle {
  /** Those that are played now. */
  readonly names: readonly string[];
  /** @throws SetpointError UnknownNode */
  node(name: string): HollowNode;
}

export interface HollowNodes extends Runnable<HollowNodesHandle> {
  /** The names that `count` registered nodes get. */
  names(count: number): readonly string[];
}

const usualCapacity: ResourceList = Object.freeze({ cpu: '4', memory: '16Gi', pods: '110' });
const byNode = 'hollow-nodes/node';

/**
 * Simulated machines: each keeps its lease, posts its status, and runs the pods that are bound to it with delays drawn
 * from the app's randomness, on the app's clock. `app.of(nodes).node('hollow-1').crash()` breaks one.
 *
 * @example
 * const nodes = hollowNodes(3);
 * await using app = await testApp(builtinControllers(), scheduler(), nodes);
 *
 * Rules: N42–N45, C13, C14.
 * @throws ConfigError for a number or names that cannot be.
 */
export function hollowNodes(register: number | readonly string[], options?: Omit<HollowNodesOptions, 'register'>): HollowNodes;
export function hollowNodes(options: HollowNodesOptions): HollowNodes;
export function hollowNodes(first: number | readonly string[] | HollowNodesOptions, rest: Omit<HollowNodesOptions, 'register'> = {}): HollowNodes {
  const options: HollowNodesOptions = typeof first === 'number' || isList(first) ? { ...rest, register: first } : first;
  const { register = 0 } = options;
  if (typeof register === 'number' && !(Number.isInteger(register) && register >= 0)) throw new ConfigError([{ path: 'hollowNodes: register', message: `must be a whole number of at least 0, got ${String(register)}` }]);
  const names = typeof register === 'number' ? namesOf(register) : register;
  if (new Set(names).size < names.length) throw new ConfigError([{ path: 'hollowNodes: register', message: 'names a node twice' }]);
  // Machines do not ask who leads: every one of them is there once, in the app that plays them.
  const part = runnable<HollowNodesHandle>({ name: 'hollow-nodes', kinds: [Node, Pod, Lease], leader: false, start: (context) => new Machines(context, names, options) });
  return Object.assign(part, { names: namesOf });
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `hollow-${String(i + 1)}`);
}

/** All machines of one app: one watch of nodes and one of pods serves them together (N44). */
class Machines implements Running<HollowNodesHandle> {
  readonly handle: HollowNodesHandle;
  private readonly actors = new Map<string, HollowNodeActor>();
  private readonly nodes;
  private readonly pods;
  private readonly subscriptions;
  private made = 0;
  private calls = 0;
  private isLeading = false;

  constructor(private readonly context: RunnableContext, private readonly registered: readonly string[], private readonly options: HollowNodesOptions) {
    this.nodes = context.informer(Node);
    this.pods = context.informer(Pod, { indexers: { [byNode]: (pod) => (pod.spec.nodeName === undefined ? [] : [pod.spec.nodeName]) } });
    const { actors } = this;
    this.handle = {
      get names() { return [...actors.keys()]; },
      node: (name) => this.nodeOf(name),
    };
    this.subscriptions = [
      this.nodes.subscribe(({ deltas }) => {
        for (const delta of deltas) {
          if (delta.type === 'deleted') this.takeOut(delta.old.metadata.name);
          else if (delta.type === 'added') this.play(delta.new.metadata.name);
        }
      }),
      this.pods.subscribe(({ deltas }) => {
        for (const delta of deltas) {
          if (delta.type === 'deleted') { this.actorOf(delta.old)?.forget(delta.old.metadata.uid); continue; }
          if (delta.type === 'updated' && delta.old.metadata.uid !== delta.new.metadata.uid) this.actorOf(delta.old)?.forget(delta.old.metadata.uid);
          this.actorOf(delta.new)?.see(delta.new);
        }
      }),
    ];
  }

  async ready(): Promise<void> {
    await Promise.all([this.nodes.ready(), this.pods.ready()]);
    await Promise.all(this.subscriptions.map((subscription) => subscription.synced()));
  }

  lead(): void {
    this.isLeading = true;
    for (const { metadata } of this.nodes.cache.list()) this.play(metadata.name);
    for (const name of this.registered) void this.register(name);
  }

  busy(): boolean {
    return this.calls > 0;
  }

  async stop(): Promise<DrainReport> {
    this.isLeading = false;
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const actor of this.actors.values()) actor.crash();
    await Promise.all([this.nodes[Symbol.asyncDispose](), this.pods[Symbol.asyncDispose]()]);
    return { drained: 0, dropped: [], stuck: [] };
  }

  /** A Node object of ours, if there is none yet; the watch then has it played. Rule: C13. */
  private async register(name: string): Promise<void> {
    if (this.nodes.cache.peek({ name })) return;
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...this.options.labels?.(name) };
    this.calls++;
    try {
      await this.context.client.create(Node, { metadata: { name, labels }, spec: {} });
    } catch (error) {
      if (isReason(error, 'AlreadyExists') || !this.isLeading) return;
      const cause = toError(error);
      this.context.emit({ type: 'fault', part: 'hollow-nodes', what: `register ${name}`, error: cause instanceof SetpointError ? cause : new SetpointError('RegisterFailed', cause.message, { cause }) });
    } finally {
      this.calls--;
    }
  }

  private play(name: string): void {
    if (!this.isLeading || this.actors.has(name) || !(this.options.adopt === true || this.registered.includes(name))) return;
    const actor = new HollowNodeActor(name, {
      context: this.context, delays: { ...hollowDelays, ...this.options.delays }, capacity: this.options.capacity ?? usualCapacity, index: ++this.made,
      object: () => this.nodes.cache.peek({ name }),
      pods: () => this.pods.cache.byIndex(byNode, name),
      calling: (change) => { this.calls += change; },
    });
    this.actors.set(name, actor);
    actor.start();
  }

  private takeOut(name: string): void {
    this.actors.get(name)?.crash();
    this.actors.delete(name);
  }

  private actorOf(pod: Pod): HollowNodeActor | undefined {
    return pod.spec.nodeName === undefined ? undefined : this.actors.get(pod.spec.nodeName);
  }

  private nodeOf(name: string): HollowNode {
    const actor = this.actors.get(name);
    if (!actor) throw new SetpointError('UnknownNode', `no hollow node ${name} is played here`, { hint: `those played are ${[...this.actors.keys()].join(', ') || 'none'}` });
    return {
      name,
      get state() { return actor.state; },
      crash: () => { actor.crash(); },
      restart: () => { actor.start(); },
      partition: () => { actor.partition(); },
      heal: () => { actor.heal(); },
    };
  }
}
