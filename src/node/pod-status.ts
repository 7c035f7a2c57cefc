import { timestamp } from '../core/index.js';
import type { Container, ContainerState, ContainerStatus, Pod, PodCondition, PodPhase, PodStatus } from '../kinds/index.js';
import type { ContainerRecord, PodWorker } from './pod-worker.js';

/** What the node adds to what the worker knows. */
export interface NodeFacts {
  /** The runtime's name, which container ids begin with. */
  readonly runtime: string;
  readonly hostIP: string;
  /** Given with the sandbox. */
  readonly podIP: string | undefined;
}

/** What the node says of a pod: a function of what it observes. Rules: N6, N14, N15. */
export function podStatus(worker: PodWorker, node: NodeFacts, wallMs: number): PodStatus {
  const { pod, failure } = worker;
  const before = pod.status ?? {};
  const now = timestamp(wallMs);
  const phase = phaseOf(worker);
  return {
    phase,
    observedGeneration: pod.metadata.generation,
    startTime: before.startTime ?? now,
    hostIP: node.hostIP,
    hostIPs: [{ ip: node.hostIP }],
    ...(node.podIP === undefined ? {} : { podIP: node.podIP, podIPs: [{ ip: node.podIP }] }),
    ...(failure && phase === 'Failed' ? failure : {}),
    conditions: conditions(worker, phase, now),
    ...(worker.init.length > 0 ? { initContainerStatuses: statuses(worker.init, pod.spec.initContainers ?? [], worker, node.runtime) } : {}),
    containerStatuses: statuses(worker.main, pod.spec.containers, worker, node.runtime),
  };
}

function isEnded({ pod, failure }: PodWorker): boolean {
  return pod.metadata.deletionTimestamp !== undefined || failure !== undefined;
}

/** Once Succeeded or Failed a pod stays so (N6). */
function phaseOf(worker: PodWorker): PodPhase {
  const { pod, main, init } = worker;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return pod.status.phase;
  const isOver = ({ view }: ContainerRecord) => {
    if (view.state !== 'exited') return view.state === 'absent' && isEnded(worker);
    if (isEnded(worker)) return true;
    return pod.spec.restartPolicy === 'Never' || (pod.spec.restartPolicy === 'OnFailure' && view.exitCode === 0);
  };
  if (isEnded(worker) && [...main, ...init].every(isOver)) return main.every(({ view }) => view.state === 'exited' && view.exitCode === 0) ? 'Succeeded' : 'Failed';
  if (!isInitialized(worker)) return 'Pending';
  if (main.every(isOver)) return main.every(({ view }) => view.state === 'exited' && view.exitCode === 0) ? 'Succeeded' : 'Failed';
  return main.every(({ view, restarts }) => restarts === 0 && (view.state === 'absent' || view.state === 'creating')) ? 'Pending' : 'Running';
}

function isInitialized({ pod, init }: PodWorker): boolean {
  return init.every(({ name, view }) => {
    const isSidecar = pod.spec.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
    return isSidecar ? view.state === 'running' : view.state === 'exited' && view.exitCode === 0;
  });
}

function conditions(worker: PodWorker, phase: PodPhase, now: string): readonly PodCondition[] {
  const { pod, main } = worker;
  const before = pod.status?.conditions ?? [];
  const initialized = isInitialized(worker) || phase === 'Succeeded';
  const unready = main.filter(({ view }) => !(view.state === 'running' && view.isReady)).map(({ name }) => name);
  const gates = (pod.spec.readinessGates ?? []).filter(({ conditionType }) => before.find(({ type }) => type === conditionType)?.status !== 'True');
  const notReady = phase === 'Succeeded' ? { reason: 'PodCompleted' } : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const containersReady = unready.length === 0;
  const made: readonly PodCondition[] = [
    condition('PodReadyToStartContainers', worker.sandbox === 'ready', {}),
    condition('Initialized', initialized, initialized ? {} : { reason: 'ContainersNotInitialized', message: 'containers with incomplete status' }),
    condition('Ready', containersReady && gates.length === 0, containersReady ? (gates.length === 0 ? {} : { reason: 'ReadinessGatesNotReady', message: 'the status of pod readiness gates is not True' }) : notReady),
    condition('ContainersReady', containersReady, containersReady ? {} : notReady),
  ].map((next): PodCondition => {
    const old = before.find(({ type }) => type === next.type);
    return { ...next, lastTransitionTime: old?.status === next.status && old.lastTransitionTime ? old.lastTransitionTime : now };
  });
  // PodScheduled is the binding's, others are whoever's wrote them.
  const foreign = before.filter(({ type }) => !made.some((own) => own.type === type));
  return [...made, ...foreign];
}

function condition(type: string, isTrue: boolean, why: { readonly reason?: string; readonly message?: string }): PodCondition {
  return { type, status: isTrue ? 'True' : 'False', lastProbeTime: null, ...why };
}

function statuses(records: readonly ContainerRecord[], specs: readonly Container[], worker: PodWorker, runtime: string): readonly ContainerStatus[] {
  return records.map((record) => {
    const { view, last } = record;
    const spec = specs.find(({ name }) => name === record.name);
    const image = spec?.image ?? '';
    return {
      name: record.name, image, imageID: view.state === 'running' || view.state === 'exited' ? image : '',
      ready: view.state === 'running' ? view.isReady : records === worker.init && view.state === 'exited' && view.exitCode === 0,
      started: view.state === 'running', restartCount: record.restarts,
      state: stateOf(record, worker),
      lastState: last ? { terminated: terminated(last) } : {},
      ...(view.state === 'running' || view.state === 'exited' ? { containerID: `${runtime}://${worker.uid}/${record.name}/${String(record.restarts)}` } : {}),
    };
  });
}

function stateOf({ view, backoffMs, restarts }: ContainerRecord, worker: PodWorker): ContainerState {
  switch (view.state) {
    case 'absent': return { waiting: { reason: worker.init.length > 0 && !isInitialized(worker) ? 'PodInitializing' : 'ContainerCreating' } };
    case 'creating': return { waiting: { reason: 'ContainerCreating' } };
    case 'running': return { running: { startedAt: timestamp(view.startedAtMs) } };
    case 'exited': {
      const waits = backoffMs > 0 && restarts > 0 && !isEnded(worker) && worker.pod.spec.restartPolicy !== 'Never' && !(worker.pod.spec.restartPolicy === 'OnFailure' && view.exitCode === 0);
      return waits ? { waiting: { reason: 'CrashLoopBackOff' } } : { terminated: terminated(view) };
    }
  }
}

function terminated({ startedAtMs, finishedAtMs, exitCode }: Extract<ContainerRecord['view'], { state: 'exited' }>): NonNullable<ContainerState['terminated']> {
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: timestamp(startedAtMs), finishedAt: timestamp(finishedAtMs) };
}

/** Whether a write of `next` would say nothing new. Rule: N6. */
export function saysSame(pod: Pod, next: PodStatus, equal: (a: unknown, b: unknown) => boolean): boolean {
  const before = pod.status ?? {};
  return Object.entries(next).every(([field, value]) => equal(before[field as keyof PodStatus], value));
}
