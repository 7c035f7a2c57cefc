import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { Client, DirectClient } from '../client/client.js';
import { createClient } from '../client/direct-client.js';
import type { EventRecorder } from '../client/event-recorder.js';
import { launch, type AppEvent, type Leadership, type Runnable, type Term } from '../controller/runnable.js';
import { elector, type Elector } from '../election/elector.js';
import { watch$ } from '../informer/cached-client.js';
import type { Informer, InformerOptions } from '../informer/informer.js';
import { informers as createInformers, type Informers } from '../informer/informers.js';
import type { Kind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import { Aborted, Disposed, SetpointError, toError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import { renderMetrics, type Metric } from '../runtime/metrics.js';
import type { App, HealthReport, StopReport } from './app.js';
import { UnknownPart } from './app-errors.js';
import type { AppPorts } from './app-ports.js';
import { healthOf } from './health.js';
import { checkParts, kindsOf, Roster } from './parts.js';
import { partContext, type PartPorts } from './part-context.js';
import { settle } from './settle.js';
import { StartedPart } from './started-part.js';

const stopDeadlineMs = 30_000;
const settleTimeoutMs = 60_000;

/** The app: parts, their leadership, and an end in order. Rules: R39–R52. */
export class AppShell implements App {
  readonly client: Client;
  readonly events$: Observable<AppEvent>;
  readonly leadership$: Observable<Leadership>;
  readonly closed: Promise<StopReport>;
  private readonly events = new Subject<AppEvent>();
  private readonly leadership: BehaviorSubject<Leadership>;
  private readonly informers: Informers;
  private readonly direct: DirectClient;
  private readonly life = longLived();
  private readonly wholeLife: Term;
  private readonly roster = new Roster();
  private readonly started = new Map<string, StartedPart>();
  private readonly recorders = new Map<string, EventRecorder>();
  private readonly elector: Elector | undefined;
  private readonly partPorts: PartPorts;
  private term: Term | undefined;
  private stopping: Promise<StopReport> | undefined;
  private fatal: SetpointError | undefined;
  /** Something that did not end may act under the present term. */
  private mayAct = false;
  private close: (report: StopReport) => void = () => undefined;

  constructor(private readonly ports: AppPorts) {
    const { runtime, api, election, services } = ports;
    this.events$ = this.events.asObservable();
    this.wholeLife = { epoch: undefined, lease: undefined, signal: this.life.signal, valid: true };
    this.informers = createInformers(api, runtime, { onFault: (error, what) => { this.onInformerFault(error, what); } });
    this.direct = createClient({ api, fieldManager: 'setpoint', signal: this.life.signal });
    this.client = { ...this.direct, watch$: (kind, o) => watch$(this.informers, kind, o) };
    this.leadership = new BehaviorSubject<Leadership>({ state: election ? 'candidate' : 'leading', since: runtime.clock.now(), fencing: api.fencing });
    this.leadership$ = this.leadership.asObservable();
    this.closed = new Promise((resolve, reject) => { this.close = (report) => { if (this.fatal) reject(this.fatal); else resolve(report); }; });
    // Nobody need listen to it; what ended the app is in the log and in events$ as well.
    this.closed.catch(() => undefined);
    this.elector = election ? elector(this.direct, election, runtime) : undefined;
    this.partPorts = {
      api, runtime, services, informers: this.informers, direct: this.direct, elector: this.elector, wholeLife: this.wholeLife,
      term: () => (this.elector ? this.term : this.wholeLife), extensions: () => this.roster.extensions(),
      emit: (event) => { this.emit(event); }, fail: (error) => { this.fail(error); },
    };
  }

  /** Starts the first parts; resolves when their caches have synced. */
  async begin(parts: readonly Runnable[]): Promise<void> {
    await this.admit(parts);
    const { elector: elected } = this;
    if (!elected) return;
    elected.leadership$.subscribe((leadership) => { this.leadership.next(leadership); this.emit({ type: 'leadership', leadership }); });
    void elected.lead((term) => this.underTerm(term));
  }

  informer<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o?: InformerOptions<T, I>): Informer<T, I> {
    return this.informers.for(kind, o);
  }

  of<H>(part: Runnable<H>): H {
    const found = [...this.started.values()].find((s) => s.part === part);
    if (!found) throw new UnknownPart(part.name, [...this.started.keys()]);
    // The part's type says what its own `start` gave as handle.
    return found.running.handle as H;
  }

  async add(part: Runnable): Promise<void> {
    await this.admit([part]);
  }

  async remove(part: Runnable | string): Promise<StopReport> {
    const names = this.roster.leavesOf(part);
    const found = names.flatMap((name) => this.started.get(name) ?? []);
    if (found.length === 0) throw new UnknownPart(typeof part === 'string' ? part : part.name, [...this.started.keys()]);
    const report = await this.endAll(found, stopDeadlineMs);
    this.roster.remove(names);
    return report;
  }

  /** @throws RangeError for a deadline that is no time */
  stop(o: { readonly deadline?: number } = {}): Promise<StopReport> {
    const deadlineMs = o.deadline ?? stopDeadlineMs;
    if (!(Number.isFinite(deadlineMs) && deadlineMs >= 0)) throw new RangeError(`deadline ${String(deadlineMs)} ms is not a finite number ≥ 0`);
    if (!this.stopping) this.stopping = this.shutDown(deadlineMs);
    // Whoever asks again with a deadline is in a hurry.
    else if (o.deadline !== undefined) for (const one of this.started.values()) void one.stop(deadlineMs);
    return this.stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  settled(o: { readonly timeout?: number } = {}): Promise<void> {
    const { api, runtime } = this.ports;
    return settle({
      api, clock: runtime.clock, informers: this.informers, signal: this.life.signal,
      busy: () => [...this.started.values()].filter((s) => s.running.busy()).map((s) => s.part.name),
    }, o.timeout ?? settleTimeoutMs);
  }

  metrics(): string {
    const dropped: Metric = {
      name: 'setpoint_events_dropped_total', type: 'counter', help: 'Events that were not told because too much waited.',
      samples: [...this.recorders].map(([part, recorder]) => ({ labels: { part }, value: recorder.dropped })),
    };
    return renderMetrics([...[...this.started.values()].flatMap((s) => s.running.metrics?.() ?? []), ...this.informers.metrics(), ...(this.elector?.metrics() ?? []), dropped]);
  }

  health(): Promise<HealthReport> {
    return healthOf({
      clock: this.ports.runtime.clock, options: this.ports.health ?? {}, lagging: this.informers.unsynced(), election: this.elector?.check(), isStopping: this.stopping !== undefined,
      runs: [...this.started.values()].map(({ part, running }) => ({ part: part.name, ms: running.stuckForMs?.() ?? 0 })),
    });
  }

  /** All or none of them run afterwards; then they act, as far as leadership lets them. */
  private async admit(parts: readonly Runnable[]): Promise<void> {
    this.assertRunning();
    checkParts([...this.roster.parts(), ...parts], this.ports.services.has);
    const leaves = this.roster.add(parts);
    try {
      await this.ports.serve(leaves.flatMap(kindsOf));
      this.assertRunning();
      this.startAll(leaves);
      await Promise.all(leaves.map(async (part) => this.started.get(part.name)?.ready()));
      this.assertRunning();
    } catch (error) {
      await this.endAll(leaves.flatMap((part) => this.started.get(part.name) ?? []), 0);
      this.roster.remove(leaves.map((part) => part.name));
      throw error;
    }
    for (const part of leaves) this.leadOne(this.started.get(part.name));
  }

  private assertRunning(): void {
    if (this.stopping) throw new Disposed('the app');
  }

  private startAll(leaves: readonly Runnable[]): void {
    const made = leaves.flatMap((part) => {
      const how = part[launch];
      return how.type === 'part' ? [{ part, how, ...partContext(this.partPorts, part, how) }] : [];
    });
    for (const [i, { part, how, context, recorder, release }] of made.entries()) {
      try {
        const running = how.start(context);
        this.ports.onStarted?.(running);
        this.recorders.set(part.name, recorder);
        this.started.set(part.name, new StartedPart({ part, leader: how.leader, running, release, runtime: this.ports.runtime, onFault: (what, error) => { this.emit({ type: 'fault', part: part.name, what, error }); } }));
      } catch (error) {
        for (const rest of made.slice(i)) void rest.release();
        throw error;
      }
    }
  }

  private leadOne(one: StartedPart | undefined): void {
    const term = one?.leader ? this.partPorts.term() : this.wholeLife;
    if (term) one?.lead(term);
  }

  /** The elector's work of one term: it releases the lease only after this has resolved (L16). */
  private async underTerm(term: Term): Promise<void> {
    this.term = term;
    for (const one of this.started.values()) if (one.leader) one.lead(term);
    if (!term.signal.aborted) await new Promise<void>((resolve) => { term.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
    if (this.term === term) this.term = undefined;
    // What did not end may still act: the lease is left to expire.
    if (this.mayAct) await new Promise(() => undefined);
  }

  private async endAll(parts: readonly StartedPart[], deadlineMs: number): Promise<StopReport> {
    const reports = await Promise.all(parts.map((one) => one.stop(deadlineMs)));
    for (const { part } of parts) { this.started.delete(part.name); this.recorders.delete(part.name); }
    if (reports.some(({ mayAct }) => mayAct)) this.mayAct = true;
    return { drained: reports.reduce((n, r) => n + r.drained, 0), dropped: reports.flatMap((r) => r.dropped), stuck: reports.flatMap((r) => r.stuck) };
  }

  private onInformerFault(error: SetpointError, what: string): void {
    this.emit({ type: 'fault', part: 'informer', what, error });
    if (isForGood(error)) this.fail(error);
  }

  private fail(error: SetpointError): void {
    if (this.fatal || this.stopping) return;
    this.fatal = error;
    this.ports.runtime.log.error('the app cannot go on', { code: error.code, error: error.message });
    this.emit({ type: 'fault', part: 'app', what: 'Fatal', error });
    void this.stop();
  }

  /** Triggers and queues first, then informers, the lease, and the store (R45). Goes on whatever fails of it. */
  private async shutDown(deadlineMs: number): Promise<StopReport> {
    const report = await this.endAll([...this.started.values()], deadlineMs);
    await this.attempt('informers', () => this.informers[Symbol.asyncDispose]());
    await this.attempt('election', () => this.elector?.[Symbol.asyncDispose]());
    this.life.abort(new Aborted('the app'));
    await this.attempt('store', () => this.ports.dispose());
    this.events.complete();
    this.leadership.complete();
    this.close(report);
    return report;
  }

  private async attempt(what: string, step: () => PromiseLike<void> | undefined): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.ports.runtime.log.error('a stop went wrong', { what, error: toError(error).message });
    }
  }

  private emit(event: AppEvent): void {
    if (!this.life.signal.aborted) this.events.next(event);
  }
}

/** What the app stands on was closed under it: nothing will come any more (R50). */
function isForGood({ cause }: SetpointError): boolean {
  return cause instanceof SetpointError && (cause.code === 'Disposed' || cause.code === 'Closed');
}
