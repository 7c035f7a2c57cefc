import { ApiError, isReason } from '../api/api-error.js';
import type { Client, WriteReport } from '../client/client.js';
import type { EventRecorder } from '../client/event-recorder.js';
import type { Informer } from '../informer/informer.js';
import type { Finish, Run } from '../queue/queue.js';
import { definition, qualifiedKind } from '../resource/kind.js';
import { splitKey, type Key, type KubeObject } from '../resource/object.js';
import { toError } from '../runtime/errors.js';
import { withFields, type Logger } from '../runtime/logger.js';
import { checkOutcome, finishOf } from './check-outcome.js';
import { childName } from './child-name.js';
import type { Reconcile } from './context.js';
import { InvalidOutcome } from './errors.js';
import { controllerDefaults } from './options.js';
import type { Observed, Outcome } from './outcome.js';
import type { OwnEvents } from './own-events.js';
import type { WritesByKey } from './own-writes-of-key.js';
import type { CoreContext } from './runnable.js';
import { runDeadline } from './run-deadline.js';
import { failed, type Failures } from './run-failure.js';
import { finalizerOf, type ControllerSpec } from './spec.js';
import { statusPatch } from './status-patch.js';
import { runVerbs } from './verbs.js';

/** What the runs of one controller share. */
export interface RunPorts {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly services: readonly unknown[];
  readonly primary: Informer<KubeObject, string>;
  readonly own: OwnEvents;
  readonly writes: WritesByKey;
  readonly failures: Failures;
  readonly recorder: EventRecorder;
  /** A client whose writes are reported and whose calls end with the signal. */
  connect(onWrite: (report: WriteReport) => void, signal: AbortSignal): Client;
  /** Children by the uid of their controller owner, from the cache. */
  ownedBy: Reconcile<KubeObject>['owned'] extends (kind: infer K) => infer R ? (kind: K, uid: string) => R : never;
  onStuck(key: Key, ageMs: number): void;
}

/** One run of one key, from the cached object to the queue's answer. Never rejects. Rules: R14–R24, R31–R36. */
export async function runKey(ports: RunPorts, run: Run<Key>, parent: AbortSignal): Promise<Finish> {
  const { spec, context } = ports;
  const log = withFields(context.log, { controller: spec.name, key: run.key, run: run.id, attempt: run.attempt });
  const startedAt = context.clock.now();
  using deadline = runDeadline(context, {
    what: `${spec.name} ${run.key}`, timeoutMs: spec.options.timeout ?? controllerDefaults.timeoutMs, parent,
    onStuck: (ageMs) => { ports.onStuck(run.key, ageMs); },
  });
  const session = new Session(ports, run, deadline.signal, deadline.at, log);
  try {
    await ports.writes.settled(run.key, { signal: deadline.signal, timeout: controllerDefaults.behindMs });
    const outcome = await session.reconcile();
    // What comes after the abort is not obeyed (R24).
    deadline.signal.throwIfAborted();
    const durationMs = context.clock.now() - startedAt;
    ports.failures.succeeded(run.key);
    context.emit({ type: 'reconciled', controller: spec.name, key: run.key, durationMs, reasons: run.reasons });
    log.debug('reconciled', { durationMs });
    return finishOf(outcome, context.clock);
  } catch (thrown) {
    return failed(ports, { run, object: session.object, thrown, signal: deadline.signal, parent, log });
  }
}

/** The state of one run. */
class Session {
  /** The primary as this run last knew it: as read, then as its own writes made it. */
  object: KubeObject | undefined;
  private readonly client: Client;
  private early: Observed<unknown> | undefined;

  constructor(private readonly ports: RunPorts, private readonly run: Run<Key>, private readonly signal: AbortSignal, private readonly deadline: number, private readonly log: Logger) {
    this.client = ports.connect((report) => { this.record(report); }, signal);
  }

  async reconcile(): Promise<Outcome<unknown>> {
    const { spec, services } = this.ports;
    // Read when the run starts, not when it was asked for (R17).
    this.object = this.ports.primary.cache.peek(this.run.key);
    if (!this.object) {
      this.ports.writes.forget(this.run.key);
      await spec.onGone?.(this.run.key, { signal: this.signal, log: this.log }, ...services);
      return {};
    }
    const finalizer = spec.finalize ? finalizerOf(spec) : undefined;
    const holds = finalizer !== undefined && (this.object.metadata.finalizers?.includes(finalizer) ?? false);
    if (this.object.metadata.deletionTimestamp !== undefined) {
      if (holds) await this.finalize(finalizer);
      else if (spec.options.terminating === true) return this.reconcileObject();
      return {};
    }
    if (finalizer !== undefined && !holds) await this.addFinalizer(finalizer);
    return this.reconcileObject();
  }

  private async reconcileObject(): Promise<Outcome<unknown>> {
    const { spec, services } = this.ports;
    let outcome: Outcome<unknown>;
    try {
      outcome = checkOutcome(await spec.reconcile(this.contextOf(this.known()), ...services));
      this.signal.throwIfAborted();
    } catch (error) {
      // The run's own error is the one to tell; a status that cannot be written besides is told in the log.
      if (this.early && !this.signal.aborted) await this.writeStatus(this.early).catch((second: unknown) => { this.log.warn('the status of a failed run was not written', { error: toError(second).message }); });
      throw error;
    }
    if (outcome.status !== undefined || outcome.conditions !== undefined) await this.writeStatus(outcome);
    else if (this.early) await this.writeStatus(this.early);
    return outcome;
  }

  /** Before anything is done that would have to be undone; the same run goes on with the new object (R34). */
  private async addFinalizer(finalizer: string): Promise<void> {
    const { metadata } = this.known();
    await this.client.patch(this.ports.spec.kind, this.run.key, { metadata: { resourceVersion: metadata.resourceVersion, finalizers: [...(metadata.finalizers ?? []), finalizer] } });
  }

  /** The user's function until it succeeds, then our finalizer, and only ours, goes (R35). */
  private async finalize(finalizer: string): Promise<void> {
    const { spec, services } = this.ports;
    await spec.finalize?.(this.contextOf(this.known()), ...services);
    this.signal.throwIfAborted();
    const place = this.known().metadata.finalizers?.indexOf(finalizer) ?? -1;
    if (place < 0) return;
    const path = `/metadata/finalizers/${place}`;
    await this.client.patch(spec.kind, this.run.key, [{ op: 'test', path, value: finalizer }, { op: 'remove', path }]);
  }

  /** One patch with the version that this run has seen as its precondition; none when nothing differs (R31, R32). */
  private async writeStatus(observed: Observed<unknown>): Promise<void> {
    const { kind, name } = this.ports.spec;
    const object = this.known();
    if (!kind[definition].statusSubresource) throw new InvalidOutcome(`${qualifiedKind(kind)} has no status; declare \`status\` or \`conditions\` in its definition`);
    const status = statusPatch(kind, object, name, observed, this.ports.context.clock.wall());
    if (!status) return;
    try {
      await this.client.subresource(kind, 'status').patch(this.run.key, { metadata: { resourceVersion: object.metadata.resourceVersion }, status });
    } catch (error) {
      if (isReason(error, 'Invalid') && error instanceof ApiError) throw Object.assign(new InvalidOutcome(`the status answered for ${this.run.key} is not valid: ${error.message}`), { cause: error });
      // The object went while we worked: there is nothing to say any more.
      if (isReason(error, 'NotFound')) return;
      throw error;
    }
  }

  private record(report: WriteReport): void {
    this.ports.own.record(report, this.run.id);
    this.ports.writes.record(this.run.key, report);
    const known = this.object;
    // Only when nobody else wrote in between is the answer this run's new knowledge of its object.
    if (report.type === 'answered' && known && report.key === this.run.key && qualifiedKind(report.kind) === qualifiedKind(this.ports.spec.kind) && report.appliedTo === known.metadata.resourceVersion && !report.gone) this.object = report.object;
  }

  private known(): KubeObject {
    if (!this.object) throw new InvalidOutcome(`${this.run.key} has no object`);
    return this.object;
  }

  private contextOf(object: KubeObject): Reconcile<KubeObject> {
    const { spec, context, recorder } = this.ports;
    const term = context.term();
    return {
      ...runVerbs({ spec, client: this.client, object, key: this.run.key }),
      object, spec: object.spec, status: object.status, meta: object.metadata,
      key: this.run.key, reasons: this.run.reasons, attempt: this.run.attempt, ...(term?.epoch === undefined ? {} : { epoch: term.epoch }),
      signal: this.signal, deadline: this.deadline, log: this.log,
      events: {
        normal: (reason, message) => { recorder.record(object, 'Normal', reason, message); },
        warning: (reason, message) => { recorder.record(object, 'Warning', reason, message); },
      },
      owned: (kind) => this.ports.ownedBy(kind, object.metadata.uid) as never,
      childName: (...parts) => childName({ name: splitKey(this.run.key).name, uid: object.metadata.uid }, parts),
      setStatus: (observed) => { this.early = observed; },
    };
  }
}
