import { unreachable } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import { wildcard, type Happened } from '../cluster-event.js';
import type { Status } from '../status.js';
import { backoffMs, type BackoffSettings } from './backoff.js';
import { targetPodEvent } from './changes.js';
import { Heap } from './heap.js';
import { judge, type HintTable, type Requeue } from './hints.js';
import { InFlight } from './in-flight.js';
import { queuedPod, type QueuedPod } from './queued-pod.js';

/** Why a pod may not even be tried: the plugin and what it said. */
export interface Gate {
  readonly plugin: string;
  readonly status: Status;
}

/** What the queue asks the profile for; pure functions all. */
export interface QueueSettings extends BackoffSettings {
  /** QueueSort (K34). */
  less(a: QueuedPod, b: QueuedPod): boolean;
  /** PreEnqueue: who keeps the pod out, `first` being asked before the others (K44). */
  gate(pod: Pod, first: string | undefined): Gate | undefined;
  readonly hints: HintTable;
  /** How long a pod may lie unschedulable before it is tried without an event (K38). */
  readonly maxUnschedulableMs: number;
}

/** How an attempt ended that did not bind the pod. */
export type Failure =
  | { readonly type: 'rejected'; readonly rejectedBy: ReadonlySet<string>; readonly pendingOn: ReadonlySet<string> }
  | { readonly type: 'error' }
  /** Its room was taken while it waited; not counted against it (K16). */
  | { readonly type: 'preempted' };

/** What can happen. Times are monotonic milliseconds. */
export type Input =
  | { readonly type: 'add'; readonly pod: Pod }
  | { readonly type: 'update'; readonly pod: Pod }
  | { readonly type: 'delete'; readonly uid: string }
  | { readonly type: 'event'; readonly event: Happened }
  | { readonly type: 'pop' }
  | { readonly type: 'failed'; readonly uid: string; readonly failure: Failure }
  /** Bound, or no longer ours. */
  | { readonly type: 'done'; readonly uid: string }
  | { readonly type: 'activate'; readonly uids: readonly string[] }
  | { readonly type: 'tick' }
  /** Another configuration; what lies in the queue stays (K128). */
  | { readonly type: 'reload'; readonly settings: QueueSettings };

/** What the shell is asked to do, in order. */
export type Effect =
  /** Try to place this pod now. */
  | { readonly type: 'attempt'; readonly entry: QueuedPod }
  /** A pod was found gated. */
  | { readonly type: 'gated'; readonly entry: QueuedPod; readonly gate: Gate }
  /** Feed a tick then; undefined: none needed. */
  | { readonly type: 'wakeAt'; readonly at: number | undefined };

/** Unschedulable pods are looked through this often (K38). */
const flushEveryMs = 30_000;
/** Back-offs end on these boundaries (K36, K37). */
const secondMs = 1_000;

/** Everything the queue knows. Made by `schedulingQueue`, changed by `step` only. */
export interface SchedulingQueue {
  settings: QueueSettings;
  active: Heap<QueuedPod>;
  rejected: Heap<QueuedPod>;
  readonly error: Heap<QueuedPod>;
  /** By uid, the one that lies longest first. */
  readonly unschedulable: Map<string, QueuedPod>;
  /** Those in `unschedulable` by each plugin whose events concern them, so that an event looks at no others (K45). */
  readonly byPlugin: Map<string, Set<QueuedPod>>;
  readonly inFlight: InFlight;
  readonly pods: Map<string, QueuedPod>;
  sequence: number;
  wakeAt: number | undefined;
}

export function schedulingQueue(settings: QueueSettings): SchedulingQueue {
  return {
    settings, active: new Heap(settings.less), rejected: new Heap(rejectedOrder(settings)),
    error: new Heap((a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence)),
    unschedulable: new Map(), byPlugin: new Map(), inFlight: new InFlight(), pods: new Map(), sequence: 0, wakeAt: undefined,
  };
}

/**
 * Pure but for `q` and the settings' functions: no I/O, clock or timer inside; the same calls give the same effects.
 * Rules: K33–K49.
 */
export function step(q: SchedulingQueue, input: Input, now: number): readonly Effect[] {
  const effects: Effect[] = [];
  switch (input.type) {
    case 'add': put(q, input.pod, now, effects); break;
    case 'update': put(q, input.pod, now, effects); break;
    case 'delete': remove(q, input.uid); break;
    case 'event': happen(q, input.event, now, effects); break;
    case 'pop': pop(q, effects); break;
    case 'failed': fail(q, input.uid, input.failure, now, effects); break;
    case 'done': if (q.inFlight.get(input.uid)) remove(q, input.uid); break;
    case 'activate': activate(q, input.uids, now, effects); break;
    case 'tick': tick(q, now, effects); break;
    case 'reload': reload(q, input.settings); break;
    default: return unreachable(input);
  }
  const at = nextWake(q);
  if (at !== q.wakeAt || input.type === 'tick') {
    q.wakeAt = at;
    effects.push({ type: 'wakeAt', at });
  }
  return effects;
}

/** Whether `pop` would give a pod: an active one, or one that only waits for its back-off (K36). */
export function ready(q: SchedulingQueue): boolean {
  return q.active.size + q.rejected.size > 0;
}

function put(q: SchedulingQueue, pod: Pod, now: number, effects: Effect[]): void {
  const known = q.pods.get(pod.metadata.uid);
  if (known) {
    change(q, known, pod, now, effects);
    return;
  }
  const entry = queuedPod(pod, q.sequence++, now);
  q.pods.set(entry.uid, entry);
  enter(q, entry, 'now', now, effects);
}

function change(q: SchedulingQueue, entry: QueuedPod, pod: Pod, now: number, effects: Effect[]): void {
  const old = entry.pod;
  entry.pod = pod;
  const event = targetPodEvent(old, pod);
  switch (entry.place) {
    case 'inFlight':
      if (event) q.inFlight.note(event);
      return;
    case 'unschedulable': {
      // An update that no plugin asked for changes nothing (K42).
      if (!event) return;
      const answer = judge(entry, event, q.settings.hints.of(event));
      if (answer !== 'stay') requeue(q, entry, answer, now, effects);
      return;
    }
    case 'active': q.active.fix(entry); return;
    case 'rejected': q.rejected.fix(entry); return;
    case 'error': return;
    default: unreachable(entry.place);
  }
}

function happen(q: SchedulingQueue, event: Happened, now: number, effects: Effect[]): void {
  q.inFlight.note(event);
  const registrations = q.settings.hints.of(event);
  for (const entry of concerned(q, event)) {
    const answer = judge(entry, event, registrations);
    if (answer !== 'stay') requeue(q, entry, answer, now, effects);
  }
}

/** Only pods that a plugin with a registration for the event rejected (K39, K45). */
function concerned(q: SchedulingQueue, event: Happened): Iterable<QueuedPod> {
  if (event.resource === 'Wildcard') return [...q.unschedulable.values()];
  const found = new Set<QueuedPod>();
  for (const { plugin } of q.settings.hints.of(event)) {
    for (const entry of q.byPlugin.get(plugin) ?? []) found.add(entry);
  }
  return found;
}

/** From `unschedulable` on, after an event. */
function requeue(q: SchedulingQueue, entry: QueuedPod, how: Exclude<Requeue, 'stay'>, now: number, effects: Effect[]): void {
  takeOut(q, entry);
  enter(q, entry, how, now, effects);
}

/** Into `active` or its back-off, unless PreEnqueue keeps it out (K36, K44). */
function enter(q: SchedulingQueue, entry: QueuedPod, how: Exclude<Requeue, 'stay'>, now: number, effects: Effect[]): void {
  const gate = q.settings.gate(entry.pod, entry.gatedBy);
  if (gate) {
    const changed = entry.gatedBy !== gate.plugin;
    entry.gatedBy = gate.plugin;
    entry.rejectedBy = new Set([gate.plugin]);
    entry.pendingOn = new Set();
    layDown(q, entry, now);
    if (changed) effects.push({ type: 'gated', entry, gate });
    return;
  }
  entry.gatedBy = undefined;
  entry.dueAt = alignDown(entry.enteredAt + backoffMs(entry.rejections, q.settings));
  if (how === 'afterBackoff' && entry.dueAt > now) {
    entry.place = 'rejected';
    q.rejected.push(entry);
  } else {
    entry.place = 'active';
    q.active.push(entry);
  }
}

function layDown(q: SchedulingQueue, entry: QueuedPod, now: number): void {
  entry.place = 'unschedulable';
  entry.lyingSince = now;
  q.unschedulable.set(entry.uid, entry);
  for (const plugin of new Set([...entry.rejectedBy, ...entry.pendingOn])) {
    const entries = q.byPlugin.get(plugin);
    if (entries) entries.add(entry);
    else q.byPlugin.set(plugin, new Set([entry]));
  }
}

function pop(q: SchedulingQueue, effects: Effect[]): void {
  const entry = q.active.pop() ?? q.rejected.pop();
  if (!entry) return;
  entry.place = 'inFlight';
  entry.attempts++;
  entry.rejectedBy = new Set();
  entry.pendingOn = new Set();
  entry.activate = false;
  q.inFlight.take(entry);
  effects.push({ type: 'attempt', entry });
}

function fail(q: SchedulingQueue, uid: string, failure: Failure, now: number, effects: Effect[]): void {
  const entry = q.inFlight.get(uid);
  if (!entry) return;
  const since = q.inFlight.end(uid);
  entry.enteredAt = now;
  switch (failure.type) {
    case 'error':
      entry.errors++;
      entry.place = 'error';
      entry.dueAt = now + backoffMs(entry.errors, q.settings);
      if (entry.activate) enter(q, entry, 'now', now, effects);
      else q.error.push(entry);
      return;
    case 'preempted':
      entry.errors = 0;
      enter(q, entry, 'now', now, effects);
      return;
    case 'rejected': {
      entry.errors = 0;
      entry.rejections++;
      entry.rejectedBy = failure.rejectedBy;
      entry.pendingOn = failure.pendingOn;
      const answer = entry.activate ? 'now' : replay(q, entry, since);
      if (answer === 'stay') layDown(q, entry, now);
      else enter(q, entry, answer, now, effects);
      return;
    }
    default: unreachable(failure);
  }
}

/** What happened while the pod was in flight, judged as if it had lain there already (K40). */
function replay(q: SchedulingQueue, entry: QueuedPod, events: readonly Happened[]): Requeue {
  let answer: Requeue = 'stay';
  for (const event of events) {
    const one = judge(entry, event, q.settings.hints.of(event));
    if (one === 'now') return one;
    if (one !== 'stay') answer = one;
  }
  return answer;
}

function activate(q: SchedulingQueue, uids: readonly string[], now: number, effects: Effect[]): void {
  for (const uid of uids) {
    const entry = q.pods.get(uid);
    if (!entry) continue;
    if (entry.place === 'inFlight') entry.activate = true;
    else if (entry.place !== 'active') requeue(q, entry, 'now', now, effects);
  }
}

function tick(q: SchedulingQueue, now: number, effects: Effect[]): void {
  // Whatever ends within one second moves together, at its end (K37).
  const boundary = alignDown(now);
  for (const heap of [q.rejected, q.error]) {
    for (let head = heap.peek(); head && head.dueAt <= boundary; head = heap.peek()) {
      heap.pop();
      enter(q, head, 'now', now, effects);
    }
  }
  const event = wildcard('UnschedulableTimeout');
  for (const entry of [...q.unschedulable.values()]) {
    if (now - entry.lyingSince <= q.settings.maxUnschedulableMs) break;
    const answer = judge(entry, event, []);
    if (answer !== 'stay') requeue(q, entry, answer, now, effects);
  }
}

function reload(q: SchedulingQueue, settings: QueueSettings): void {
  const active = [...q.active.values()];
  const rejected = [...q.rejected.values()];
  q.settings = settings;
  q.active = new Heap(settings.less);
  q.rejected = new Heap(rejectedOrder(settings));
  for (const entry of active) q.active.push(entry);
  for (const entry of rejected) q.rejected.push(entry);
}

/** Out of wherever it lies. */
function takeOut(q: SchedulingQueue, entry: QueuedPod): void {
  switch (entry.place) {
    case 'active': q.active.delete(entry); return;
    case 'rejected': q.rejected.delete(entry); return;
    case 'error': q.error.delete(entry); return;
    case 'inFlight': q.inFlight.end(entry.uid); return;
    case 'unschedulable':
      q.unschedulable.delete(entry.uid);
      for (const plugin of [...entry.rejectedBy, ...entry.pendingOn]) {
        const entries = q.byPlugin.get(plugin);
        entries?.delete(entry);
        if (entries?.size === 0) q.byPlugin.delete(plugin);
      }
      return;
    default: unreachable(entry.place);
  }
}

function remove(q: SchedulingQueue, uid: string): void {
  const entry = q.pods.get(uid);
  if (!entry) return;
  takeOut(q, entry);
  q.pods.delete(uid);
}

/** The first second at which a back-off has ended, or the first look through the unschedulable that finds something. */
function nextWake(q: SchedulingQueue): number | undefined {
  const times: number[] = [];
  for (const head of [q.rejected.peek(), q.error.peek()]) {
    if (head) times.push(alignUp(head.dueAt, secondMs));
  }
  const oldest = q.unschedulable.values().next().value;
  // One more millisecond: only *more* than the limit is too long.
  if (oldest) times.push(alignUp(oldest.lyingSince + q.settings.maxUnschedulableMs + 1, flushEveryMs));
  return times.length > 0 ? Math.min(...times) : undefined;
}

function rejectedOrder({ less }: QueueSettings): (a: QueuedPod, b: QueuedPod) => boolean {
  return (a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && less(a, b));
}

function alignDown(at: number): number {
  return Math.floor(at / secondMs) * secondMs;
}

function alignUp(at: number, toMs: number): number {
  return Math.ceil(at / toMs) * toMs;
}
