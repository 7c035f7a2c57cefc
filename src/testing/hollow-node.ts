import { Aborted, compareVersions, draw, equal, isReason, keyOf, Lease, longLived, microTimestamp, type RunnableContext, type Timer, timestamp } from '../core/index.js';
import { Node, Pod, type NodeCondition, type NodeStatus, type ResourceList } from '../kinds/index.js';
import { podStatus, podWorker, saysSame, type PodWorker } from '../node/index.js';
import { HollowRuntime, type HollowDelays } from './hollow-runtime.js';

/** How often a node says that it lives, in milliseconds (C14). */
const renewMs = 10_000;
const renewJitter = 0.04;
const statusEveryMs = 300_000;
const leaseSeconds = 40;
const triesPerUpdate = 5;
/** Between tries of a write that failed. */
const retry = { firstMs: 200, longestMs: 7_000 };
export const leaseNamespace = 'kube-node-lease';

export interface HollowNodePorts {
  readonly context: RunnableContext;
  readonly delays: HollowDelays;
  readonly capacity: ResourceList;
  /** A number of its own, which its addresses are made of. */
  readonly index: number;
  /** The newest Node object, and the pods bound to it. */
  readonly object: () => Node | undefined;
  readonly pods: () => readonly Pod[];
  /** A call of the api begins or ends. */
  readonly calling: (change: 1 | -1) => void;
}

interface Placed {
  readonly runtime: HollowRuntime;
  podIP: string | undefined;
  isWriting: boolean;
  isDirty: boolean;
  /** Nothing is left of it but its object. */
  isFinished: boolean;
}

/** One machine with its agent: heartbeat, Node status, and the pods that are bound to it. Rules: N3, N6, C14. */
export class HollowNodeActor {
  private readonly placed = new Map<string, Placed>();
  private readonly timers = new Set<Timer>();
  private life = longLived();
  private isOnline = false;
  private isOn = false;
  private isUp = false;
  private boots = 0;
  private beats = 0;
  private addresses = 0;
  private postedAt = Number.NEGATIVE_INFINITY;
  private isPosting = false;

  constructor(readonly name: string, private readonly ports: HollowNodePorts) {}

  get state(): 'running' | 'crashed' | 'partitioned' {
    return !this.isOn ? 'crashed' : this.isOnline ? 'running' : 'partitioned';
  }

  /** Boots: some time later it posts its status, and runs what is bound to it. */
  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.isOnline = true;
    this.life = longLived();
    const { boot } = this.ports.delays;
    this.after(boot.ms + boot.jitterMs * this.drawn('boot', this.boots++), () => {
      this.isUp = true;
      this.beat();
      for (const pod of this.ports.pods()) this.see(pod);
    });
  }

  /** The machine is off: no heartbeat, no status, and its containers are gone. */
  crash(): void {
    if (!this.isOn) return;
    this.isOn = false;
    this.isUp = false;
    this.isOnline = false;
    this.life.abort(new Aborted(`hollow node ${this.name}`));
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    for (const { runtime } of this.placed.values()) runtime.stop();
    this.placed.clear();
    this.postedAt = Number.NEGATIVE_INFINITY;
  }

  /** The network is cut: containers go on, nobody hears of it. */
  partition(): void {
    if (this.isOn) this.isOnline = false;
  }

  heal(): void {
    if (!this.isOn || this.isOnline) return;
    this.isOnline = true;
    this.postedAt = Number.NEGATIVE_INFINITY;
    void this.renew();
    void this.post();
    const bound = new Set(this.ports.pods().map(({ metadata }) => metadata.uid as string));
    for (const uid of this.placed.keys()) if (!bound.has(uid)) this.forget(uid);
    for (const pod of this.ports.pods()) this.see(pod);
    for (const placed of this.placed.values()) void this.flush(placed);
  }

  /** A pod that is bound to this node, as it is now. */
  see(pod: Pod): void {
    if (!this.isOnline || !this.isUp) return;
    const known = this.placed.get(pod.metadata.uid);
    if (known) {
      const { worker } = known.runtime;
      if ((compareVersions(pod.metadata.resourceVersion, worker.pod.metadata.resourceVersion) ?? 1) > 0) worker.pod = pod;
      known.runtime.sync();
      return;
    }
    const isEnded = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (isEnded && pod.metadata.deletionTimestamp === undefined) return;
    // Another pod under the same name: its containers make way.
    for (const [uid, { runtime }] of this.placed) if (keyOf(runtime.worker.pod) === keyOf(pod)) this.forget(uid);
    const restarts = new Map((pod.status?.containerStatuses ?? []).filter(({ containerID }) => containerID !== undefined).map(({ name, restartCount }) => [name, restartCount + 1]));
    const placed: Placed = {
      podIP: undefined, isWriting: false, isDirty: false, isFinished: false,
      runtime: new HollowRuntime(podWorker(pod, restarts), {
        clock: this.ports.context.clock, seed: this.ports.context.random.seed, delays: this.ports.delays,
        changed: () => { void this.flush(placed); },
        finished: () => { placed.isFinished = true; void this.flush(placed); },
      }),
    };
    this.placed.set(pod.metadata.uid, placed);
    placed.runtime.sync();
  }

  /** The object of a pod is gone: what still runs of it is ended (N21). */
  forget(uid: string): void {
    this.placed.get(uid)?.runtime.stop();
    this.placed.delete(uid);
  }

  /** Lease and status, and again after ten seconds. Rule: C14. */
  private beat(): void {
    this.beats++;
    void this.renew();
    void this.post();
    this.after(renewMs * (1 + renewJitter * this.drawn('beat', this.beats)), () => { this.beat(); });
  }

  private renew(): Promise<void> {
    return this.call(async (signal) => {
      const { client, clock } = this.ports.context;
      const renewTime = microTimestamp(clock.wall());
      const spec = { holderIdentity: this.name, leaseDurationSeconds: leaseSeconds, renewTime };
      try {
        await client.patch(Lease, { name: this.name, namespace: leaseNamespace }, { spec }, { signal });
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
        const node = this.ports.object();
        // Without a Node the lease would have no owner, and nobody would ever collect it.
        if (!node) return;
        const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: this.name, uid: node.metadata.uid }];
        await client.create(Lease, { metadata: { name: this.name, namespace: leaseNamespace, ownerReferences }, spec }, { signal });
      }
    });
  }

  /** The Node's status, when it says something new or was not told for five minutes. Rule: C14. */
  private async post(): Promise<void> {
    if (this.isPosting) return;
    this.isPosting = true;
    for (let tries = 0; tries < triesPerUpdate && !await this.postOnce(); tries++) await this.pause(retry.firstMs);
    this.isPosting = false;
  }

  /** False when somebody else wrote in between. */
  private async postOnce(): Promise<boolean> {
    let isTold = true;
    await this.call(async (signal) => {
      const { client, clock } = this.ports.context;
      const node = this.ports.object();
      if (!node) return;
      const { uid, resourceVersion } = node.metadata;
      const status = nodeStatus(node, { capacity: this.ports.capacity, hostIP: this.hostIP, wallMs: clock.wall() });
      if (clock.now() - this.postedAt < statusEveryMs && equal(withoutTimes(status), withoutTimes({ ...node.status }))) return;
      try {
        await client.subresource(Node, 'status').patch(this.name, { metadata: { uid, resourceVersion }, status }, { signal });
        this.postedAt = clock.now();
      } catch (error) {
        if (!isReason(error, 'Conflict')) throw error;
        isTold = false;
      }
    });
    return isTold;
  }

  /** At most one write in flight for a pod; what changed meanwhile is told after it. Rule: N6. */
  private async flush(placed: Placed): Promise<void> {
    placed.isDirty = true;
    if (placed.isWriting) return;
    placed.isWriting = true;
    const { worker } = placed.runtime;
    while (placed.isDirty && this.isOnline && this.placed.get(worker.uid) === placed) {
      placed.isDirty = false;
      if (worker.sandbox === 'ready') placed.podIP ??= this.nextAddress();
      const status = podStatus(worker, { runtime: 'hollow', hostIP: this.hostIP, podIP: placed.podIP }, this.ports.context.clock.wall());
      if (!saysSame(worker.pod, status, equal)) await this.call((signal) => this.write(placed, status, signal));
    }
    placed.isWriting = false;
    if (placed.isFinished && !placed.isDirty && this.isOnline && this.placed.get(worker.uid) === placed) await this.remove(worker);
  }

  private async write(placed: Placed, status: Pod['status'] & object, signal: AbortSignal): Promise<void> {
    const { worker } = placed.runtime;
    const { uid, resourceVersion } = worker.pod.metadata;
    try {
      const written = await this.ports.context.client.subresource(Pod, 'status').patch(worker.pod, { metadata: { uid, resourceVersion }, status }, { signal });
      if ((compareVersions(written.metadata.resourceVersion, worker.pod.metadata.resourceVersion) ?? 1) > 0) worker.pod = written;
    } catch (error) {
      if (isReason(error, 'NotFound')) { this.forget(uid); return; }
      // Somebody else wrote: the watch brings that version, and has us say it again.
      if (!isReason(error, 'Conflict')) throw error;
      if (worker.pod.metadata.resourceVersion !== resourceVersion) placed.isDirty = true;
    }
  }

  /** Its last status is told, so the object goes: it outlives what ran of it. Rule: N20. */
  private async remove(worker: PodWorker): Promise<void> {
    await this.call(async (signal) => {
      try {
        await this.ports.context.client.delete(Pod, worker.pod, { gracePeriodSeconds: 0, preconditions: { uid: worker.uid }, signal });
      } catch (error) {
        if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
      }
      this.forget(worker.uid);
    });
  }

  /** Calls the api until it works, the machine dies or the network is cut; never rejects. */
  private async call(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.life;
    this.ports.calling(1);
    try {
      for (let waitMs = retry.firstMs; this.isOnline && !signal.aborted; waitMs = Math.min(waitMs * 2, retry.longestMs)) {
        try {
          await work(signal);
          return;
        } catch (error) {
          if (signal.aborted) return;
          // The next heartbeat, or the next event, sees a newer object.
          if (isReason(error, 'Conflict')) return;
          this.ports.context.log.debug('a hollow node could not write', { node: this.name, error: String(error) });
        }
        await this.pause(waitMs);
      }
    } finally {
      this.ports.calling(-1);
    }
  }

  private pause(ms = 0): Promise<void> {
    return new Promise((resolve) => {
      const end = () => { this.life.signal.removeEventListener('abort', end); resolve(); };
      this.life.signal.addEventListener('abort', end, { once: true });
      this.after(ms, end);
    });
  }

  private after(ms: number, fire: () => void): void {
    const { clock } = this.ports.context;
    const timer = clock.setTimer(clock.now() + ms, () => {
      this.timers.delete(timer);
      fire();
    });
    this.timers.add(timer);
  }

  private drawn(what: string, counter: number): number {
    return draw(this.ports.context.random.seed, `hollow-node/${this.name}/${what}`, counter);
  }

  private get hostIP(): string {
    return `192.168.${String(this.ports.index >> 8)}.${String(this.ports.index & 255)}`;
  }

  /** From the node's own /24; addresses come again after the last. */
  private nextAddress(): string {
    const cidr = /^(\d+\.\d+\.\d+)\.\d+\/24$/.exec(this.ports.object()?.spec.podCIDR ?? '')?.[1] ?? `10.${String(64 + (this.ports.index >> 8))}.${String(this.ports.index & 255)}`;
    return `${cidr}.${String(2 + this.addresses++ % 252)}`;
  }
}

/** What a node says of itself; its capacity is what its object has already, if it has one. */
function nodeStatus(node: Node, o: { readonly capacity: ResourceList; readonly hostIP: string; readonly wallMs: number }): NodeStatus {
  const before = node.status ?? {};
  const now = timestamp(o.wallMs);
  const capacity = before.capacity ?? o.capacity;
  const own: readonly NodeCondition[] = [
    { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
    { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
    { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];
  const conditions = own.map((condition): NodeCondition => {
    const old = before.conditions?.find(({ type }) => type === condition.type);
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: old?.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : now };
  });
  return {
    capacity, allocatable: before.allocatable ?? capacity,
    conditions: [...conditions, ...(before.conditions ?? []).filter(({ type }) => !own.some((condition) => condition.type === type))],
    addresses: [{ type: 'InternalIP', address: o.hostIP }, { type: 'Hostname', address: node.metadata.name }],
    nodeInfo: before.nodeInfo ?? {
      machineID: node.metadata.uid, systemUUID: node.metadata.uid, bootID: node.metadata.uid, kernelVersion: 'hollow', osImage: 'hollow', containerRuntimeVersion: 'hollow://1',
      kubeletVersion: 'v1.36.0', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64',
    },
  };
}

/** Heartbeats alone are no news. */
function withoutTimes({ capacity, allocatable, conditions, addresses, nodeInfo }: NodeStatus): unknown {
  return { capacity, allocatable, addresses, nodeInfo, conditions: conditions?.map(({ type, status, reason }) => ({ type, status, reason })) };
}
