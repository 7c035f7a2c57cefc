import { parseTimestamp } from '../core/index.js';
import type { Container, Pod } from '../kinds/index.js';

/** What the runtime shows of one container. Times are wall milliseconds, as its status will have them. */
export type ContainerView =
  /** Never made, or lost with its sandbox. */
  | { readonly state: 'absent' }
  /** Its image is pulled, it is made. */
  | { readonly state: 'creating' }
  | { readonly state: 'running'; readonly startedAtMs: number; readonly isReady: boolean; readonly isStopping: boolean }
  | { readonly state: 'exited'; readonly startedAtMs: number; readonly finishedAtMs: number; readonly exitCode: number };

export interface ContainerRecord {
  readonly name: string;
  view: ContainerView;
  restarts: number;
  /** How it ended before it was started again. */
  last: Extract<ContainerView, { state: 'exited' }> | undefined;
  /** Milliseconds that the next restart waits from the exit; grows with each. */
  backoffMs: number;
}

/** One pod on a node, as wanted and as observed. The shell puts observations in and carries out what `step` answers. */
export interface PodWorker {
  readonly uid: string;
  /** The newest object of this uid. */
  pod: Pod;
  sandbox: 'absent' | 'starting' | 'ready';
  readonly init: readonly ContainerRecord[];
  readonly main: readonly ContainerRecord[];
  /** Why it will never run again, besides its deletion; set once. */
  failure: { readonly reason: string; readonly message: string } | undefined;
}

/** What the runtime is asked for. */
export type Action =
  | { readonly type: 'startSandbox' }
  | { readonly type: 'start'; readonly container: ContainerRecord }
  | { readonly type: 'stop'; readonly container: ContainerRecord; readonly graceMs: number }
  | { readonly type: 'removeSandbox' }
  /** Nothing is left of a pod that is being deleted: tell its last state, then remove the object (N20). */
  | { readonly type: 'finish' };

export interface Step {
  readonly actions: readonly Action[];
  /** Wall time at which to step again without an observation. */
  readonly wakeAtMs: number | undefined;
}

/** Restart delays (N12), in milliseconds. */
export const restartDelays = Object.freeze({ firstMs: 10_000, longestMs: 300_000, forgivenAfterMs: 600_000 });

/** A worker for a pod that nothing runs of yet. `restarts`: what its status already counts, by container. */
export function podWorker(pod: Pod, restarts: ReadonlyMap<string, number> = new Map()): PodWorker {
  const record = ({ name }: Container): ContainerRecord => ({ name, view: { state: 'absent' }, restarts: restarts.get(name) ?? 0, last: undefined, backoffMs: 0 });
  return { uid: pod.metadata.uid, pod, sandbox: 'absent', init: (pod.spec.initContainers ?? []).map(record), main: pod.spec.containers.map(record), failure: undefined };
}

/**
 * The next actions towards what the pod asks for. Pure but for the worker that it is given: the same worker and time
 * give the same actions, and repeated without an observation it asks for nothing twice. Rules: N1, N2, N9–N12, N20.
 */
export function step(worker: PodWorker, nowMs: number): Step {
  const plan = new Plan(nowMs);
  if (isEnding(worker)) end(worker, plan);
  else if (worker.sandbox === 'absent') { worker.sandbox = 'starting'; plan.actions.push({ type: 'startSandbox' }); }
  else if (worker.sandbox === 'ready') run(worker, plan);
  return { actions: plan.actions, wakeAtMs: plan.wakeAtMs };
}

class Plan {
  readonly actions: Action[] = [];
  wakeAtMs: number | undefined;

  constructor(readonly nowMs: number) {}

  wake(atMs: number): void {
    this.wakeAtMs = Math.min(this.wakeAtMs ?? Number.POSITIVE_INFINITY, atMs);
  }
}

function isEnding({ pod, failure }: PodWorker): boolean {
  return pod.metadata.deletionTimestamp !== undefined || failure !== undefined;
}

function end(worker: PodWorker, plan: Plan): void {
  const deadlineMs = worker.pod.metadata.deletionTimestamp === undefined ? plan.nowMs : parseTimestamp(worker.pod.metadata.deletionTimestamp);
  const graceMs = Math.max(0, deadlineMs - plan.nowMs);
  const alive = [...worker.main, ...worker.init].filter(({ view }) => view.state === 'running' || view.state === 'creating');
  for (const container of alive) {
    if (container.view.state === 'creating') container.view = { state: 'absent' };
    else if (container.view.state === 'running' && !container.view.isStopping) {
      container.view = { ...container.view, isStopping: true };
      plan.actions.push({ type: 'stop', container, graceMs });
    }
  }
  if (alive.some(({ view }) => view.state === 'running')) return;
  if (worker.sandbox !== 'absent') {
    worker.sandbox = 'absent';
    plan.actions.push({ type: 'removeSandbox' });
  }
  if (worker.pod.metadata.deletionTimestamp !== undefined) plan.actions.push({ type: 'finish' });
}

/** Init containers one after another, then the others together. Rule: N9. */
function run(worker: PodWorker, plan: Plan): void {
  for (const container of worker.init) {
    const spec = worker.pod.spec.initContainers?.find(({ name }) => name === container.name);
    const isSidecar = spec?.restartPolicy === 'Always';
    keepRunning(worker, container, isSidecar ? 'Always' : worker.pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure', plan);
    const isDone = isSidecar ? container.view.state === 'running' : container.view.state === 'exited' && container.view.exitCode === 0;
    if (isDone) continue;
    if (!isSidecar && container.view.state === 'exited' && worker.pod.spec.restartPolicy === 'Never') {
      worker.failure = { reason: 'InitContainerFailed', message: `init container ${container.name} ended with ${String(container.view.exitCode)}` };
      end(worker, plan);
    }
    return;
  }
  for (const container of worker.main) keepRunning(worker, container, worker.pod.spec.restartPolicy ?? 'Always', plan);
}

/** Starts a container that has not run, or has ended and may run again. Rules: N11, N12. */
function keepRunning(worker: PodWorker, container: ContainerRecord, policy: 'Always' | 'OnFailure' | 'Never', plan: Plan): void {
  const { view } = container;
  if (view.state === 'absent') {
    container.view = { state: 'creating' };
    plan.actions.push({ type: 'start', container });
    return;
  }
  if (view.state !== 'exited' || policy === 'Never' || (policy === 'OnFailure' && view.exitCode === 0)) return;
  if (view.finishedAtMs - view.startedAtMs >= restartDelays.forgivenAfterMs) container.backoffMs = 0;
  const atMs = view.finishedAtMs + container.backoffMs;
  if (plan.nowMs < atMs) { plan.wake(atMs); return; }
  container.backoffMs = container.backoffMs === 0 ? restartDelays.firstMs : Math.min(container.backoffMs * 2, restartDelays.longestMs);
  container.last = view;
  container.restarts++;
  container.view = { state: 'creating' };
  plan.actions.push({ type: 'start', container });
}
