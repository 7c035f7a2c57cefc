import type { AnyKind, AppEvent, Client, KubeObject } from '../core/index.js';
import { memory } from '../core/index.js';
import { objectCodec } from '../core/api/codec.js';
import { createApi, type LocalApi } from '../core/api/local-api.js';
import { createApp } from '../core/manager/create-app.js';
import { sleep } from '../core/runtime/clock.js';
import { SetpointError, toError } from '../core/runtime/errors.js';
import { silent } from '../core/runtime/logger.js';
import { draw, keyedRandom } from '../core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../core/runtime/virtual-clock.js';
import type { StoreHandle } from '../core/store/store.js';
import { Connection, type WriteSeen } from './connection.js';
import { FaultPlan, type FaultKind, type Faults } from './faults.js';
import { clockOf, Life } from './life.js';
import { brokenInvariant, isRestless, RestCounter, strayFailure, unconverged, type Violation } from './oracles.js';
import { SimulatedProcess, startOffsetMs } from './process.js';
import type { SimulationPlan } from './simulate-options.js';
import { Trace } from './trace.js';
import { userFaults } from './user-faults.js';
import { WorldLog } from './world.js';

export interface SeedResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  /** Ids of the faults that happened. */
  readonly injected: readonly string[];
  readonly observed: ReadonlyMap<FaultKind, number>;
  readonly hash: string;
  readonly trace: readonly string[];
  readonly virtualMs: number;
  readonly events: number;
  /** Runs of controllers; a seed without any proves nothing (M42). */
  readonly reconciles: number;
}

/** One simulated cluster from its first to its last event. Rules: M6–M8, M17, M39, M40. */
export async function runSeed(plan: SimulationPlan, seed: number, faults: Faults | readonly string[], o: { readonly trace: boolean }): Promise<SeedResult> {
  const run = new SeedRun(plan, seed, faults, new Trace(o.trace));
  try {
    await run.all();
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
  } finally {
    await run.dispose();
  }
  return run.result;
}

/** The run was found guilty, and goes no further. */
class RunEnded extends SetpointError {
  constructor() {
    super('RunEnded', 'the run has ended');
  }
}

/** How often, in virtual time, a run looks whether it has come to rest. */
const lookMs = 100;
/** A world at rest is quiet for a moment within this time. */
const pauseMs = 10_000;
/** Virtual time for steps that are to end by themselves: what is given, the workload, a stop. */
const patienceMs = 3_600_000;

class SeedRun {
  readonly trace: Trace;
  private readonly clock: VirtualClock = virtualClock();
  private readonly faults: FaultPlan;
  private readonly world: WorldLog;
  private readonly processes: SimulatedProcess[] = [];
  private readonly models: ReadonlyMap<unknown, object>;
  private readonly userLife = new Life(() => undefined);
  private readonly primaries = new Set<string>();
  private readonly restRuns = new RestCounter();
  private phase: 'given' | 'chaos' | 'converge' | 'rest' | 'stop' = 'given';
  private violation: Violation | undefined;
  private reconciles = 0;
  private events = 0;
  private store: StoreHandle<KubeObject> | undefined;
  private api: LocalApi | undefined;
  private userClient: Client | undefined;

  constructor(private readonly plan: SimulationPlan, private readonly seed: number, given: Faults | readonly string[], trace: Trace) {
    this.trace = trace;
    this.faults = new FaultPlan(seed, given);
    this.models = new Map((plan.options.services ?? []).map(({ model: Model }) => [Model, new Model()]));
    this.world = new WorldLog(() => this.clock.now(), (model) => this.modelOf(model));
  }

  get result(): SeedResult {
    return {
      seed: this.seed, violation: this.violation, injected: this.faults.injected, observed: this.faults.observed, hash: this.trace.hash, trace: this.trace.tail,
      virtualMs: this.clock.now(), events: this.events, reconciles: this.reconciles,
    };
  }

  async all(): Promise<void> {
    await this.open();
    const { given, workload } = this.plan.options;
    const client = this.user;
    if (given) await this.until(given({ client }), 'given');
    this.notePrimaries();
    this.startProcesses();
    await this.chaos(workload ? () => workload({ client, sleep: (ms) => sleep(this.clock, ms), random: this.randomOf('workload'), settle: () => this.settled() }) : undefined);
    this.notePrimaries();
    await this.converge();
    await this.rest();
    await this.stop();
  }

  async dispose(): Promise<void> {
    for (const process of this.processes) process.kill();
    this.userLife.end();
    await this.api?.[Symbol.asyncDispose]();
    await this.store?.[Symbol.asyncDispose]();
  }

  // The phases.

  private async open(): Promise<void> {
    const runtime = { clock: this.clock, random: keyedRandom(this.seed, 'api/'), log: silent };
    this.store = await memory().open(objectCodec(), runtime);
    this.api = createApi({ store: this.store, runtime, validators: this.plan.validators });
    this.follow(this.store).catch((error: unknown) => { this.accuse('O7', 'log', `the log of the store ended: ${toError(error).message}`); });
    await this.openUser(this.api);
  }

  /** Users have a connection of their own, without faults (M34). */
  private async openUser(api: LocalApi): Promise<void> {
    const connection = new Connection({
      actor: 'user', seed: this.seed, api, clock: this.clock, life: this.userLife, trace: this.trace, faults: undefined, uses: new Map(), onWrite: () => undefined,
    });
    const runtime = { clock: clockOf(this.userLife, this.clock), random: keyedRandom(this.seed, 'user/'), log: silent };
    const none = { has: () => false, resolve: () => { throw new SetpointError('NoService', 'a user has no services'); }, resolveAll: () => [] };
    const app = await this.until(createApp([], { api: connection, runtime, services: none, serve: () => Promise.resolve(), dispose: () => Promise.resolve() }), 'the user\'s client');
    this.userClient = app.client;
  }

  private get kinds(): readonly AnyKind[] {
    let kinds: readonly AnyKind[] = [];
    this.api?.kinds$.subscribe((served) => { kinds = served; }).unsubscribe();
    return kinds;
  }

  private get user(): Client {
    if (!this.userClient) throw new SetpointError('NotOpen', 'the run has not begun');
    return this.userClient;
  }

  private startProcesses(): void {
    const { clock, faults, trace, seed, api } = this;
    if (!api) return;
    this.phase = 'chaos';
    faults.active = true;
    const services = (this.plan.options.services ?? []).map((service) => ({ service, model: this.modelOf(service.model) }));
    const ports = { seed, clock, api, faults, trace, services, onWrite: (write: WriteSeen) => { this.onWrite(write); }, onEvent: (actor: string, event: AppEvent) => { this.onEvent(actor, event); } };
    for (const [name, o] of Object.entries(this.plan.options.processes)) {
      for (let replica = 0; replica < (o.replicas ?? 1); replica++) {
        const process = new SimulatedProcess(name, replica, o, ports);
        this.processes.push(process);
        clock.setTimer(clock.now() + startOffsetMs(seed, process.actor), () => { process.start(); });
      }
    }
  }

  /** Until the workload has ended and the time of faults is over. */
  private async chaos(workload: (() => Promise<void>) | undefined): Promise<void> {
    const { clock } = this;
    const chaosMs = 2_000 * 30 ** draw(this.seed, 'chaos', 0);
    const users = userFaults({ client: this.user, clock, faults: this.faults, seed: this.seed, chaosMs, primaries: this.primaries, kinds: () => this.kinds, objects: () => this.world.all(), trace: this.trace });
    const work = Promise.all([users, workload?.()]);
    const until = clock.now() + chaosMs;
    await this.until(work, 'workload');
    while (clock.now() < until) if (!(await this.step(until))) break;
    this.phase = 'converge';
    this.faults.active = false;
    this.trace.add(clock.now(), 'heal');
    for (const process of this.processes) process.heal();
  }

  /** O1, first half: the wanted state is reached in time. */
  private async converge(): Promise<void> {
    const { withinMs } = this.plan;
    const missing = await this.reach(withinMs);
    if (missing !== undefined) this.fail('O1', 'converged', `${withinMs / 1_000} s after the last fault: ${missing}`);
  }

  /** O1, second half, and O4: it stays, and nobody writes. */
  private async rest(): Promise<void> {
    this.phase = 'rest';
    const end = this.clock.now() + this.plan.restMs;
    while (await this.step(end)) { /* until rest is over */ }
    // Signs of life may be under way at this very moment.
    const missing = await this.reach(pauseMs);
    if (missing !== undefined) this.fail('O1', 'converged', `it did not stay: ${missing}`);
  }

  /** Until the world is at rest and as wanted; answers what is missing after `ms`. */
  private async reach(ms: number): Promise<string | undefined> {
    const { clock } = this;
    const end = clock.now() + ms;
    for (;;) {
      const missing = this.unrest ?? this.unwanted;
      if (missing === undefined || clock.now() >= end) return missing;
      // Nothing changes without an event, so time goes straight to the next one.
      if (!(await this.step(end))) await clock.advance(end - clock.now());
      const look = Math.min(clock.now() + lookMs, end);
      while (await this.step(look)) { /* until it is time to look again */ }
    }
  }

  /** O6: what has stopped leaves nothing. */
  private async stop(): Promise<void> {
    this.phase = 'stop';
    await this.until(Promise.all(this.processes.map((process) => process.stop())), 'stop');
    for (const process of this.processes) {
      const { leaks } = process;
      if (leaks !== undefined) this.fail('O6', 'leak', leaks, process.actor);
    }
  }

  // What drives it.

  /** One event of the heap; false when none is due up to `until`. */
  private async step(until?: number): Promise<boolean> {
    let happened: boolean;
    try {
      happened = await this.clock.step(until);
    } catch (error) {
      this.fail('O7', 'uncaught', `a timer threw ${toError(error).message}`);
    }
    if (this.violation) throw new RunEnded();
    if (happened && ++this.events > this.plan.maxEvents) this.fail('O4', 'events', `more than ${this.plan.maxEvents} events`);
    return happened;
  }

  /** Time runs until the promise has settled. */
  private async until<T>(promise: Promise<T>, what: string): Promise<T> {
    let settled = false;
    const settle = () => { settled = true; };
    promise.then(settle, settle);
    const end = this.clock.now() + patienceMs;
    await this.clock.quiet();
    while (!settled) {
      if (!(await this.step(end))) this.fail('O1', what, `${what} does not end`);
    }
    return promise;
  }

  private async settled(): Promise<void> {
    while ((this.unrest ?? this.unwanted) !== undefined) await sleep(this.clock, lookMs);
  }

  /** Applies each revision to the world as it is committed, and judges it (O3). */
  private async follow(store: StoreHandle<KubeObject>): Promise<void> {
    const { invariants } = this.plan.options;
    for await (const delivery of store.watch({ prefix: '', after: store.seen })) {
      if (delivery.type !== 'batches') continue;
      for (const batch of delivery.batches) {
        this.world.apply(batch);
        for (const event of batch.events) this.trace.add(this.clock.now(), `store ${batch.revision.toString()} ${event.type} ${event.key}`, event.value === undefined ? '' : JSON.stringify(event.value));
        if (invariants && this.phase !== 'given' && this.phase !== 'stop') {
          const broken = brokenInvariant(this.world.view, invariants);
          if (broken) this.accuse('O3', broken.name, broken.cause);
        }
        if (this.phase === 'rest' && this.unwanted !== undefined) this.accuse('O1', 'converged', `it did not stay: ${this.unwanted}`);
      }
    }
  }

  // What is judged.

  private get unrest(): string | undefined {
    for (const process of this.processes) {
      const { unrest } = process;
      if (unrest !== undefined) return unrest;
    }
    for (const name of Object.keys(this.plan.options.processes)) {
      const replicas = this.processes.filter((process) => process.actor.startsWith(`${name}-`));
      if (replicas.some((process) => process.hasElection) && !replicas.some((process) => process.leads)) return `no replica of ${name} leads`;
    }
    return undefined;
  }

  private get unwanted(): string | undefined {
    return unconverged(this.world.view, this.world.all(), this.primaries, this.plan.options.converged);
  }

  private onWrite(write: WriteSeen): void {
    if (this.phase === 'rest' && isRestless(write)) this.accuse('O4', 'write', `${write.actor} ${write.verb} ${write.kind.plural} ${write.key} at rest`, write.actor);
  }

  private onEvent(actor: string, event: AppEvent): void {
    if (event.type === 'reconciled' || event.type === 'reconcileFailed') this.reconciles++;
    if (event.type === 'reconciled') this.trace.add(this.clock.now(), `${actor} reconciled ${event.key} (${event.reasons.map(({ source, detail }) => (detail === undefined ? source : `${source} ${detail}`)).join(', ')})`);
    if (event.type === 'reconcileFailed') this.trace.add(this.clock.now(), `${actor} failed at ${event.key}: ${event.error.code}`);
    const stray = strayFailure(event);
    if (stray !== undefined) this.accuse('O7', 'stray', stray, actor);
    if (this.phase !== 'rest') return;
    const hot = this.restRuns.count(actor, event);
    if (hot !== undefined) this.accuse('O4', 'runs', `${hot} runs again and again at rest`, actor);
  }

  /** The first violation counts. */
  private accuse(oracle: Violation['oracle'], name: string, cause: string, actor?: string): void {
    this.violation ??= { oracle, name, cause, revision: this.world.revision, time: this.clock.now(), ...(actor === undefined ? {} : { actor }) };
  }

  private fail(oracle: Violation['oracle'], name: string, cause: string, actor?: string): never {
    this.accuse(oracle, name, cause, actor);
    throw new RunEnded();
  }

  private modelOf<M>(model: abstract new (...args: never) => M): M {
    const found = this.models.get(model);
    if (!found) throw new SetpointError('NoModel', `${model.name} is no service of this simulation`, { hint: 'services: [externalService(Token, Model)]' });
    return found as M; // made by that class
  }

  /** Kinds of what users made: objects without an owner. */
  private notePrimaries(): void {
    for (const object of this.world.all()) {
      if (object.kind !== 'Namespace' && object.kind !== 'Lease' && object.kind !== 'Event' && !object.metadata.ownerReferences?.length && this.phase === 'given') this.primaries.add(`${object.apiVersion}/${object.kind}`);
    }
  }

  private randomOf(stream: string): () => number {
    let n = 0;
    return () => draw(this.seed, stream, n++);
  }
}
