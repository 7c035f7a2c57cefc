import type { Batch } from '../client/delta.js';
import type { Informer, InformerSubscription } from '../informer/informer.js';
import { priorities, type AddOptions, type Finish, type Reason, type Run, type WorkQueue } from '../queue/queue.js';
import { workQueue } from '../queue/work-queue.js';
import { qualifiedKind, type AnyKind, type Kind } from '../resource/kind.js';
import { keyOf, type Key, type KubeObject } from '../resource/object.js';
import { Aborted, SetpointError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import type { Metric } from '../runtime/metrics.js';
import { rxScheduler } from '../runtime/rx-scheduler.js';
import type { ControllerHandle } from './builder.js';
import { ControllerMetrics, failuresOf } from './controller-metrics.js';
import { hotLoops } from './hot-loop.js';
import { controllerDefaults } from './options.js';
import { ownEvents, type OwnEvents } from './own-events.js';
import { writesByKey } from './own-writes-of-key.js';
import { reasonText } from './reasons.js';
import { resync } from './resync.js';
import { runKey, type RunPorts } from './run.js';
import type { CoreContext, DrainReport, Running, Term } from './runnable.js';
import type { ControllerSpec } from './spec.js';
import { indexName, outsideTrigger, ownedHandler, primaryHandler, watchHandler, type TriggerPorts } from './triggers.js';

/** Objects by the uid of their controller owner: what `owned` asks. */
const ownerIndex = 'setpoint/controller-uid';

/** Starts a controller: informers and triggers fill the queue; nothing runs before `lead`. Rules: R39, R43, R47, R48. */
export function startController(spec: ControllerSpec, context: CoreContext): Running<ControllerHandle> {
  return new ControllerShell(spec, context);
}

class ControllerShell implements Running<ControllerHandle> {
  readonly handle: ControllerHandle;
  private readonly end = longLived();
  private readonly queue: WorkQueue<Key>;
  private readonly metricsOf = new ControllerMetrics();
  private readonly own: OwnEvents;
  private readonly primary: Informer<KubeObject, string>;
  private readonly informers = new Map<string, Informer<KubeObject, string>>();
  private readonly subscriptions: InformerSubscription[] = [];
  private readonly closers: (() => void)[] = [];
  private readonly run: RunPorts;
  private readonly hot: (key: Key, reasons: readonly Reason[]) => void;
  private leading = false;
  private paused = false;

  constructor(private readonly spec: ControllerSpec, private readonly context: CoreContext) {
    const { options } = spec;
    this.own = options.ownEvents === 'enqueue' ? everythingForeign : ownEvents(spec.kind, context.clock);
    const services = spec.inject.map((token) => context.resolve(token));
    this.queue = workQueue<Key>({
      name: spec.name, concurrency: 0, run: (run, signal) => this.start(run, signal),
      ...(options.flow ? { flow: options.flow } : {}), ...(options.backoff ? { backoff: options.backoff } : {}),
    }, context);
    this.primary = this.informer(spec.kind, options.labelSelector);
    for (const [name, values] of spec.indexes) this.primary.addIndex(indexName(spec, name), values);
    this.run = {
      spec, context, services, primary: this.primary, own: this.own, recorder: context.recorder,
      writes: writesByKey(context.api, (kind) => this.informer(kind)), failures: failuresOf(this.metricsOf),
      connect: (onWrite, signal) => context.connect({ fieldManager: spec.name, onWrite, signal }),
      ownedBy: (kind, uid) => this.ownedBy(kind, uid),
      onStuck: (key, ageMs) => { this.stuck(key, ageMs); },
    };
    this.hot = hotLoops(context.clock, (key, reasons) => { this.warnHot(key, reasons); });
    this.handle = this.handleOf();
    this.watch(services);
  }

  async ready(): Promise<void> {
    await Promise.all([...this.informers.values()].map((informer) => informer.ready({ signal: this.end.signal })));
    // The initial batches have filled the queue before the first run may start (R39).
    await Promise.all(this.subscriptions.map((s) => s.synced()));
  }

  lead(term: Term): void {
    if (term.signal.aborted || this.end.signal.aborted) return;
    this.leading = true;
    // Every cached key once under the new term; keys that changes put there before merge with it (R48).
    for (const object of this.primary.cache.list()) this.add(keyOf(object), { priority: priorities.initial, reasons: [{ source: 'initial' }] });
    this.applyConcurrency();
    term.signal.addEventListener('abort', () => {
      this.leading = false;
      this.applyConcurrency();
      // A term that ends because the app stops is drained, not cut (R45).
      if (!this.end.signal.aborted) this.queue.clear(term.signal.reason instanceof Error ? term.signal.reason : new Aborted(`the term of ${this.spec.name}`));
    }, { once: true });
  }

  busy(): boolean {
    if (this.queue.depth > 0 || this.queue.inFlight > 0) return this.leading && !this.paused;
    return this.queue.delayed > 0 && this.queue.snapshot().entries.some((e) => e.state === 'delayed' && e.failures > 0);
  }

  metrics(): readonly Metric[] {
    return [...this.metricsOf.read(this.spec.name, { inFlight: this.queue.inFlight, filtered: this.own.filtered, concurrency: this.concurrency }), ...this.queue.metrics()];
  }

  async stop(o: { readonly deadlineMs: number }): Promise<DrainReport> {
    for (const close of this.closers.splice(0)) close();
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    // A standby's queue holds keys that it must not work on.
    const report = await this.queue.drain({ deadline: o.deadlineMs, ready: this.leading && !this.paused ? 'finish' : 'drop' });
    this.end.abort(new Aborted(`controller ${this.spec.name}`));
    await Promise.all([...this.informers.values()].map((informer) => informer[Symbol.asyncDispose]()));
    return { drained: report.finished, dropped: report.dropped.map((d) => d.key), stuck: report.stuck.map((s) => s.key) };
  }

  private watch(services: readonly unknown[]): void {
    const { spec, context } = this;
    const ports: TriggerPorts = {
      spec, context, services, own: this.own, primary: this.primary, reads: context.client,
      add: (key, options) => { this.add(key, options); },
    };
    const subscribe = (informer: Informer<KubeObject, string>, handler: (batch: Batch<KubeObject>) => void) => { this.subscriptions.push(informer.subscribe(handler)); };
    for (const owns of spec.owns) {
      const informer = this.informer(owns.kind);
      informer.addIndex(ownerIndex, controllerUid);
      subscribe(informer, ownedHandler(ports, owns));
    }
    for (const watch of spec.watches) subscribe(this.informer(watch.kind, undefined, watch.namespaces), watchHandler(ports, watch));
    subscribe(this.primary, primaryHandler(ports));
    for (const trigger of spec.triggers) this.closers.push(outsideTrigger(ports, trigger, this.end.signal, rxScheduler(context.clock)));
    const periodMs = spec.options.resync ?? controllerDefaults.resyncMs;
    if (periodMs !== false) resync(context, { periodMs, keys: () => this.primary.cache.list().map((o) => keyOf(o)), add: (key, o) => { this.add(key, o); }, signal: this.end.signal });
  }

  private async start(run: Run<Key>, signal: AbortSignal): Promise<Finish> {
    this.hot(run.key, run.reasons);
    const startedAt = this.context.clock.now();
    const finish = await runKey(this.run, run, signal);
    const seconds = (this.context.clock.now() - startedAt) / 1_000;
    if (finish.type === 'done') this.metricsOf.ended('success', seconds);
    else if (finish.type === 'requeueAfter' || finish.type === 'requeueAt') this.metricsOf.ended('requeue_after', seconds);
    return finish;
  }

  private add(key: Key, options: AddOptions): void {
    this.queue.add(key, options);
  }

  /** One informer a kind, which the part releases at its end. */
  private informer(kind: AnyKind, labelSelector?: ControllerSpec['options']['labelSelector'], namespaces?: readonly string[]): Informer<KubeObject, string> {
    const id = `${qualifiedKind(kind)}|${(namespaces ?? []).join()}`;
    const known = this.informers.get(id);
    if (known) return known;
    const scope = namespaces ?? (kind.namespaced ? this.spec.options.namespaces : undefined);
    const made: Informer<KubeObject, string> = this.context.informer(kind, { ...(labelSelector === undefined ? {} : { labelSelector }), ...(scope ? { namespaces: scope } : {}) });
    this.informers.set(id, made);
    return made;
  }

  private async ownedBy<T extends KubeObject>(kind: Kind<T, unknown>, uid: string): Promise<readonly T[]> {
    const informer = this.informer(kind);
    informer.addIndex(ownerIndex, controllerUid);
    if (!informer.hasSynced) await informer.ready({ signal: this.end.signal });
    // The informer of a kind holds objects of that kind.
    return (informer as Informer<KubeObject, typeof ownerIndex>).cache.byIndex(ownerIndex, uid) as readonly T[];
  }

  private get concurrency(): number {
    return this.spec.options.concurrency ?? controllerDefaults.concurrency;
  }

  private applyConcurrency(): void {
    this.queue.setConcurrency(this.leading && !this.paused ? this.concurrency : 0);
  }

  private handleOf(): ControllerHandle {
    const { queue } = this;
    return {
      pause: () => { this.paused = true; this.applyConcurrency(); },
      resume: () => { this.paused = false; this.applyConcurrency(); },
      get queued() { return queue.depth + queue.delayed; },
      get inFlight() { return queue.inFlight; },
    };
  }

  private stuck(key: Key, ageMs: number): void {
    const error = new SetpointError('Stuck', `a run of controller ${this.spec.name} for ${key} has not ended ${Math.round(ageMs / 1_000)} s after its start`, { hint: 'pass the run\'s signal on to what it awaits' });
    this.context.log.error('run is stuck', { controller: this.spec.name, key, ageMs });
    this.context.emit({ type: 'fault', part: this.spec.name, what: 'Stuck', error });
  }

  private warnHot(key: Key, reasons: readonly Reason[]): void {
    const object = this.primary.cache.peek(key);
    const why = reasons.slice(0, 16).map(reasonText).join(', ');
    this.context.log.warn('a key runs again and again', { controller: this.spec.name, key, reasons: why });
    if (object) this.context.recorder.record(object, 'Warning', 'HotLoop', `more than 100 runs in 10 s, the last because of: ${why}`);
  }
}

function controllerUid(object: KubeObject): readonly string[] {
  const owner = object.metadata.ownerReferences?.find((o) => o.controller === true);
  return owner ? [owner.uid] : [];
}

/** With `ownEvents: 'enqueue'` every change counts (R13). */
const everythingForeign: OwnEvents = Object.freeze({ record: () => undefined, judge: (_kind: AnyKind, _delta: unknown, pass: () => void) => { pass(); }, filtered: 0 });
