import type { App, AppEvent, Running, Runnable, Token } from '../core/index.js';
import { Clock, Logger, Random, toError } from '../core/index.js';
import { createApp } from '../core/manager/create-app.js';
import type { Api } from '../core/api/api.js';
import type { LocalApi } from '../core/api/local-api.js';
import { keyedRandom, draw } from '../core/runtime/random.js';
import type { VirtualClock } from '../core/runtime/virtual-clock.js';
import { Connection, type WriteSeen } from './connection.js';
import { remoteService, type ServiceModel } from './external-service.js';
import type { FaultPlan } from './faults.js';
import { clockOf, Life } from './life.js';
import type { ProcessOptions } from './simulate-options.js';
import type { Trace } from './trace.js';

/** What processes stand on, and whom they tell. */
export interface ProcessPorts {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly api: LocalApi;
  readonly faults: FaultPlan;
  readonly trace: Trace;
  readonly services: readonly { readonly service: ServiceModel; readonly model: object }[];
  onWrite(write: WriteSeen): void;
  onEvent(actor: string, event: AppEvent): void;
}

/** One replica of a simulated process: it starts, crashes, and starts again. Rules: M1, M17–M20. */
export class SimulatedProcess {
  readonly actor: string;
  private life: Life | undefined;
  private connection: Connection | undefined;
  private app: App | undefined;
  private runnings: Running[] = [];
  private isLeading = false;
  private readonly uses = new Map<string, number>();
  private restart: { cancel(): void } | undefined;
  private lives = 0;

  constructor(name: string, replica: number, private readonly o: ProcessOptions, private readonly ports: ProcessPorts) {
    this.actor = `${name}-${replica}`;
  }

  start(): void {
    this.restart = undefined;
    const { ports, actor } = this;
    const life = new Life((where) => { this.onCrash(where); });
    const connection = new Connection({ ...ports, actor, life, uses: this.uses });
    this.life = life;
    this.connection = connection;
    this.lives++;
    this.runnings = [];
    this.isLeading = false;
    ports.trace.add(ports.clock.now(), `${actor} starts, life ${this.lives}`);
    createApp(this.parts(), this.appPorts(life, connection)).then(
      (app) => { if (life.alive) this.onStarted(life, app); },
      (error: unknown) => {
        if (!life.alive) return;
        // A start that fails ends the process, and its keeper starts it again.
        ports.trace.add(ports.clock.now(), `${actor} could not start: ${toError(error).message}`);
        life.crash('during start');
      },
    );
  }

  /** Faults are over: the dead start again, and what was held back arrives. */
  heal(): void {
    if (this.restart) {
      this.restart.cancel();
      this.start();
    }
    for (const watch of this.connection?.watches ?? []) watch.heal();
  }

  /** Why it is not at rest; undefined when it is. */
  get unrest(): string | undefined {
    const { life, connection, app } = this;
    if (!life?.alive || !connection || !app) return `${this.actor} has not started`;
    if (life.requests > 0) return `${this.actor} waits for an answer`;
    for (const watch of connection.watches) if (watch.hasNews) return `${this.actor} has not seen the last changes`;
    return this.runnings.some((running) => running.busy()) ? `${this.actor} has work left` : undefined;
  }

  get leads(): boolean {
    return this.life?.alive === true && this.isLeading;
  }

  get hasElection(): boolean {
    return this.o.options?.election !== undefined && this.o.options.election !== false;
  }

  /** Ends in order (M20). */
  async stop(): Promise<void> {
    await this.app?.stop({ deadline: 1_000 });
  }

  /** What is left of a life that has stopped: nothing, or it leaks (O6). */
  get leaks(): string | undefined {
    const { life } = this;
    if (!life) return undefined;
    const left = Object.entries({ timers: life.timers, requests: life.requests, watches: life.watches }).filter(([, n]) => n > 0);
    return left.length === 0 ? undefined : `${this.actor} stopped and left ${left.map(([what, n]) => `${n} ${what}`).join(', ')}`;
  }

  /** The run is over: nothing of it goes on. */
  kill(): void {
    this.restart?.cancel();
    this.life?.end();
  }

  private onStarted(life: Life, app: App): void {
    this.app = app;
    app.events$.subscribe((event) => { if (life.alive) this.ports.onEvent(this.actor, event); });
    app.leadership$.subscribe(({ state }) => { if (this.life === life) this.isLeading = state === 'leading'; });
  }

  private onCrash(where: string): void {
    const { clock, trace, faults } = this.ports;
    this.app = undefined;
    if (faults.active) faults.noteObserved('crash');
    const downMs = faults.active ? faults.durationMs('crash') : 1_000;
    trace.add(clock.now(), `! crash ${this.actor} ${where}, down ${downMs.toFixed(0)} ms`);
    this.restart = clock.setTimer(clock.now() + downMs, () => { this.start(); });
  }

  private parts(): readonly Runnable[] {
    const { start } = this.o;
    return typeof start === 'function' ? start() : start;
  }

  private appPorts(life: Life, connection: Connection): Parameters<typeof createApp>[1] {
    const { seed, clock, api, services } = this.ports;
    const runtime = { clock: clockOf(life, clock), random: keyedRandom(seed, `${this.actor}/${this.lives}/`), log: this.logger(life) };
    const bound = new Map<Token<unknown>, unknown>([[Clock, runtime.clock], [Random, runtime.random], [Logger, runtime.log]]);
    for (const { token, value } of this.o.options?.services ?? []) bound.set(token, value);
    for (const { service, model } of services) bound.set(service.token, remoteService(service, model, connection));
    const election = this.o.options?.election;
    return {
      api: connection satisfies Api, runtime,
      services: {
        has: (token) => bound.has(token),
        // A token is bound to a value of its type.
        resolve: <T>(token: Token<T>) => bound.get(token) as T,
        resolveAll: <T>(token: Token<T>) => (bound.has(token) ? [bound.get(token) as T] : []),
      },
      ...(election === undefined || election === false ? {} : { election: { ...(election === true ? { name: 'setpoint' } : election), identity: `${this.actor}_${this.lives}` } }),
      serve: (kinds) => { for (const kind of kinds) api.serve(kind); return Promise.resolve(); },
      dispose: () => Promise.resolve(),
      onStarted: (running) => { this.runnings.push(running); },
    };
  }

  private logger(life: Life): Logger {
    const quiet = () => undefined;
    const { trace, clock } = this.ports;
    return { debug: quiet, info: quiet, warn: quiet, error: (msg, fields) => { if (life.alive) trace.add(clock.now(), `${this.actor} logs ${msg} ${JSON.stringify(fields ?? {})}`); } };
  }
}

/** A small offset, so that replicas do not start at one instant. */
export function startOffsetMs(seed: number, actor: string): number {
  return 10 * draw(seed, `start/${actor}`, 0);
}
