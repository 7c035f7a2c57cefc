import { ConfigError, deepFreeze, Disposed, runnable, type Informer, type InformerSubscription, type Key, keyOf, type Runnable, type RunnableContext, type Running } from '../core/index.js';
import { Node, Pod } from '../kinds/index.js';
import { event } from './cluster-event.js';
import { explain, simulate, type ExplainInput } from './explain.js';
import type { Explanation, ExplainOptions } from './explanation.js';
import { noNodes } from './framework/scheduling-cycle.js';
import { preEnqueue } from './framework/pre-enqueue.js';
import { checkOptions, defaultName, injectedBy, loadProfile, type SchedulerOptions } from './options.js';
import type { WaitingPods } from './plugin.js';
import { prioritySort } from './plugins/priority-sort.js';
import { HintTable } from './queue/hints.js';
import { podBinder } from './shell/bind-pod.js';
import { takeNodes, takePods } from './shell/intake.js';
import { PodStatusWriter } from './shell/pod-status-writer.js';
import { SchedulingLoop, type LoadedSettings } from './shell/scheduling-loop.js';

/** Pods lie unschedulable at most so long without an attempt: upstream's podMaxInUnschedulablePodsDuration (K38). */
const maxUnschedulableMs = 5 * 60_000;

/** What `app.of(scheduler)` gives. Rule: K118. */
export interface SchedulerHandle {
  /** Why a pod is where it is, or where it cannot go; on the cluster as it is now (K119, K120). */
  explain(pod: Pod, o?: ExplainOptions): Promise<Explanation>;
  /** The node that the pod would go to now; undefined: none. Nothing is assumed. */
  simulate(pod: Pod): Promise<string | undefined>;
  /** Another configuration, applied between two attempts; a bad one changes nothing (K128). @throws ConfigError */
  reload(o: SchedulerOptions): Promise<void>;
  /** Pods that `permit` holds (K16). */
  waitingPods(): WaitingPods;
}

/**
 * Places pods on nodes: Kubernetes' scheduling framework with its default plugins and yours. Rules: K1–K132.
 *
 * @example
 * const sched = scheduler({ plugins: [cheapest.with({ capPerHour: 4 })] });
 * await using app = await run(sched);
 *
 * @throws ConfigError for options that cannot be right
 */
export function scheduler(o: SchedulerOptions = {}): Runnable<SchedulerHandle> {
  checkOptions(o);
  const name = o.name ?? defaultName;
  return runnable<SchedulerHandle, readonly unknown[]>({ name, kinds: [Pod, Node], inject: injectedBy(o), start: (context) => new SchedulerPart(o, name, context) });
}

/** The part that runs: informers in, binds and statuses out. Rules: K98, K102, K104. */
class SchedulerPart implements Running<SchedulerHandle> {
  readonly handle: SchedulerHandle;
  readonly #context: RunnableContext;
  readonly #name: string;
  readonly #loop: SchedulingLoop;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #subscriptions: InformerSubscription[] = [];
  #stopped = false;

  constructor(o: SchedulerOptions, name: string, context: RunnableContext) {
    this.#context = context;
    this.#name = name;
    const { client, clock, log, recorder } = context;
    // Loaded before anything is started, so that a bad configuration leaves nothing behind (B89).
    const settings = this.#settings(o);
    this.#pods = context.informer(Pod);
    this.#nodes = context.informer(Node);
    this.#loop = new SchedulingLoop(settings, {
      clock, log,
      statuses: new PodStatusWriter({ client, clock, log }),
      events: { record: (pod, type, reason, message) => { recorder.record(pod, type, reason, message); } },
    });
    this.#subscriptions.push(
      this.#nodes.subscribe((batch) => { takeNodes(this.#loop, batch); }),
      this.#pods.subscribe((batch) => { takePods(this.#loop, name, batch); }),
    );
    this.handle = Object.freeze({
      explain: async (pod: Pod, options: ExplainOptions = {}) => explain(this.#inputOf(pod), options),
      simulate: async (pod: Pod) => simulate(this.#inputOf(pod)),
      reload: async (next: SchedulerOptions) => { this.#reload(next); },
      waitingPods: () => this.#loop.room.list(),
    });
  }

  /** Nodes and pods are known; every pod that has a node counts before the first attempt (K102). */
  async ready(): Promise<void> {
    await Promise.all([this.#pods.ready(), this.#nodes.ready()]);
    await Promise.all(this.#subscriptions.map((subscription) => subscription.synced()));
  }

  lead(term: { readonly signal: AbortSignal }): void {
    this.#loop.lead(term.signal);
  }

  busy(): boolean {
    return this.#loop.busy;
  }

  metrics(): ReturnType<SchedulingLoop['metrics']> {
    return this.#loop.metrics();
  }

  async stop(o: { readonly deadlineMs: number }): Promise<{ readonly drained: number; readonly dropped: readonly Key[]; readonly stuck: readonly Key[] }> {
    if (this.#stopped) return { drained: 0, dropped: [], stuck: [] };
    this.#stopped = true;
    const report = await this.#loop.stop(o.deadlineMs);
    for (const subscription of this.#subscriptions.splice(0)) subscription.unsubscribe();
    await Promise.all([this.#pods[Symbol.asyncDispose](), this.#nodes[Symbol.asyncDispose]()]);
    const stuck = report.stuck.map((pod) => keyOf(pod));
    const dropped = [...this.#loop.queue.pods.values()].map(({ pod }) => keyOf(pod)).filter((key) => !stuck.includes(key));
    return { drained: report.drained, dropped, stuck };
  }

  #settings(o: SchedulerOptions): LoadedSettings {
    const { client, clock } = this.#context;
    const profile = loadProfile(o, this.#context, podBinder(client, clock));
    const { podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = o;
    return {
      profile,
      bindLimit: o.bindLimit ?? 100,
      queue: {
        less: prioritySort,
        gate: (pod, first) => preEnqueue(profile, this.#loop.framework, pod, first),
        hints: new HintTable([...profile.plugins, { name: noNodes, events: [event('Node', 'Add')] }]),
        initialBackoffMs: podInitialBackoffSeconds * 1_000,
        maxBackoffMs: podMaxBackoffSeconds * 1_000,
        maxUnschedulableMs,
      },
    };
  }

  #reload(o: SchedulerOptions): void {
    this.#assertRunning();
    if ((o.name ?? defaultName) !== this.#name) throw new ConfigError([{ path: 'name', message: `a scheduler keeps its name, ${this.#name}` }], { hint: 'run another scheduler beside this one' });
    this.#loop.reload(this.#settings(o));
  }

  /** What is known of the pod, and the cluster as it is now. */
  #inputOf(pod: Pod): ExplainInput {
    this.#assertRunning();
    const { queue, state, framework, decisions, profile } = this.#loop;
    const { uid } = pod.metadata;
    const decision = decisions.of(uid);
    return {
      pod: deepFreeze(pod), profile, ports: framework, snapshot: state.view(), decision,
      placedOn: state.placementOf(uid)?.node ?? pod.spec.nodeName ?? '',
      // The draw that decided for it, or that will.
      attempt: decision?.attempt ?? (queue.pods.get(uid)?.attempts ?? 0) + 1,
    };
  }

  #assertRunning(): void {
    if (this.#stopped) throw new Disposed(`scheduler ${this.#name}`);
  }
}
