import { isReason } from '../api/api-error.js';
import { Event } from '../resource/event.js';
import type { KubeObject } from '../resource/object.js';
import { alarm, timestamp, type Alarm } from '../runtime/clock.js';
import { toError } from '../runtime/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Writes } from './client.js';
import { EventLedger, type EventSeries, type EventType } from './event-ledger.js';

export interface EventRecorderOptions {
  /** Writes the events; no fence is needed, since an event changes nothing. */
  readonly client: Pick<Writes, 'create' | 'patch'>;
  /** Who tells: `source.component` of the events, and their field manager. */
  readonly component: string;
  readonly runtime: Runtime;
}

/** Tells people what happened to an object. */
export interface EventRecorder {
  /** Never waits and never fails; equal events are merged, floods are cut (R37). */
  record(object: KubeObject, type: EventType, reason: string, message: string): void;
  /** Events that were not told because too much waited. */
  readonly dropped: number;
}

/** Events are core v1 objects beside the object that they speak of; one is written at a time. Rule: R37. */
export function eventRecorder(options: EventRecorderOptions): EventRecorder & AsyncDisposable {
  return new Recorder(options);
}

/** Events of cluster-scoped objects lie here, as upstream's do. */
const clusterNamespace = 'default';
const longestName = 253;

class Recorder implements EventRecorder, AsyncDisposable {
  dropped = 0;
  readonly #options: EventRecorderOptions;
  readonly #ledger = new EventLedger();
  readonly #end = new AbortController();
  readonly #alarm: Alarm;
  #writing: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#alarm = alarm(options.runtime.clock, this.#end.signal, () => { this.#start(); });
  }

  record(object: KubeObject, type: EventType, reason: string, message: string): void {
    if (this.#end.signal.aborted) return;
    const { clock } = this.#options.runtime;
    if (this.#ledger.note(object, type, reason, message, clock.now(), clock.wall()) === 'overflow') this.dropped++;
    else this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#writing;
  }

  #start(): void {
    this.#writing ??= this.#writeDue().finally(() => {
      this.#writing = undefined;
      this.#alarm.set(this.#ledger.nextDueAt);
    });
  }

  async #writeDue(): Promise<void> {
    const { clock } = this.#options.runtime;
    for (let series = this.#ledger.take(clock.now()); series && !this.#end.signal.aborted; series = this.#ledger.take(clock.now())) {
      const { count } = series;
      const name = await this.#write(series);
      this.#ledger.wrote(series, name, count, clock.now());
    }
  }

  /** A failure is logged and forgotten: an event is news, not state. */
  async #write(series: EventSeries): Promise<string> {
    const { client, component, runtime } = this.#options;
    const namespace = series.object.metadata.namespace ?? clusterNamespace;
    let name = series.name;
    try {
      if (name !== undefined) {
        const seen = { count: series.count, message: series.message, lastTimestamp: timestamp(series.lastMs) };
        const patched = await client.patch(Event, { namespace, name }, seen, { fieldManager: component }).catch(unlessGone);
        if (patched) return name;
      }
      name = this.#nameFor(series);
      await client.create(Event, eventOf(series, { namespace, name, component }), { fieldManager: component });
    } catch (thrown) {
      runtime.log.warn('an event could not be written', { component, reason: series.reason, error: toError(thrown).message });
    }
    return name ?? this.#nameFor(series);
  }

  #nameFor({ object }: EventSeries): string {
    const suffix = this.#options.runtime.random.uuid('events').replaceAll('-', '').slice(0, 16);
    return `${object.metadata.name.slice(0, longestName - suffix.length - 1).replace(/[-.]+$/, '')}.${suffix}`;
  }
}

/** Events expire; a series may outlive the one that told of it. */
function unlessGone(error: unknown): undefined {
  if (!isReason(error, 'NotFound')) throw error;
  return undefined;
}

function eventOf(series: EventSeries, { namespace, name, component }: { readonly namespace: string; readonly name: string; readonly component: string }) {
  const { apiVersion, kind, metadata } = series.object;
  return {
    metadata: { name, namespace },
    involvedObject: { apiVersion, kind, name: metadata.name, uid: metadata.uid, resourceVersion: metadata.resourceVersion, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) },
    type: series.type, reason: series.reason, message: series.message,
    source: { component }, reportingComponent: component, reportingInstance: '',
    firstTimestamp: timestamp(series.firstMs), lastTimestamp: timestamp(series.lastMs), count: series.count,
  };
}
