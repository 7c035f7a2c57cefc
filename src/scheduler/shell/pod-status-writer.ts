import { isReason, timestamp, UnknownOutcome, type Client, type Clock, type Logger } from '../../core/index.js';
import { Pod, type PodCondition } from '../../kinds/index.js';

/** What is to be true of a pod's status. */
export interface WantedStatus {
  /** PodScheduled=False with this reason and message (K22). */
  readonly unscheduled?: { readonly reason: 'Unschedulable' | 'SchedulerError' | 'SchedulingGated'; readonly message: string };
  /** Undefined: as it is. '': none. */
  readonly nominatedNodeName?: string;
}

export interface StatusWriterPorts {
  /** Its cached reads see its own writes, so a wish is compared with what was written last. */
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often a write is repeated that lost against another. */
const tries = 4;

/**
 * Writes what the scheduler says into pods' statuses: one write at a time for each pod, only the newest wish, only if
 * something changes. Never on the way of an attempt. Rule: K22.
 */
export class PodStatusWriter {
  readonly #ports: StatusWriterPorts;
  /** By uid, what is written now and what comes next. */
  readonly #busy = new Map<string, { next: { readonly pod: Pod; readonly wanted: WantedStatus } | undefined; readonly done: Promise<void> }>();

  constructor(ports: StatusWriterPorts) {
    this.#ports = ports;
  }

  get pending(): number {
    return this.#busy.size;
  }

  /** Resolves when it is written, or given up. Never rejects. */
  write(pod: Pod, wanted: WantedStatus): Promise<void> {
    const { uid } = pod.metadata;
    const busy = this.#busy.get(uid);
    if (busy) {
      busy.next = { pod, wanted: { ...busy.next?.wanted, ...wanted } };
      return busy.done;
    }
    const done = Promise.resolve().then(() => this.#run(uid, pod, wanted));
    this.#busy.set(uid, { next: undefined, done });
    return done;
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all([...this.#busy.values()].map(({ done }) => done));
  }

  async #run(uid: string, pod: Pod, wanted: WantedStatus): Promise<void> {
    let job: { readonly pod: Pod; readonly wanted: WantedStatus } | undefined = { pod, wanted };
    while (job) {
      try {
        await this.#put(job.pod, job.wanted);
      } catch (thrown) {
        this.#ports.log.warn('the status of a pod could not be written', { pod: `${pod.metadata.namespace}/${pod.metadata.name}`, error: thrown });
      }
      const busy = this.#busy.get(uid);
      job = busy?.next;
      if (busy) busy.next = undefined;
    }
    this.#busy.delete(uid);
  }

  async #put(pod: Pod, wanted: WantedStatus): Promise<void> {
    const { client } = this.#ports;
    let live = false;
    for (let i = 0; i < tries; i++) {
      const present = await client.get(Pod, pod, { live });
      // Gone, or another of the same name; or bound meanwhile, then the kubelet has the word.
      if (present?.metadata.uid !== pod.metadata.uid) return;
      if ((present.spec.nodeName ?? '') !== '' && wanted.unscheduled) return;
      const status = this.#patch(present, wanted);
      if (!status) return;
      try {
        const { uid, resourceVersion } = present.metadata;
        await client.subresource(Pod, 'status').patch(present, { metadata: { uid, resourceVersion }, status });
        return;
      } catch (thrown) {
        if (isReason(thrown, 'NotFound')) return;
        if (!isReason(thrown, 'Conflict') && !(thrown instanceof UnknownOutcome)) throw thrown;
        live = true;
      }
    }
  }

  /** Undefined: everything is as wanted. */
  #patch(pod: Pod, { unscheduled, nominatedNodeName }: WantedStatus): { readonly conditions?: readonly PodCondition[]; readonly nominatedNodeName?: string | null } | undefined {
    const conditions = pod.status?.conditions ?? [];
    const old = conditions.find(({ type }) => type === 'PodScheduled');
    const changesCondition = unscheduled !== undefined && !(old?.status === 'False' && old.reason === unscheduled.reason && old.message === unscheduled.message);
    const changesNomination = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status?.nominatedNodeName ?? '');
    if (!changesCondition && !changesNomination) return undefined;
    const condition: PodCondition | undefined = changesCondition ? {
      type: 'PodScheduled', status: 'False', ...unscheduled,
      observedGeneration: pod.metadata.generation,
      lastTransitionTime: old?.status === 'False' && old.lastTransitionTime ? old.lastTransitionTime : timestamp(this.#ports.clock.wall()),
    } : undefined;
    return {
      ...(condition ? { conditions: old ? conditions.map((c) => (c === old ? condition : c)) : [...conditions, condition] } : {}),
      ...(changesNomination ? { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName } : {}),
    };
  }
}
