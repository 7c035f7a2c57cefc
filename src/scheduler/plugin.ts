import type { Observable } from 'rxjs';
import { extension, token, type AnySchema, type Logger, type Runnable, type Schema, type Token, type Tokens, type types } from '../core/index.js';
import type { Pod } from '../kinds/index.js';
import type { ClusterEvent } from './cluster-event.js';
import type { CycleState } from './cycle-state.js';
import type { NodeView } from './node-view.js';
import type { Status, Verdict } from './status.js';

export type Awaitable<T> = T | Promise<T>;

/** A pod that `permit` holds. Rule: K16. */
export interface WaitingPod {
  readonly pod: Pod;
  readonly node: string;
  /** The plugins that have not allowed it yet. */
  readonly waitsFor: readonly string[];
  /** This plugin lets it go on; it does when all have. */
  allow(plugin: string): void;
  reject(plugin: string, reason: string): void;
  /** Its room is needed: back to the queue, without counting as unschedulable. */
  preempt(plugin: string, reason: string): void;
}
export interface WaitingPods extends ReadonlyArray<Pod> {
  get(uid: string): WaitingPod | undefined;
}

/** What plugins may do to other pods. Rules: K16, K47. */
export interface PluginHandle {
  waitingPods(): WaitingPods;
  /** Pods to be tried again now. */
  activate(pods: readonly Pod[]): void;
}

/** What every call of a plugin is given. */
export interface PodContext<C> {
  readonly pod: Pod;
  readonly config: C;
  readonly state: CycleState;
  /** Aborts at the plugin's timeout, when the pod is deleted, and when the scheduler stops (K114). */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly scheduler: PluginHandle;
}
export interface NodeContext<C> extends PodContext<C> {
  readonly node: NodeView;
}
export interface NodesContext<C> extends PodContext<C> {
  readonly nodes: readonly NodeView[];
}

type Out<S extends AnySchema> = S[typeof types]['out'];
type In<S extends AnySchema> = S[typeof types]['in'];

/** What all plugins have. */
export interface PluginBase<S extends AnySchema, D extends readonly unknown[]> {
  /** Unique in a scheduler; the name of a built-in plugin replaces that one (K111). */
  readonly name: string;
  readonly config?: S;
  /** Services, given to every function after the context. */
  readonly inject?: Tokens<D>;
  /** Milliseconds that it may take for one pod; default 100. While binding: default 60,000 for each call. */
  readonly timeout?: number;
  readonly sign?: (pod: Pod) => string | readonly string[] | undefined;
}

export interface Scoring {
  /** Default 1. */
  readonly weight?: number;
  /** How raw scores become 0..100 (K13); default: they are in that range already. */
  readonly normalize?: 'default' | 'defaultReverse' | 'minMax' | 'none';
  /** What a failed call means: the pod fails (default), the plugin adds nothing, or this score (K114). */
  readonly onFailure?: 'fail' | 'skip' | number;
  readonly ttl?: number;
  readonly invalidate$?: Observable<readonly string[] | 'all'>;
}

export type ScorePlugin<S extends AnySchema, D extends readonly unknown[]> = PluginBase<S, D> & Scoring & (
  | { score(ctx: NodeContext<Out<S>>, ...services: D): Awaitable<number>; scoreAll?: never }
  | { scoreAll(ctx: NodesContext<Out<S>>, ...services: D): Awaitable<readonly number[]>; score?: never });

export interface FilterPlugin<S extends AnySchema, D extends readonly unknown[]> extends PluginBase<S, D> {
  /** Events after which a pod that it rejected is tried again; default: every node and pod event (K112). */
  readonly on?: readonly ClusterEvent[];
  filter(ctx: NodeContext<Out<S>>, ...services: D): Verdict;
}

/** Any set of extension points. Rules: K1, K5. */
export interface Points<C, D extends readonly unknown[]> {
  preEnqueue?(ctx: PodContext<C>, ...services: D): Verdict;
  preFilter?(ctx: NodesContext<C>, ...services: D): Awaitable<void | Status | { readonly nodes: readonly string[] }>;
  filter?(ctx: NodeContext<C>, ...services: D): Verdict;
  postFilter?(ctx: NodesContext<C>, ...services: D): Awaitable<Status | { readonly nominate: string }>;
  preScore?(ctx: NodesContext<C>, ...services: D): Awaitable<void | Status>;
  score?(ctx: NodeContext<C>, ...services: D): Awaitable<number>;
  reserve?(ctx: NodeContext<C>, ...services: D): Awaitable<void | Status>;
  unreserve?(ctx: NodeContext<C>, ...services: D): void;
  permit?(ctx: NodeContext<C>, ...services: D): Awaitable<void | Status>;
  preBindPreFlight?(ctx: NodeContext<C>, ...services: D): Awaitable<void | Status>;
  preBind?(ctx: NodeContext<C>, ...services: D): Awaitable<void | Status>;
  bind?(ctx: NodeContext<C>, ...services: D): Awaitable<void | Status>;
  postBind?(ctx: NodeContext<C>, ...services: D): void;
}

/** For classes: implement this, decorate with `@injectable()`, pass the class. */
export interface PluginClass extends Points<unknown, []> {
  readonly name: string;
  readonly weight?: number;
  readonly on?: readonly ClusterEvent[];
}

/** Extension registry: `bind(Plugin).to(MyClass)` in a ContainerModule. */
export const Plugin: Token<PluginClass> = token<PluginClass>('SchedulerPlugin');

/** A plugin is a Runnable: `run(scheduler(), plugin)` gives it to the scheduler of the app; `plugin.with(config)` configures it. */
export interface SchedulerPlugin<out Config = unknown, out NeedsConfig extends string = string> extends Runnable {
  with(config: Config, o?: { readonly weight?: number }): SchedulerPlugin<Config, 'ready'>;
  readonly state: NeedsConfig;
}
type Fresh<C> = {} extends C ? 'ready' : 'call .with(config) first';

/** A plugin as data: what all three ways of writing one come down to. */
export interface PluginDefinition extends PluginBase<AnySchema, readonly unknown[]>, Scoring, Points<unknown, readonly unknown[]> {
  readonly on?: readonly ClusterEvent[];
  scoreAll?(ctx: NodesContext<unknown>, ...services: readonly unknown[]): Awaitable<readonly number[]>;
}

/** What `with` was given, or not yet. */
export interface Registered {
  readonly definition: PluginDefinition;
  readonly config: unknown;
  readonly weight: number | undefined;
}

/** Marks the value of an extension as a plugin for a scheduler. */
export class PluginRegistration implements Registered {
  constructor(readonly definition: PluginDefinition, readonly config: unknown, readonly weight: number | undefined) {}
}

/** The registration behind each plugin value. */
const registration: unique symbol = Symbol('setpoint.scheduler.registration');

/**
 * A plugin that says how good a node is: 0..100, or any number with `normalize`. Rules: K11–K13, K109, K113.
 *
 * @example
 * const near = scorePlugin({ name: 'Near', score: ({ node }) => (node.labels['near'] === 'yes' ? 100 : 0) });
 */
export function scorePlugin<S extends AnySchema = Schema<{}>, const D extends readonly unknown[] = []>(plugin: ScorePlugin<S, D>): SchedulerPlugin<In<S>, Fresh<In<S>>> {
  return made(plugin);
}

/** A plugin that says which nodes will do: true, or why not. Rules: K109, K110, K112. */
export function filterPlugin<S extends AnySchema = Schema<{}>, const D extends readonly unknown[] = []>(plugin: FilterPlugin<S, D>): SchedulerPlugin<In<S>, Fresh<In<S>>> {
  return made(plugin);
}

/** A plugin with any set of extension points. Rules: K1, K109. */
export function schedulerPlugin<S extends AnySchema = Schema<{}>, const D extends readonly unknown[] = []>(plugin: PluginBase<S, D> & Scoring & { readonly on?: readonly ClusterEvent[] } & Points<Out<S>, D>): SchedulerPlugin<In<S>, Fresh<In<S>>> {
  return made(plugin);
}

/** The registration of a plugin value; undefined for anything else. */
export function registrationOf(plugin: unknown): Registered | undefined {
  return typeof plugin === 'object' && plugin !== null ? (plugin as { readonly [registration]?: Registered })[registration] : undefined;
}

function made<C, N extends string>(definition: object, config?: unknown, weight?: number): SchedulerPlugin<C, N> {
  // The config and service types tie a user's literal together; from here on it is data, checked when it is loaded.
  const data = definition as PluginDefinition;
  const registered = new PluginRegistration(data, config, weight);
  const part = extension({ name: data.name, value: registered, inject: data.inject ?? [] });
  // The schema's own idea of what must be written decides, as it does in the type.
  const configured = config !== undefined || (data.config?.json.required ?? []).length === 0;
  const plugin: Omit<SchedulerPlugin<C, N>, typeof types> & { readonly [registration]: Registered } = {
    ...part,
    [registration]: registered,
    state: (configured ? 'ready' : 'call .with(config) first') as N,
    with: (given: C, o: { readonly weight?: number } = {}) => made<C, 'ready'>(definition, given, o.weight ?? weight),
  };
  // The handle type that `types` stands for exists at compile time only.
  return plugin as unknown as SchedulerPlugin<C, N>;
}
