import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { Api } from '../api/api.js';
import type { Client, ClientSettings, DirectClient } from '../client/client.js';
import { createClient } from '../client/direct-client.js';
import { eventRecorder } from '../client/event-recorder.js';
import { launch, type AppEvent, type CoreContext, type DrainReport, type Leadership, type Runnable, type Running, type Term } from '../controller/runnable.js';
import { elector, type Elector } from '../election/elector.js';
import { LeadershipLost, type ElectionOptions } from '../election/election.js';
import { cachedClient, watch$ } from '../informer/cached-client.js';
import type { Informer, InformerOptions } from '../informer/informer.js';
import { informers as createInformers, type Informers } from '../informer/informers.js';
import type { AnyKind, Kind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import { Aborted, ConfigError, toError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import { renderMetrics } from '../runtime/metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Token } from '../runtime/token.js';
import type { App, HealthReport, StopReport } from './app.js';
import { UnknownPart } from './app-errors.js';
import { checkParts, flatten } from './parts.js';
import { settle } from './settle.js';

/** What an app stands on. `run()` makes it with inversify; `simulate()` makes it by hand. */
export interface AppPorts {
  readonly api: Api;
  readonly runtime: Runtime;
  readonly services: {
    has(token: Token<unknown>): boolean;
    resolve<T>(token: Token<T>): T;
    resolveAll<T>(token: Token<T>): readonly T[];
  };
  readonly election?: ElectionOptions;
  /** Kinds are made known to an api in process before anything starts. */
  serve(kinds: readonly AnyKind[]): Promise<void>;
  /** Ends what belongs to this app alone: api, store, container. */
  dispose(): Promise<void>;
  /** Is told of each part that was started, for those who look on from outside. */
  onStarted?(running: Running): void;
}

interface Started {
  readonly part: Runnable;
  readonly running: Running;
  readonly leader: boolean;
  readonly end: AbortController;
}

const stopDeadlineMs = 30_000;
const settleTimeoutMs = 60_000;

/**
 * Starts the parts; resolves when their caches have synced and, without election, work has begun.
 * @throws ConfigError for names and services, before anything starts (R41, R54)
 */
export async function createApp(parts: readonly Runnable[], ports: AppPorts): Promise<App> {
  const flat = flatten(parts);
  checkParts(flat, ports.services.has);
  await ports.serve(flat.flatMap((part) => { const how = part[launch]; return how.type === 'set' ? [] : how.kinds; }));
  const app = new AppShell(ports);
  try {
    await app.begin(flat);
  } catch (error) {
    await app.stop({ deadline: 0 });
    throw error;
  }
  return app;
}

class AppShell implements App {
  readonly client: Client;
  readonly events$: Observable<AppEvent>;
  readonly leadership$: Observable<Leadership>;
  readonly closed: Promise<StopReport>;
  private readonly events = new Subject<AppEvent>();
  private readonly leadership: BehaviorSubject<Leadership>;
  private readonly informers: Informers;
  private readonly direct: DirectClient;
  private readonly life = longLived();
  private readonly started = new Map<string, Started>();
  private readonly extensions: unknown[] = [];
  private readonly elector: Elector | undefined;
  private readonly recorders: AsyncDisposable[] = [];
  private term: Term | undefined;
  private stopping: Promise<StopReport> | undefined;
  private close: (report: StopReport) => void = () => undefined;

  constructor(private readonly ports: AppPorts) {
    const { runtime, api, election } = ports;
    this.events$ = this.events.asObservable();
    this.informers = createInformers(api, runtime, { onFault: (error, what) => { this.emit({ type: 'fault', part: 'informer', what, error }); } });
    this.direct = createClient({ api, fieldManager: 'setpoint', signal: this.life.signal });
    this.client = { ...this.direct, watch$: (kind, o) => watch$(this.informers, kind, o) };
    this.leadership = new BehaviorSubject<Leadership>({ state: election ? 'candidate' : 'leading', since: runtime.clock.now(), fencing: api.fencing });
    this.leadership$ = this.leadership.asObservable();
    this.closed = new Promise((resolve) => { this.close = resolve; });
    this.elector = election ? elector(this.direct, election, runtime) : undefined;
  }

  async begin(parts: readonly Runnable[]): Promise<void> {
    await this.start(parts);
    const { elector: elected } = this;
    if (!elected) { this.leadAll(this.wholeLife()); return; }
    this.leadParts([...this.started.values()].filter((s) => !s.leader), this.wholeLife());
    elected.leadership$.subscribe((leadership) => { this.leadership.next(leadership); this.emit({ type: 'leadership', leadership }); });
    void elected.lead((term) => this.underTerm(term)).catch((error: unknown) => { if (!this.life.signal.aborted) this.ports.runtime.log.error('election failed', { error: toError(error).message }); });
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
    this.life.signal.throwIfAborted();
    const parts = flatten([part]);
    checkParts([...[...this.started.values()].map((s) => s.part), ...parts], this.ports.services.has);
    await this.ports.serve(parts.flatMap((p) => { const how = p[launch]; return how.type === 'set' ? [] : how.kinds; }));
    const started = await this.start(parts);
    const whole = this.wholeLife();
    this.leadParts(started.filter((s) => !s.leader), whole);
    const term = this.elector ? this.term : whole;
    if (term) this.leadParts(started.filter((s) => s.leader), term);
  }

  async remove(part: Runnable | string): Promise<StopReport> {
    const name = typeof part === 'string' ? part : part.name;
    const found = this.started.get(name);
    if (!found) throw new UnknownPart(name, [...this.started.keys()]);
    this.started.delete(name);
    return this.end(found, stopDeadlineMs);
  }

  stop(o: { readonly deadline?: number } = {}): Promise<StopReport> {
    this.stopping ??= this.shutDown(o.deadline ?? stopDeadlineMs).then((report) => { this.close(report); return report; });
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
    return renderMetrics([...[...this.started.values()].flatMap((s) => s.running.metrics?.() ?? []), ...this.informers.metrics()]);
  }

  async health(): Promise<HealthReport> {
    const lagging = this.informers.unsynced();
    const checks: Record<string, string> = { caches: lagging.length === 0 ? 'ok' : `not in step: ${lagging.join(', ')}` };
    const election = this.elector?.check();
    if (election) checks['election'] = election.ok ? 'ok' : election.message;
    const live = !this.life.signal.aborted && (election?.ok ?? true);
    await this.ports.runtime.clock.yield();
    return { live, ready: live && lagging.length === 0, checks };
  }

  private async start(parts: readonly Runnable[]): Promise<readonly Started[]> {
    for (const part of parts) { const how = part[launch]; if (how.type === 'extension') this.extensions.push(how.value); }
    const begun: Started[] = [];
    for (const part of parts) {
      const how = part[launch];
      if (how.type !== 'part') continue;
      const end = longLived();
      const one: Started = { part, end, leader: how.leader, running: how.start(this.contextOf(part, how.leader, how.inject, end.signal)) };
      begun.push(one);
      this.ports.onStarted?.(one.running);
      this.started.set(part.name, one);
    }
    await Promise.all(begun.map((s) => s.running.ready()));
    return begun;
  }

  private contextOf(part: Runnable, leader: boolean, inject: readonly Token<unknown>[], signal: AbortSignal): CoreContext {
    const { api, runtime, services } = this.ports;
    const recorder = eventRecorder({ client: this.direct, component: part.name, runtime });
    this.recorders.push(recorder);
    const connect: CoreContext['connect'] = (o) => this.connect(o, leader);
    const context: CoreContext = {
      ...runtime, random: runtime.random.fork(part.name), name: part.name, api, recorder, connect,
      client: connect({ fieldManager: part.name, signal }),
      informer: (kind, o) => this.informers.for(kind, o),
      resolve: (token) => {
        if (!services.has(token)) throw new ConfigError([{ path: part.name, message: `nothing is bound to ${token.name}` }], { hint: `declared: ${inject.map((t) => t.name).join(', ')}` });
        return services.resolve(token);
      },
      resolveAll: (token) => services.resolveAll(token),
      extensions: () => this.extensions,
      kinds$: api.kinds$,
      emit: (event) => { this.emit(event); },
      term: () => this.term,
    };
    return context;
  }

  /** Cached reads, writes under the term: after its end a write is refused here, without a request (L12). */
  private connect(o: Parameters<CoreContext['connect']>[0], leader: boolean): Client {
    const settings: ClientSettings = {
      api: this.ports.api, fieldManager: o.fieldManager, signal: o.signal ?? this.life.signal,
      ...(o.onWrite ? { onWrite: o.onWrite } : {}),
      ...(leader && this.elector ? { fence: () => this.fence() } : {}),
    };
    return cachedClient(settings, this.informers);
  }

  private fence() {
    const { term } = this;
    if (!term?.valid || term.epoch === undefined || term.lease === undefined) throw new LeadershipLost('stopped');
    return { lease: term.lease, epoch: term.epoch };
  }

  /** The time without election: one term, which ends with the app. */
  private wholeLife(): Term {
    return { epoch: undefined, lease: undefined, signal: this.life.signal, valid: true };
  }

  private leadAll(term: Term): void {
    this.term = term;
    this.leadParts([...this.started.values()], term);
  }

  private leadParts(parts: readonly Started[], term: Term): void {
    for (const { running } of parts) running.lead(term);
  }

  /** The elector's work of one term: it releases the lease only after this has resolved (L16). */
  private async underTerm(term: Term): Promise<void> {
    this.term = term;
    this.leadParts([...this.started.values()].filter((s) => s.leader), term);
    if (!term.signal.aborted) await new Promise<void>((resolve) => { term.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });
    if (this.term === term) this.term = undefined;
  }

  private async end(one: Started, deadlineMs: number): Promise<DrainReport> {
    const report = await one.running.stop({ deadlineMs });
    one.end.abort(new Aborted(one.part.name));
    return report;
  }

  /** Triggers and queues first, then the lease, informers and the store (R45). */
  private async shutDown(deadlineMs: number): Promise<StopReport> {
    const reports = await Promise.all([...this.started.values()].map((one) => this.end(one, deadlineMs)));
    const report: StopReport = { drained: reports.reduce((n, r) => n + r.drained, 0), dropped: reports.flatMap((r) => r.dropped), stuck: reports.flatMap((r) => r.stuck) };
    await Promise.all(this.recorders.map((r) => r[Symbol.asyncDispose]()));
    // A lease that a stuck run may still act under is not released: expiry hands it over (L16).
    await this.elector?.[Symbol.asyncDispose]();
    this.life.abort(new Aborted('the app'));
    await this.informers[Symbol.asyncDispose]();
    await this.ports.dispose();
    this.events.complete();
    this.leadership.complete();
    return report;
  }

  private emit(event: AppEvent): void {
    if (!this.life.signal.aborted) this.events.next(event);
  }
}
