import { draw, parseDuration, type Clock, type Timer } from '../core/index.js';
import type { Pod } from '../kinds/index.js';
import { step, type Action, type ContainerRecord, type PodWorker } from '../node/index.js';

/** Delays of a hollow node, in milliseconds: a fixed part and a random part on top. */
export interface HollowDelays {
  readonly sandbox: Delay;
  /** Pulling an image and making the container. */
  readonly create: Delay;
  /** From the start to the first successful readiness probe, where there is one. */
  readonly ready: Delay;
  /** From the signal to the exit; never longer than the pod's grace. */
  readonly stop: Delay;
  /** From the start of a node to its first Ready. */
  readonly boot: Delay;
}
export interface Delay {
  readonly ms: number;
  readonly jitterMs: number;
}

/** As a small cluster with warm images behaves. Rule: N43 (general). */
export const hollowDelays: HollowDelays = Object.freeze({
  boot: { ms: 200, jitterMs: 800 },
  sandbox: { ms: 200, jitterMs: 600 },
  create: { ms: 800, jitterMs: 2_200 },
  ready: { ms: 500, jitterMs: 1_500 },
  stop: { ms: 200, jitterMs: 1_800 },
});

export interface RuntimePorts {
  readonly clock: Clock;
  readonly seed: number;
  readonly delays: HollowDelays;
  /** The worker has something new to say. */
  changed(worker: PodWorker): void;
  /** Nothing is left of a pod that is being deleted. */
  finished(worker: PodWorker): void;
}

/** How a pod says by annotation that it ends: `1@30s` is exit code 1 after 30 seconds. Rule: N43. */
const exitAnnotation = 'hollow.setpoint.dev/exit';

/**
 * Plays a container runtime for one pod: what a worker asks for comes about after delays that are drawn by the pod's
 * name, so that one more pod changes no other's. Rules: N1, N42.
 */
export class HollowRuntime {
  private readonly timers = new Set<Timer>();
  private wake: Timer | undefined;
  private isOver = false;

  constructor(readonly worker: PodWorker, private readonly ports: RuntimePorts) {}

  /** Takes the worker as far as it goes now. */
  sync(): void {
    if (this.isOver) return;
    const { clock } = this.ports;
    const { actions, wakeAtMs } = step(this.worker, clock.wall());
    for (const action of actions) this.carryOut(action);
    this.wake?.cancel();
    this.wake = wakeAtMs === undefined ? undefined : clock.setTimer(clock.now() + Math.max(0, wakeAtMs - clock.wall()), () => { this.sync(); });
    if (!this.isOver) this.ports.changed(this.worker);
  }

  /** The machine is off, or the pod is no longer its: nothing happens any more. */
  stop(): void {
    this.isOver = true;
    this.wake?.cancel();
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private carryOut(action: Action): void {
    const { worker } = this;
    const { delays } = this.ports;
    switch (action.type) {
      case 'startSandbox':
        this.after('sandbox', delays.sandbox, () => { if (worker.sandbox === 'starting') worker.sandbox = 'ready'; });
        return;
      case 'start':
        this.after(`create/${action.container.name}/${String(action.container.restarts)}`, delays.create, () => { this.started(action.container); });
        return;
      case 'stop':
        this.stopping(action.container, action.graceMs);
        return;
      case 'removeSandbox':
        return;
      case 'finish':
        this.stop();
        this.ports.finished(worker);
        return;
    }
  }

  private started(container: ContainerRecord): void {
    if (container.view.state !== 'creating') return;
    const startedAtMs = this.ports.clock.wall();
    const probe = this.worker.pod.spec.containers.find(({ name }) => name === container.name)?.readinessProbe;
    container.view = { state: 'running', startedAtMs, isReady: probe === undefined, isStopping: false };
    const isSame = () => container.view.state === 'running' && container.view.startedAtMs === startedAtMs;
    if (probe) {
      const { ms, jitterMs } = this.ports.delays.ready;
      this.after(`ready/${container.name}/${String(container.restarts)}`, { ms: ms + (probe.initialDelaySeconds ?? 0) * 1_000, jitterMs }, () => {
        if (isSame() && container.view.state === 'running') container.view = { ...container.view, isReady: true };
      });
    }
    const end = exitOf(this.worker.pod);
    if (end && this.worker.main.includes(container)) this.after(`exit/${container.name}`, { ms: end.afterMs, jitterMs: 0 }, () => { if (isSame()) this.exited(container, end.code); });
    // Init containers do their work at once.
    if (this.worker.init.includes(container) && !this.isSidecar(container)) this.exited(container, 0);
  }

  private isSidecar({ name }: ContainerRecord): boolean {
    return this.worker.pod.spec.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
  }

  private stopping(container: ContainerRecord, graceMs: number): void {
    const { ms, jitterMs } = this.ports.delays.stop;
    this.after(`stop/${container.name}/${String(container.restarts)}`, { ms, jitterMs }, () => { this.exited(container, 0); }, graceMs);
  }

  private exited(container: ContainerRecord, exitCode: number): void {
    const { view } = container;
    if (view.state === 'running') container.view = { state: 'exited', startedAtMs: view.startedAtMs, finishedAtMs: this.ports.clock.wall(), exitCode };
  }

  private after(what: string, { ms, jitterMs }: Delay, observe: () => void, mostMs = Number.POSITIVE_INFINITY): void {
    const { clock, seed } = this.ports;
    const { namespace, name } = this.worker.pod.metadata;
    const delay = Math.min(mostMs, ms + jitterMs * draw(seed, `hollow/${namespace}/${name}/${what}`, 0));
    const timer = clock.setTimer(clock.now() + delay, () => {
      this.timers.delete(timer);
      observe();
      this.sync();
    });
    this.timers.add(timer);
  }
}

function exitOf(pod: Pod): { readonly code: number; readonly afterMs: number } | undefined {
  const parts = /^(\d{1,3})@(.+)$/.exec(pod.metadata.annotations?.[exitAnnotation] ?? '');
  const afterMs = parts ? parseDuration(parts[2] ?? '') : undefined;
  return parts && afterMs !== undefined ? { code: Number(parts[1]), afterMs } : undefined;
}
