import { isReason } from '../../api/api-error.js';
import type { Client, WriteReport } from '../../client/client.js';
import type { Run } from '../../queue/queue.js';
import { definition, qualifiedKind } from '../../resource/kind.js';
import { splitKey, type Key, type KubeObject } from '../../resource/object.js';
import { toError } from '../../runtime/errors.js';
import type { Logger } from '../../runtime/logger.js';
import { printable } from '../../runtime/printable.js';
import type { Reconcile } from '../context.js';
import { InvalidOutcome } from '../errors.js';
import type { Observed, Outcome } from '../outcome.js';
import { finalizerOf } from '../spec.js';
import { checkOutcome } from './check-outcome.js';
import { childName } from './child-name.js';
import type { RunPorts } from './run-ports.js';
import type { RunInFlight } from './runs-in-flight.js';
import { statusPatch } from './status-patch.js';
import { runVerbs } from './verbs.js';

/** One run of one key: its object, its client, and what it writes itself. Rules: R15–R17, R31–R36. */
export class Session {
  /** The primary as this run last knew it: as read, then as its own writes made it. */
  object: KubeObject | undefined;
  private client: Client | undefined;
  private hasWritten = false;
  private early: Observed<unknown> | undefined;

  constructor(private readonly ports: RunPorts, private readonly run: Run<Key>, private readonly life: RunInFlight, private readonly log: Logger) {}

  async reconcile(): Promise<Outcome<unknown>> {
    const { spec, services } = this.ports;
    // Read when the run starts, not when it was asked for (R17).
    this.object = this.ports.primary.cache.peek(this.run.key);
    if (!this.object) {
      this.ports.unseen.forget(this.run.key);
      await spec.onGone?.(this.run.key, { signal: this.life.signal, log: this.log }, ...services);
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
    const object = this.known();
    let outcome: Outcome<unknown>;
    try {
      outcome = checkOutcome(await spec.reconcile(this.contextOf(object), ...services));
      this.life.throwIfAborted();
    } catch (error) {
      // The run's own error is the one to tell; a status that cannot be written besides is told in the log.
      if (this.early && !this.life.isAborted) await this.writeStatus(this.early, object).catch((second: unknown) => { this.log.warn('the status of a failed run was not written', { error: printable(toError(second).message) }); });
      throw error;
    }
    const observed = this.early ? withEarly(this.early, outcome) : outcome;
    if (observed.status !== undefined || observed.conditions !== undefined) await this.writeStatus(observed, object);
    return outcome;
  }

  /** Before anything is done that would have to be undone; the same run goes on with the new object (R34). */
  private async addFinalizer(finalizer: string): Promise<void> {
    const { metadata } = this.known();
    await this.connect().patch(this.ports.spec.kind, this.run.key, { metadata: { resourceVersion: metadata.resourceVersion, finalizers: [...(metadata.finalizers ?? []), finalizer] } });
  }

  /** The user's function until it succeeds, then our finalizer, and only ours, goes (R35). */
  private async finalize(finalizer: string): Promise<void> {
    const { spec, services } = this.ports;
    await spec.finalize?.(this.contextOf(this.known()), ...services);
    this.life.throwIfAborted();
    const { uid, finalizers } = this.known().metadata;
    const place = finalizers?.indexOf(finalizer) ?? -1;
    if (place < 0) return;
    const path = `/metadata/finalizers/${place}`;
    // An object that was made anew under this name was never finalized, whatever finalizers it bears.
    await this.connect().patch(spec.kind, this.run.key, [{ op: 'test', path: '/metadata/uid', value: uid }, { op: 'test', path, value: finalizer }, { op: 'remove', path }]);
  }

  /** One patch with the version that this run has seen as its precondition; none when nothing differs (R31, R32). */
  private async writeStatus(observed: Observed<unknown>, read: KubeObject): Promise<void> {
    const { kind, name } = this.ports.spec;
    const object = this.known();
    if (!kind[definition].statusSubresource) throw new InvalidOutcome(`${qualifiedKind(kind)} has no status; declare \`status\` or \`conditions\` in its definition`);
    // The status speaks of the generation that reconcile was given, though its own writes may have raised it since.
    const status = statusPatch({ kind, object, manager: name, generation: read.metadata.generation, wallMs: this.ports.context.clock.wall() }, observed);
    if (!status) return;
    try {
      await this.connect().subresource(kind, 'status').patch(this.run.key, { metadata: { resourceVersion: object.metadata.resourceVersion }, status });
    } catch (error) {
      if (isReason(error, 'Invalid')) throw new InvalidOutcome(`the status answered for ${this.run.key} is not valid: ${error.message}`, { cause: error });
      // The object went while we worked: there is nothing to say any more.
      if (!isReason(error, 'NotFound')) throw error;
    }
  }

  private connect(): Client {
    return (this.client ??= this.ports.connect((report) => { this.record(report); }, this.life.signal));
  }

  private record(report: WriteReport): void {
    this.hasWritten = true;
    this.ports.own.record(report, this.run);
    this.ports.unseen.record(report, this.run);
    const known = this.object;
    // Only when nobody else wrote in between is the answer this run's new knowledge of its object.
    if (report.type === 'answered' && known && report.key === this.run.key && qualifiedKind(report.kind) === qualifiedKind(this.ports.spec.kind) && report.appliedTo === known.metadata.resourceVersion && !report.gone) this.object = report.object;
  }

  private known(): KubeObject {
    if (!this.object) throw new InvalidOutcome(`${this.run.key} has no object`);
    return this.object;
  }

  private async owned(kind: Parameters<Reconcile<KubeObject>['owned']>[0], object: KubeObject): Promise<readonly KubeObject[]> {
    const index = await this.ports.ownedBy(kind);
    // A list waits until the cache shows what this run wrote (I37).
    if (this.hasWritten) await this.connect().list(kind, object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace });
    return index(object.metadata.uid);
  }

  private contextOf(object: KubeObject): Reconcile<KubeObject> {
    const { life, run, log, ports: { spec, context, recorder } } = this;
    const verbs = runVerbs({ spec, client: () => this.connect(), namespace: object.metadata.namespace }, object);
    // Every member by name: spreading the verbs in costs more than all else that a run needs.
    return {
      get: verbs.get, list: verbs.list, create: verbs.create, apply: verbs.apply, update: verbs.update, patch: verbs.patch, delete: verbs.delete, subresource: verbs.subresource,
      object, spec: object.spec, status: object.status, meta: object.metadata,
      key: run.key, reasons: run.reasons, attempt: run.attempt, epoch: context.term()?.epoch,
      get signal() { return life.signal; },
      deadline: life.deadlineAt, log,
      events: {
        normal: (reason, message) => { recorder.record(object, 'Normal', reason, message); },
        warning: (reason, message) => { recorder.record(object, 'Warning', reason, message); },
      },
      // The informer of a kind holds objects of that kind.
      owned: (kind) => this.owned(kind, object) as Promise<never>,
      childName: (...parts) => childName({ name: splitKey(run.key).name, uid: object.metadata.uid }, parts),
      setStatus: (observed) => { this.early = observed; },
    };
  }
}

/** What was set on the way stands where the outcome says nothing else. */
function withEarly(early: Observed<unknown>, outcome: Outcome<unknown>): Observed<unknown> {
  const conditions = early.conditions || outcome.conditions ? { ...early.conditions, ...outcome.conditions } : undefined;
  return { status: outcome.status ?? early.status, conditions };
}
