import { readLive } from '../informer/read-live.js';
import type { Finish, Reason, Run, WorkQueue } from '../queue/queue.js';
import { workQueue } from '../queue/work-queue.js';
import type { Key } from '../resource/object.js';
import { Aborted, SetpointError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import type { Metric } from '../runtime/metrics.js';
import type { ControllerHandle } from './controller-handle.js';
import { ControllerInformers } from './controller-informers.js';
import { ControllerMetrics } from './controller-metrics.js';
import { controllerDefaults } from './options.js';
import { FailingKeys } from './run/failure.js';
import { hotLoops } from './run/hot-loop.js';
import { runKey } from './run/run-key.js';
import type { RunPorts } from './run/run-ports.js';
import { RunsInFlight } from './run/runs-in-flight.js';
import { unseenWrites } from './run/unseen-writes.js';
import type { CoreContext, DrainReport, Running, Term } from './runnable.js';
import type { ControllerSpec } from './spec.js';
import { everyEventCounts, ownEvents, type OwnEvents } from './triggers/own-events.js';
import { reasonText } from './triggers/reasons.js';
import { Triggers } from './triggers/triggers.js';

/** Starts a controller: informers and triggers fill the queue; nothing runs before `lead`. Rules: R39, R43, R47, R48. */
export function startController(spec: ControllerSpec, context: CoreContext): Running<ControllerHandle> {
  return new ControllerShell(spec, context);
}

class ControllerShell implements Running<ControllerHandle> {
  readonly handle: ControllerHandle;
  private readonly end = longLived();
  private readonly queue: WorkQueue<Key>;
  private readonly figures = new ControllerMetrics();
  private readonly failing = new FailingKeys();
  private readonly inFlight: RunsInFlight;
  private readonly own: OwnEvents;
  private readonly informers: ControllerInformers;
  private readonly triggers: Triggers;
  private readonly runPorts: RunPorts;
  private readonly hot: (key: Key, reasons: readonly Reason[]) => void;
  private term: Term | undefined;
  private hasLed = false;
  private isPaused = false;

  constructor(private readonly spec: ControllerSpec, private readonly context: CoreContext) {
    const { signal } = this.end;
    const { options } = spec;
    const services = spec.inject.map((token) => context.resolve(token));
    this.queue = workQueue<Key>({
      name: spec.name, concurrency: 0, run: (run, aborted) => this.start(run, aborted),
      ...(options.flow ? { flow: options.flow } : {}), ...(options.backoff ? { backoff: options.backoff } : {}),
    }, context);
    this.informers = new ControllerInformers(spec, context, signal);
    this.own = options.ownEvents === 'enqueue' ? everyEventCounts
      : ownEvents({ primary: spec.kind, kinds: [...spec.owns, ...spec.watches].map(({ kind }) => kind), clock: context.clock, signal });
    this.inFlight = new RunsInFlight(context, { controller: spec.name, timeoutMs: options.timeout ?? controllerDefaults.timeoutMs, signal, onStuck: (key, ageMs) => { this.stuck(key, ageMs); } });
    this.runPorts = this.portsOfRuns(services);
    this.hot = hotLoops(context.clock, (key, reasons) => { this.warnHot(key, reasons); });
    this.handle = this.handleOf();
    this.triggers = new Triggers({ spec, context, services, own: this.own, informers: this.informers, queue: this.queue, failing: this.failing, figures: this.figures, signal });
  }

  async ready(): Promise<void> {
    await this.informers.ready();
    // The initial batches have filled the queue before the first run may start (R39).
    await this.triggers.synced();
  }

  lead(term: Term): void {
    if (term.signal.aborted || this.end.signal.aborted) return;
    this.term = term;
    this.applyConcurrency();
    // Before the first term the initial batch has put every key there, and nothing has taken one away since (R48).
    if (this.hasLed) this.triggers.addAll(() => this.term === term);
    this.hasLed = true;
    term.signal.addEventListener('abort', () => { this.onTermEnd(term); }, { once: true, signal: this.end.signal });
  }

  busy(): boolean {
    if (this.queue.inFlight > 0 || this.triggers.isWorking) return true;
    return this.isActive && (this.queue.depth > 0 || this.failing.size > 0);
  }

  metrics(): readonly Metric[] {
    return [...this.figures.read(this.spec.name, { inFlight: this.queue.inFlight, concurrency: this.concurrency }), ...this.triggers.metrics(), ...this.queue.metrics()];
  }

  stuckForMs(): number {
    return this.inFlight.oldestMs();
  }

  async stop(o: { readonly deadlineMs: number }): Promise<DrainReport> {
    this.triggers.close();
    // A standby's queue holds keys that it must not work on.
    const report = await this.queue.drain({ deadline: o.deadlineMs, ready: this.isActive ? 'finish' : 'drop' });
    this.end.abort(new Aborted(`controller ${this.spec.name}`));
    await this.informers[Symbol.asyncDispose]();
    return { drained: report.finished, dropped: report.dropped.map((d) => d.key), stuck: report.stuck.map((s) => s.key) };
  }

  private onTermEnd(term: Term): void {
    if (this.term !== term) return;
    this.term = undefined;
    this.applyConcurrency();
    this.queue.clear(term.signal.reason instanceof Error ? term.signal.reason : new Aborted(`the term of ${this.spec.name}`));
    this.failing.clear();
  }

  private async start(run: Run<Key>, aborted: AbortSignal): Promise<Finish> {
    this.hot(run.key, run.reasons);
    const startedAt = this.context.clock.now();
    this.figures.started(run, startedAt);
    const finish = await runKey(this.runPorts, run, aborted);
    // The end of a run that was given up says nothing about the key.
    if (!aborted.aborted) this.figures.ended(finish, (this.context.clock.now() - startedAt) / 1_000);
    return finish;
  }

  private portsOfRuns(services: readonly unknown[]): RunPorts {
    const { spec, context, informers, own, inFlight, failing, figures } = this;
    const unseen = unseenWrites({
      clock: context.clock, cacheOf: (kind) => informers.cacheOf(kind),
      readLive: (kind, key) => readLive({ api: context.api, fieldManager: spec.name, signal: this.end.signal }, kind, key),
      onVanished: (key, kind, written) => { this.triggers.childVanished(key, kind, written); },
    });
    return {
      spec, context, services, own, unseen, inFlight, failing, metrics: figures, recorder: context.recorder, primary: informers.primary,
      connect: (onWrite, signal) => context.connect({ fieldManager: spec.name, onWrite, signal, namespaces: spec.options.namespaces }),
      ownedBy: (kind) => informers.ownedBy(kind),
    };
  }

  private get concurrency(): number {
    return this.spec.options.concurrency ?? controllerDefaults.concurrency;
  }

  private get isActive(): boolean {
    return this.term !== undefined && !this.isPaused;
  }

  private applyConcurrency(): void {
    this.queue.setConcurrency(this.isActive ? this.concurrency : 0);
  }

  private handleOf(): ControllerHandle {
    const { queue } = this;
    return {
      pause: () => { this.isPaused = true; this.applyConcurrency(); },
      resume: () => { this.isPaused = false; this.applyConcurrency(); },
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
    const object = this.informers.primary.cache.peek(key);
    this.figures.hotLoop();
    const why = reasons.slice(0, 16).map(reasonText).join(', ');
    this.context.log.warn('a key runs again and again', { controller: this.spec.name, key, reasons: why });
    if (object) this.context.recorder.record(object, 'Warning', 'HotLoop', `more than 100 runs in 10 s, the last because of: ${why}`);
  }
}
