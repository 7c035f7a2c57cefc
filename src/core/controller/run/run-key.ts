import type { Client, WriteReport } from '../../client/client.js';
import type { EventRecorder } from '../../client/event-recorder.js';
import type { Informer } from '../../informer/informer.js';
import type { Finish, Run } from '../../queue/queue.js';
import type { AnyKind } from '../../resource/kind.js';
import type { Key, KubeObject } from '../../resource/object.js';
import { withFields } from '../../runtime/logger.js';
import type { ControllerMetrics } from '../controller-metrics.js';
import type { CoreContext } from '../runnable.js';
import type { ControllerSpec } from '../spec.js';
import type { OwnEvents } from '../triggers/own-events.js';
import { finishOf } from './check-outcome.js';
import { failed, type FailingKeys } from './failure.js';
import type { RunsInFlight } from './runs-in-flight.js';
import { Session } from './session.js';
import type { UnseenWrites } from './unseen-writes.js';

/** How long a run waits for caches to see what was written before (R14). */
const behindMs = 10_000;

/** What the runs of one controller share. */
export interface RunPorts {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly services: readonly unknown[];
  readonly primary: Informer<KubeObject, string>;
  readonly own: OwnEvents;
  readonly unseen: UnseenWrites;
  readonly inFlight: RunsInFlight;
  readonly failing: FailingKeys;
  readonly metrics: ControllerMetrics;
  readonly recorder: EventRecorder;
  /** A client whose writes are reported and whose calls end with the signal. */
  connect(onWrite: (report: WriteReport) => void, signal: AbortSignal): Client;
  /** The index of a kind's cache by the uid of the controller owner. */
  ownedBy(kind: AnyKind): Promise<(uid: string) => readonly KubeObject[]>;
}

/** One run of one key, from the cached object to the queue's answer. Never rejects. Rules: R14–R24. */
export async function runKey(ports: RunPorts, run: Run<Key>, parent: AbortSignal): Promise<Finish> {
  const { spec, context } = ports;
  const epoch = context.term()?.epoch;
  const log = withFields(context.log, { controller: spec.name, key: run.key, run: run.id, attempt: run.attempt, ...(epoch === undefined ? {} : { epoch }) });
  using life = ports.inFlight.begin(run.key, parent);
  const session = new Session(ports, run, life, log);
  try {
    if (ports.unseen.has(run.key)) await ports.unseen.settled(run.key, { signal: life.signal, timeout: behindMs });
    const outcome = await session.reconcile();
    // What comes after the abort is not obeyed (R24).
    life.throwIfAborted();
    ports.failing.ended(run.key);
    const durationMs = context.clock.now() - life.startedAt;
    context.emit({ type: 'reconciled', controller: spec.name, key: run.key, durationMs, reasons: run.reasons });
    log.debug('reconciled', { durationMs });
    return finishOf(outcome, context.clock);
  } catch (thrown) {
    return failed(ports, { run, object: session.object, thrown, life, parent, log });
  }
}
