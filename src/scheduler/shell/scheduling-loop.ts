import { alarm, type Alarm, type Clock, type Logger, longLived, type Metric, toError } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import { wildcard, type Happened } from '../cluster-event.js';
import { Decisions } from '../decisions.js';
import { Attempt, AttemptEnded, type FrameworkPorts } from '../framework/attempt.js';
import { permit, reserve, unreserve, type Permitted } from '../framework/committing.js';
import { messageOf, type Rejection } from '../framework/diagnosis.js';
import type { Profile } from '../framework/profile.js';
import { chooseNode, type Decision } from '../framework/scheduling-cycle.js';
import { PermitRoom } from '../framework/waiting-pods.js';
import type { QueuedPod } from '../queue/queued-pod.js';
import { ready, schedulingQueue, step, type Effect, type Failure, type Input, type QueueSettings, type SchedulingQueue } from '../queue/step.js';
import { ClusterState } from '../state/cluster.js';
import type { NodeInfo } from '../state/node-info.js';
import { isRejection, reasonsOf } from '../status.js';
import { BindingCycle } from './binding-cycle.js';
import { PodGone } from './bind-pod.js';
import { PodReports, type PodEvents } from './pod-reports.js';
import type { PodStatusWriter } from './pod-status-writer.js';
import { Slots } from './slots.js';

/** What the loop reaches out to. */
export interface LoopPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly statuses: PodStatusWriter;
  readonly events: PodEvents;
}

/** One profile and what the queue needs of it. */
export interface LoadedSettings {
  readonly profile: Profile;
  readonly queue: QueueSettings;
  readonly bindLimit: number;
}

/** Other work of the process gets its turn after so many attempts. */
const attemptsBetweenYields = 16;

/**
 * Takes pods from the queue one by one, finds a node for each, and sees it bound. Decides nothing itself: what to do
 * next is the queue's word, which node is the framework's. Rules: K2, K3, K14, K20, K22, K26, K95, K104, K128.
 */
export class SchedulingLoop {
  readonly state = new ClusterState();
  readonly decisions = new Decisions();
  readonly room: PermitRoom;
  readonly queue: SchedulingQueue;
  readonly framework: FrameworkPorts;
  readonly #ports: LoopPorts;
  readonly #attempts = new Map<string, Attempt>();
  readonly #bindings = new Map<string, Promise<void>>();
  readonly #end = longLived();
  readonly #alarm: Alarm;
  readonly #results = new Map<string, number>();
  readonly #slots: Slots;
  readonly #reports: PodReports;
  #settings: LoadedSettings;
  #next: LoadedSettings | undefined;
  #start = 0;
  #leading = false;
  #running: Promise<void> | undefined;
  #bound = 0;

  constructor(settings: LoadedSettings, ports: LoopPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#slots = new Slots(settings.bindLimit);
    this.#reports = new PodReports(ports);
    this.room = new PermitRoom(ports.clock);
    this.queue = schedulingQueue(settings.queue);
    this.#alarm = alarm(ports.clock, this.#end.signal, () => { this.feed({ type: 'tick' }); });
    this.framework = {
      clock: ports.clock, log: ports.log, nominations: this.state.nominations,
      handle: {
        waitingPods: () => this.room.list(),
        // Later, because a plugin may ask for it while the queue is asking the plugin.
        activate: (pods) => { void Promise.resolve().then(() => { this.feed({ type: 'activate', uids: pods.map((pod) => pod.metadata.uid) }); }); },
      },
      pluginFault: (plugin, error, pod) => { this.#reports.pluginFailed(plugin, error, pod); },
    };
  }

  get profile(): Profile {
    return (this.#next ?? this.#settings).profile;
  }

  /** Whether anything is ready, in flight or in back-off. Pods that `permit` holds wait because they were told to. */
  get busy(): boolean {
    const { active, rejected, error, inFlight } = this.queue;
    return (this.#leading && active.size + rejected.size + error.size > 0) || inFlight.size > this.room.list().length || this.#ports.statuses.pending > 0;
  }

  /** Something happened to a waiting pod, or in the cluster. */
  feed(input: Input): void {
    if (this.#end.signal.aborted) return;
    for (const effect of step(this.queue, input, this.#ports.clock.now())) this.#perform(effect);
    this.#wake();
  }

  happened(event: Happened): void {
    this.feed({ type: 'event', event });
  }

  /** The pod went away: its attempt stops at the next await and leaves nothing assumed (K20). */
  podGone(uid: string): void {
    this.#attempts.get(uid)?.abort('the pod was deleted');
    this.room.drop(uid);
    this.state.nominations.delete(uid);
    this.feed({ type: 'delete', uid });
  }

  lead(term: AbortSignal): void {
    if (term.aborted || this.#end.signal.aborted) return;
    this.#leading = true;
    term.addEventListener('abort', () => {
      this.#leading = false;
      if (!this.#end.signal.aborted) this.room.dropAll('leadership ended');
    }, { once: true });
    this.#wake();
  }

  /** Another configuration, from the next attempt on; what is under way ends under the old one. Rule: K128. */
  reload(settings: LoadedSettings): void {
    this.#next = settings;
    if (!this.#running) this.#applyReload();
  }

  /** No more attempts; binds may end until `deadlineMs`, then everything is given up and forgotten. Rule: K104. */
  async stop(deadlineMs: number): Promise<{ readonly drained: number; readonly stuck: readonly Pod[] }> {
    this.#leading = false;
    this.room.dropAll('the scheduler stops');
    const before = this.#bound;
    await this.#until(Promise.all([this.#running, ...this.#bindings.values()]), deadlineMs);
    const stuck = [...this.#attempts.values()].map(({ pod }) => pod);
    for (const attempt of [...this.#attempts.values()]) attempt.abort('the scheduler stops');
    await this.#until(this.#ports.statuses.idle(), deadlineMs);
    this.#end.abort();
    return { drained: this.#bound - before, stuck };
  }

  metrics(): readonly Metric[] {
    const { active, rejected, error, unschedulable } = this.queue;
    const gated = [...unschedulable.values()].filter((entry) => entry.gatedBy !== undefined).length;
    const { profile } = this.#settings;
    const pending = { active: active.size, backoff: rejected.size + error.size, unschedulable: unschedulable.size - gated, gated };
    return [
      { name: 'scheduler_schedule_attempts_total', help: 'Attempts to place pods, by result.', type: 'counter', samples: [...this.#results].map(([result, value]) => ({ labels: { result, profile: profile.name }, value })) },
      { name: 'scheduler_pending_pods', help: 'Pods that are not placed, by place in the queue.', type: 'gauge', samples: Object.entries(pending).map(([queue, value]) => ({ labels: { queue }, value })) },
      { name: 'scheduler_unhinted_plugins', help: 'Plugins that are retried on every event.', type: 'gauge', samples: [{ labels: { profile: profile.name }, value: profile.plugins.filter((plugin) => plugin.unhinted).length }] },
    ];
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'wakeAt': this.#alarm.set(effect.at); return;
      case 'gated': this.#reports.gated(effect.entry.pod, effect.gate); return;
      case 'attempt': return; // only pop gives these, and #run asks for them itself
    }
  }

  #wake(): void {
    if (this.#running || !this.#leading || !ready(this.queue)) return;
    // Not inside the caller: an informer hands over its whole batch before the first pod is looked at.
    this.#running = Promise.resolve().then(() => this.#run()).finally(() => {
      this.#running = undefined;
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    for (let n = 1; this.#leading && ready(this.queue); n++) {
      this.#applyReload();
      const effects = step(this.queue, { type: 'pop' }, this.#ports.clock.now());
      for (const effect of effects) {
        if (effect.type === 'attempt') await this.#attempt(effect.entry);
        else this.#perform(effect);
      }
      if (n % attemptsBetweenYields === 0) await this.#ports.clock.yield();
    }
    this.#applyReload();
  }

  #applyReload(): void {
    if (!this.#next) return;
    this.#settings = this.#next;
    this.#next = undefined;
    this.#slots.limit = this.#settings.bindLimit;
    this.feed({ type: 'reload', settings: this.#settings.queue });
    this.feed({ type: 'event', event: wildcard('Reload') });
  }

  /** One scheduling cycle, up to Permit; the rest goes on by itself. Never throws. */
  async #attempt(entry: QueuedPod): Promise<void> {
    const { pod } = entry;
    if (this.#toSkip(pod)) {
      this.feed({ type: 'done', uid: entry.uid });
      return;
    }
    const { profile } = this.#settings;
    const snapshot = this.state.snapshot();
    const attempt = new Attempt({ pod, number: entry.attempts, profile, snapshot, start: snapshot.nodes.length > 0 ? this.#start % snapshot.nodes.length : 0 }, this.framework);
    this.#attempts.set(entry.uid, attempt);
    try {
      const decision = await chooseNode(attempt);
      attempt.check();
      if (profile.percentageOfNodesToScore < 100) this.#start += decision.lookedAt;
      if (decision.type === 'placed') await this.#commit(attempt, entry, decision);
      else this.#rejected(attempt, decision);
    } catch (thrown) {
      this.#errored(attempt, toError(thrown));
    }
  }

  /** Assume, Reserve, Permit; then the binding cycle, which does not hold up the next pod. Rules: K2, K14, K95. */
  async #commit(attempt: Attempt, entry: QueuedPod, decision: Extract<Decision, { type: 'placed' }>): Promise<void> {
    const { node } = decision;
    if (this.state.placementOf(entry.uid)) {
      this.#over(attempt, 'error', undefined); // bound by somebody else meanwhile
      return;
    }
    this.state.putPod(assumedOn(attempt.pod, node.name), node.name, true);
    this.state.nominations.delete(entry.uid);
    let permitted: Permitted;
    try {
      const rejection = await reserve(attempt, node);
      permitted = rejection ? { type: 'rejected', rejection } : await permit(attempt, node);
      attempt.check();
    } catch (thrown) {
      this.#undo(attempt, node);
      throw thrown;
    }
    if (permitted.type === 'rejected') {
      this.#undo(attempt, node);
      this.#refused(attempt, permitted.rejection);
      return;
    }
    attempt.end(false);
    const cycle = new BindingCycle({ room: this.room, statuses: this.#ports.statuses, slots: this.#slots });
    const binding = cycle.run(attempt, node, permitted).then((end) => {
      this.#settleBinding(attempt, entry, decision, end);
    }).finally(() => { this.#bindings.delete(entry.uid); });
    this.#bindings.set(entry.uid, binding);
  }

  #settleBinding(attempt: Attempt, entry: QueuedPod, decision: Extract<Decision, { type: 'placed' }>, end: Awaited<ReturnType<BindingCycle['run']>>): void {
    const { node } = decision;
    const placement = this.state.placementOf(entry.uid);
    // What the watch shows is true, whatever the answer was (K95, K97).
    const seenOn = placement?.assumed === false ? placement.node : undefined;
    if (end.type === 'bound' || seenOn === node.name) {
      this.#boundTo(attempt, entry, decision);
      return;
    }
    this.#undo(attempt, node);
    if (seenOn !== undefined) {
      this.#over(attempt, 'error', undefined);
      return;
    }
    switch (end.type) {
      case 'rejected': this.#refused(attempt, end.rejection); return;
      case 'preempted': this.#over(attempt, 'unschedulable', { type: 'preempted' }); break;
      case 'failed':
        if (end.error instanceof PodGone) this.#over(attempt, 'error', undefined);
        else this.#errored(attempt, end.error);
        break;
    }
  }

  #boundTo(attempt: Attempt, entry: QueuedPod, { node, scores, choice }: Extract<Decision, { type: 'placed' }>): void {
    const runnerUp = choice?.runnerUp;
    const second = runnerUp === undefined ? undefined : scores?.totals[runnerUp];
    this.decisions.add({
      uid: entry.uid, node: node.name, total: choice?.total, runnerUp: runnerUp === undefined ? undefined : scores?.nodes[runnerUp]?.name,
      margin: second === undefined || choice === undefined ? undefined : choice.total - second, ties: choice?.ties ?? 1, attempt: attempt.number,
      revision: attempt.snapshot.revision, at: this.#ports.clock.wall(),
    });
    this.#bound++;
    this.#reports.bound(attempt.pod, node.name);
    this.#over(attempt, 'scheduled', undefined);
  }

  /** No node would do. Rules: K22, K24, K43. */
  #rejected(attempt: Attempt, decision: Extract<Decision, { type: 'rejected' }>): void {
    const { diagnosis, nominate } = decision;
    if (nominate !== undefined) this.state.nominations.set(attempt.pod, nominate);
    const cleared = nominate ?? (attempt.profile.at('postFilter').length > 0 ? '' : undefined);
    this.#over(attempt, 'unschedulable', { type: 'rejected', rejectedBy: diagnosis.rejectedBy, pendingOn: diagnosis.pendingOn });
    this.#reports.failed(attempt.pod, 'Unschedulable', messageOf(diagnosis), cleared);
  }

  /** A plugin said no after a node was chosen. */
  #refused(attempt: Attempt, { plugin, status }: Rejection): void {
    const pending = isRejection(status) && status.code === 'Pending';
    const by = new Set([plugin]);
    this.#over(attempt, 'unschedulable', { type: 'rejected', rejectedBy: pending ? new Set() : by, pendingOn: pending ? by : new Set() });
    if (this.#isLive(attempt)) this.#reports.failed(attempt.pod, 'Unschedulable', `0/${attempt.snapshot.nodes.length} nodes are available: 1 ${reasonsOf(status).join(', ')}.`);
  }

  /** Rule: K26. */
  #errored(attempt: Attempt, error: Error): void {
    const live = this.#isLive(attempt) && !(error instanceof AttemptEnded);
    this.#over(attempt, 'error', { type: 'error' });
    if (!live) return;
    this.#reports.errored(attempt.pod, error);
  }

  /** Ends the attempt; `failure` sends the pod back to the queue. */
  #over(attempt: Attempt, result: 'scheduled' | 'unschedulable' | 'error', failure: Failure | undefined): void {
    const { uid } = attempt.pod.metadata;
    attempt.end(true);
    if (this.#attempts.get(uid) === attempt) this.#attempts.delete(uid);
    this.#results.set(result, (this.#results.get(result) ?? 0) + 1);
    this.feed(failure ? { type: 'failed', uid, failure } : { type: 'done', uid });
  }

  /** Unreserve and forget: the room is free again, which others may have waited for. Rules: K14, K46, K104. */
  #undo(attempt: Attempt, node: NodeInfo): void {
    unreserve(attempt, node);
    const { uid } = attempt.pod.metadata;
    const placement = this.state.placementOf(uid);
    if (!placement?.assumed) return;
    this.state.removePod(uid);
    this.happened({ resource: 'AssignedPod', actions: ['Delete'], old: placement.pod });
  }

  #isLive({ pod }: Attempt): boolean {
    return this.queue.pods.has(pod.metadata.uid);
  }

  /** Rule: K20. */
  #toSkip(pod: Pod): boolean {
    return pod.metadata.deletionTimestamp !== undefined || (pod.spec.nodeName ?? '') !== '' || this.state.placementOf(pod.metadata.uid) !== undefined;
  }

  /** Resolves with the promise, or at the deadline. */
  #until(work: Promise<unknown>, deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#ports.clock.setTimer(this.#ports.clock.now() + deadlineMs, resolve);
      const done = () => { timer.cancel(); resolve(); };
      work.then(done, done);
    });
  }
}

/** The pod as it will be when it is bound. */
function assumedOn(pod: Pod, nodeName: string): Pod {
  return Object.freeze({ ...pod, spec: Object.freeze({ ...pod.spec, nodeName }) });
}
