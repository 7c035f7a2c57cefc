import type { Client, WriteReport } from '../../client/client.js';
import type { EventRecorder } from '../../client/event-recorder.js';
import type { Informer } from '../../informer/informer.js';
import type { AnyKind } from '../../resource/kind.js';
import type { KubeObject } from '../../resource/object.js';
import type { ControllerMetrics } from '../controller-metrics.js';
import type { CoreContext } from '../runnable.js';
import type { ControllerSpec } from '../spec.js';
import type { OwnEvents } from '../triggers/own-events.js';
import type { FailingKeys } from './failure.js';
import type { RunsInFlight } from './runs-in-flight.js';
import type { UnseenWrites } from './unseen-writes.js';

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
