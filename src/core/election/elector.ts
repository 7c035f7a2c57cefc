import { BehaviorSubject, type Observable } from 'rxjs';
import { isReason, ApiError } from '../api/api-error.js';
import type { DirectClient } from '../client/client.js';
import type { Leadership, Term } from '../client/term.js';
import { Lease } from '../resource/lease.js';
import { keyOf, type Epoch, type Key } from '../resource/object.js';
import { unreachable } from '../runtime/assert.js';
import { alarm, type Alarm } from '../runtime/clock.js';
import { Aborted, ConfigError, toError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import type { Metric } from '../runtime/metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import { electionMetrics, ElectionFigures } from './election-metrics.js';
import { electionOptions, LeadershipLost, type ElectionOptions, type ElectionSettings } from './election.js';
import { LeaseRecords } from './lease-record.js';
import { watchLease } from './lease-watch.js';
import { createElectionCore, type ElectionCore, type ElectionEffect, type ElectionInput } from './step.js';

/** How long an elector may go without an answer before its health says so (L26). */
const silenceMs = 60_000;

export type HealthResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Of all electors of one Lease at most one has a valid term. Rules: L1–L17, L25, L26, L32. */
export interface Elector extends AsyncDisposable {
  /** Replays the last value, never errors, completes when the elector has stopped (L25). */
  readonly leadership$: Observable<Leadership>;
  readonly current: Term | undefined;
  /**
   * Begins the election; `work` is called for each term, after that of the term before has ended. The lease is given
   * back only when its promise has settled (L16). Resolves when the elector has stopped.
   */
  lead(work: (term: Term) => Promise<void>): Promise<void>;
  /** Ends the term in order: its signal aborts, the work gets `grace`, then the lease is given back. It does not come back. */
  resign(): Promise<void>;
  /** A write under the term was refused as `Fenced`: the term is over (L11). */
  fenced(epoch: Epoch): void;
  check(): HealthResult;
  metrics(): readonly Metric[];
}

/**
 * An elector over the Lease `namespace/name`. It does nothing before `lead`.
 * @throws ConfigError for bad options, and with `requireFencing` where the api cannot fence (L6, L24)
 */
export function elector(client: DirectClient, o: ElectionOptions, rt: Runtime): Elector {
  const settings = electionOptions(o, rt.random);
  const { fencing } = client.settings.api;
  if (settings.requireFencing && fencing === 'none') {
    throw new ConfigError([{ path: 'election.requireFencing', message: 'this api cannot refuse writes of older terms' }], { hint: 'leave requireFencing out to rely on time alone' });
  }
  return new ElectorShell(client, settings, rt);
}

class ElectorTerm implements Term {
  readonly control = longLived();

  constructor(readonly epoch: Epoch, readonly lease: Key, private readonly core: ElectionCore, private readonly now: () => number) {}

  get signal(): AbortSignal { return this.control.signal; }
  get valid(): boolean { return !this.signal.aborted && this.now() < this.core.until; }
}

class ElectorShell implements Elector {
  readonly leadership$: Observable<Leadership>;
  private readonly leadership: BehaviorSubject<Leadership>;
  private readonly core: ElectionCore;
  private readonly records: LeaseRecords;
  private readonly figures = new ElectionFigures();
  private readonly end = new AbortController();
  private readonly timer: Alarm;
  private readonly works: ((term: Term) => Promise<void>)[] = [];
  private term: ElectorTerm | undefined;
  /** All work of all terms so far. */
  private working: Promise<unknown> = Promise.resolve();
  private stop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((resolve) => { this.stop = resolve; });
  private startedAt: number | undefined;

  constructor(private readonly client: DirectClient, private readonly o: ElectionSettings, private readonly rt: Runtime) {
    this.core = createElectionCore(o, rt.random.seed);
    this.records = new LeaseRecords(o, rt.clock.wall);
    this.leadership = new BehaviorSubject<Leadership>({ state: 'candidate', since: rt.clock.now(), fencing: client.settings.api.fencing });
    this.leadership$ = this.leadership.asObservable();
    this.timer = alarm(rt.clock, this.end.signal, () => { this.feed({ type: 'tick' }); });
  }

  get current(): Term | undefined { return this.term; }

  lead(work: (term: Term) => Promise<void>): Promise<void> {
    if (this.core.phase === 'stopped') return this.stopped;
    this.works.push(work);
    if (this.startedAt === undefined) this.start();
    else if (this.term !== undefined) this.begin(this.term, [work]);
    return this.stopped;
  }

  async resign(): Promise<void> {
    this.feed({ type: 'resign' });
    await this.stopped;
  }

  fenced(epoch: Epoch): void {
    if (this.term?.epoch === epoch) this.feed({ type: 'fenced' });
  }

  check(): HealthResult {
    const now = this.rt.clock.now();
    if (this.term !== undefined && now > this.core.lastSuccess + this.o.leaseDuration) {
      return { ok: false, message: `leads ${this.o.namespace}/${this.o.name} without a renewal for ${Math.round((now - this.core.lastSuccess) / 1_000)} s` };
    }
    const since = Math.max(this.core.lastAnswer, this.startedAt ?? now);
    if (now - since > silenceMs) return { ok: false, message: `no answer about the lease ${this.o.namespace}/${this.o.name} for ${Math.round((now - since) / 1_000)} s` };
    return { ok: true };
  }

  metrics(): readonly Metric[] {
    return electionMetrics(this.o.name, this.term !== undefined, this.figures);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resign();
  }

  private start(): void {
    this.startedAt = this.rt.clock.now();
    this.feed({ type: 'start' });
    void watchLease({
      api: this.client.settings.api, namespace: this.o.namespace, name: this.o.name, retryMs: this.o.retryPeriod, signal: this.end.signal,
      onChange: (lease, resourceVersion) => { this.feed({ type: 'observed', record: lease && this.records.read(lease), resourceVersion }); },
    }, this.rt);
  }

  private feed(input: ElectionInput): void {
    const { holder } = this.core;
    for (const effect of this.core.step(input, this.rt.clock.now())) this.perform(effect);
    if (this.core.holder !== holder && this.core.phase !== 'stopped') this.tell(this.leadership.value.state);
  }

  private perform(effect: ElectionEffect): void {
    switch (effect.type) {
      case 'get': void this.get(effect.id, effect.timeoutMs); break;
      case 'create': void this.write(effect, (signal) => this.create(effect.id, signal)); break;
      case 'update': void this.write(effect, (signal) => this.update(effect, signal)); break;
      case 'wakeAt': this.timer.set(effect.at); break;
      case 'become': this.become(effect.epoch as Epoch); break; // the core's number is the revision that began the term
      case 'lose': this.lose(effect.cause); break;
      case 'stopped': this.finish(); break;
      default: unreachable(effect);
    }
  }

  // The term.

  private become(epoch: Epoch): void {
    this.figures.terms++;
    this.term = new ElectorTerm(epoch, keyOf(this.o), this.core, () => this.rt.clock.now());
    this.rt.log.info('became leader', { lease: this.term.lease, epoch });
    this.tell('leading');
    this.begin(this.term, this.works);
  }

  private begin(term: Term, works: readonly ((term: Term) => Promise<void>)[]): void {
    const before = this.working;
    const all = before.then(() => (term.signal.aborted ? undefined : Promise.all(works.map((work) => this.runWork(work, term)))));
    this.working = Promise.all([before, all]);
  }

  private async runWork(work: (term: Term) => Promise<void>, term: Term): Promise<void> {
    try {
      await work(term);
    } catch (error) {
      if (!term.signal.aborted) this.rt.log.error('the work of a term failed', { lease: term.lease, error });
    }
  }

  private lose(cause: LeadershipLost['why']): void {
    const { term } = this;
    this.term = undefined;
    this.figures.lost.set(cause, (this.figures.lost.get(cause) ?? 0) + 1);
    this.rt.log.info('leadership ended', { lease: keyOf(this.o), cause });
    this.tell('standby');
    term?.control.abort(new LeadershipLost(cause));
    if (cause === 'resigned') void this.working.then(() => { this.feed({ type: 'settled' }); });
  }

  private finish(): void {
    this.end.abort(new Aborted('the elector'));
    this.leadership.complete();
    this.stop();
  }

  private tell(state: Leadership['state']): void {
    const last = this.leadership.value;
    const { holder, until } = this.core;
    this.leadership.next({
      state, since: last.state === state ? last.since : this.rt.clock.now(), fencing: last.fencing, ...(holder === undefined || holder === '' ? {} : { holder }),
      ...(this.term === undefined ? {} : { epoch: this.term.epoch, until }),
    });
  }

  // Requests.

  private async get(id: number, timeoutMs: number): Promise<void> {
    try {
      const lease = await this.within(timeoutMs, (signal) => this.client.get(Lease, this.o, { live: true, signal }));
      this.feed({ type: 'got', id, record: lease && this.records.read(lease) });
    } catch {
      this.feed({ type: 'getFailed', id });
    }
  }

  private async write(effect: ElectionEffect & { type: 'create' | 'update' }, send: (signal: AbortSignal) => Promise<Lease>): Promise<void> {
    const { id } = effect;
    const sentAt = this.rt.clock.now();
    try {
      const lease = await this.within(effect.timeoutMs, send);
      this.figures.renewSeconds.observe((this.rt.clock.now() - sentAt) / 1_000);
      this.feed({ type: 'wrote', id, outcome: { type: 'ok', record: this.records.read(lease) } });
    } catch (error) {
      this.feed({ type: 'wrote', id, outcome: { type: refusal(error, effect.type) } });
    }
  }

  private create(id: number, signal: AbortSignal): Promise<Lease> {
    const { name, namespace } = this.o;
    return this.client.create(Lease, { metadata: { name, namespace }, spec: this.records.change('acquire', 0, id) }, { signal });
  }

  private update(effect: ElectionEffect & { type: 'update' }, signal: AbortSignal): Promise<Lease> {
    const spec = this.records.change(effect.change, effect.transitions, effect.id);
    // A patch, so that unknown fields, labels and annotations survive (L1); the version is its precondition (L4).
    return this.client.patch(Lease, this.o, { metadata: { resourceVersion: effect.resourceVersion }, spec }, { signal });
  }

  /** The answer, or a rejection after `timeoutMs`, whatever the transport does. */
  private within<T>(timeoutMs: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock } = this.rt;
    const control = new AbortController();
    return new Promise((resolve, reject) => {
      const done = () => {
        timer.cancel();
        this.end.signal.removeEventListener('abort', giveUp);
      };
      const giveUp = () => {
        done();
        const late = new Aborted(`a request for the lease ${this.o.namespace}/${this.o.name}`);
        reject(late);
        control.abort(late);
      };
      const timer = clock.setTimer(clock.now() + timeoutMs, giveUp);
      this.end.signal.addEventListener('abort', giveUp, { once: true });
      send(control.signal).then((value) => { done(); resolve(value); }, (error: unknown) => { done(); reject(toError(error)); });
    });
  }
}

/** What is known of a write that failed. In doubt it may have been applied (L15). */
function refusal(error: unknown, verb: 'create' | 'update'): 'conflict' | 'failed' | 'unknown' {
  // For a create NotFound speaks of the namespace; nothing has changed then.
  if (isReason(error, 'Conflict') || isReason(error, verb === 'create' ? 'AlreadyExists' : 'NotFound')) return 'conflict';
  if (error instanceof ApiError && (error.status.code < 500 || error.status.code === 503)) return 'failed';
  return 'unknown';
}
