import { toError, type Clock, type Logger } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import type { Gate } from '../queue/step.js';
import { reasonsOf } from '../status.js';
import type { PodStatusWriter } from './pod-status-writer.js';

/** Tells people of a pod. */
export interface PodEvents {
  record(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export interface ReportPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly statuses: PodStatusWriter;
  readonly events: PodEvents;
}

/** A plugin that keeps failing is told of this often (K114). */
const faultEveryMs = 60_000;

/** What users see of attempts: conditions and events. Nothing here is waited for. Rules: K22, K44, K114. */
export class PodReports {
  readonly #ports: ReportPorts;
  readonly #faultTold = new Map<string, number>();

  constructor(ports: ReportPorts) {
    this.#ports = ports;
  }

  bound(pod: Pod, node: string): void {
    this.#ports.events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${nameOf(pod)} to ${node}`);
  }

  /** `nominatedNodeName`: undefined leaves it as it is, '' takes it away. */
  failed(pod: Pod, reason: 'Unschedulable' | 'SchedulerError', message: string, nominatedNodeName?: string): void {
    this.#ports.events.record(pod, 'Warning', 'FailedScheduling', message);
    void this.#ports.statuses.write(pod, { unscheduled: { reason, message }, ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }) });
  }

  errored(pod: Pod, error: Error): void {
    this.#ports.log.error('a pod could not be placed', { pod: nameOf(pod), error });
    this.failed(pod, 'SchedulerError', error.message);
  }

  gated(pod: Pod, { plugin, status }: Gate): void {
    // Upstream's text, which the API writes there.
    const message = plugin === 'SchedulingGates' ? 'Scheduling is blocked due to non-empty scheduling gates' : reasonsOf(status).join(', ');
    void this.#ports.statuses.write(pod, { unscheduled: { reason: 'SchedulingGated', message } });
  }

  /** A score plugin failed without failing the pod: told once a minute. */
  pluginFailed(plugin: string, thrown: unknown, pod: Pod): void {
    const now = this.#ports.clock.now();
    const last = this.#faultTold.get(plugin);
    if (last !== undefined && now - last < faultEveryMs) return;
    this.#faultTold.set(plugin, now);
    const error = toError(thrown);
    this.#ports.log.warn('a score plugin fails; pods are placed without its word', { plugin, error });
    this.#ports.events.record(pod, 'Warning', 'ScorePluginFailed', error.message);
  }
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}
