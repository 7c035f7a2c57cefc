import { SetpointError, withFields, type Clock, type Logger } from '../../core/index.js';
import type { Pod } from '../../kinds/index.js';
import { AttemptState } from '../cycle-state.js';
import type { NodeView } from '../node-view.js';
import type { Awaitable, NodeContext, NodesContext, PluginHandle, PodContext } from '../plugin.js';
import type { Snapshot } from '../state/cluster.js';
import type { Nominations } from '../state/nominations.js';
import type { ExtensionPoint } from '../status.js';
import { CallScope, isPromise } from './call-scope.js';
import type { LoadedPlugin } from './loaded-plugin.js';
import type { Profile } from './profile.js';

/** The pod went away, or the scheduler stopped, while the attempt ran (K20). */
export class AttemptEnded extends SetpointError {
  constructor(why: string) {
    super('AttemptEnded', `the attempt was given up: ${why}`);
  }
}

/** What the framework needs from the shell. */
export interface FrameworkPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly handle: PluginHandle;
  readonly nominations: Nominations;
  /** A plugin failed without failing the pod (K114). */
  pluginFault(plugin: string, error: Error, pod: Pod): void;
}

export interface AttemptOptions {
  readonly pod: Pod;
  /** Counts the attempts of this pod, from 1. */
  readonly number: number;
  readonly profile: Profile;
  readonly snapshot: Snapshot;
  /** Where the search for nodes begins (K29). */
  readonly start?: number;
}

/** One pod's way through the framework: its snapshot, its state and the calls it makes. Rules: K3, K19, K114. */
export class Attempt {
  readonly pod: Pod;
  readonly number: number;
  readonly profile: Profile;
  readonly snapshot: Snapshot;
  readonly start: number;
  readonly ports: FrameworkPorts;
  readonly state = new AttemptState();
  /** Plugins that said Skip: their later points do not run (K6). */
  readonly withoutFilter = new Set<LoadedPlugin>();
  readonly withoutScore = new Set<LoadedPlugin>();
  readonly #scopes = new Map<LoadedPlugin, { readonly scope: CallScope; readonly base: PodContext<unknown> }>();
  readonly #bindScopes = new Set<CallScope>();
  /** For our own plugins, which answer at once: one signal for all of them. */
  readonly #controller = new AbortController();
  #frozenNodes: readonly NodeView[] | undefined;
  #ended: AttemptEnded | undefined;

  constructor(options: AttemptOptions, ports: FrameworkPorts) {
    this.pod = options.pod;
    this.number = options.number;
    this.profile = options.profile;
    this.snapshot = options.snapshot;
    this.start = options.start ?? 0;
    this.ports = ports;
  }

  /** Gives the attempt up at its next await. */
  abort(why: string): void {
    this.#ended ??= new AttemptEnded(why);
    this.#controller.abort(this.#ended);
    for (const { scope } of this.#scopes.values()) scope.abort(this.#ended);
    for (const scope of this.#bindScopes) scope.abort(this.#ended);
  }

  /** @throws AttemptEnded when it was given up (K20). */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Ends the scheduling cycle and, with `all`, the state. No timer is left. */
  end(all: boolean): void {
    for (const { scope } of this.#scopes.values()) scope.end();
    if (all) this.state.end();
  }

  podContext(plugin: LoadedPlugin): PodContext<unknown> {
    return this.#of(plugin).base;
  }

  nodeContext(plugin: LoadedPlugin, node: NodeView): NodeContext<unknown> {
    return onNode(this.#of(plugin).base, node, this.state);
  }

  /**
   * Calls a plugin for one node; `fn` is its function for the point. This is gone through for every node and plugin, so
   * it makes nothing but the context. @throws PluginFailed
   */
  callOn<T>(plugin: LoadedPlugin, point: ExtensionPoint, fn: (ctx: NodeContext<unknown>) => Awaitable<T>, node: NodeView, state: AttemptState = this.state): Awaitable<T> {
    const { scope, base } = this.#of(plugin);
    return scope.callWith(point, fn, onNode(base, node, state));
  }

  /** Users get a frozen list; building it anew for every pod would cost ours too much. */
  nodesContext(plugin: LoadedPlugin, nodes: readonly NodeView[]): NodesContext<unknown> {
    return { ...this.#of(plugin).base, nodes: plugin.builtin || Object.isFrozen(nodes) ? nodes : this.#frozen(nodes) };
  }

  /** Calls a plugin within its time for this attempt. @throws PluginFailed */
  call<T>(plugin: LoadedPlugin, point: ExtensionPoint, body: () => Awaitable<T>): Awaitable<T> {
    return this.#of(plugin).scope.call(point, body);
  }

  /** The same, with an `await` only where there is something to wait for; afterwards the pod may be gone (K20). */
  async settled<T>(answer: Awaitable<T>): Promise<T> {
    const value = isPromise(answer) ? await answer : answer;
    this.check();
    return value;
  }

  /** Calls a plugin while binding, with time of its own. */
  async bindingCall<T>(plugin: LoadedPlugin, point: ExtensionPoint, node: NodeView, body: (ctx: NodeContext<unknown>) => Awaitable<T>): Promise<T> {
    this.check();
    const scope = new CallScope(plugin.name, this.ports.clock, plugin.builtin ? Infinity : plugin.bindTimeoutMs);
    this.#bindScopes.add(scope);
    try {
      const ctx = { ...this.nodeContext(plugin, node), signal: scope.signal };
      return await scope.call(point, () => body(ctx));
    } finally {
      scope.end();
      this.#bindScopes.delete(scope);
    }
  }

  #of(plugin: LoadedPlugin): { readonly scope: CallScope; readonly base: PodContext<unknown> } {
    const known = this.#scopes.get(plugin);
    if (known) return known;
    const scope = new CallScope(plugin.name, this.ports.clock, plugin.builtin ? Infinity : plugin.timeoutMs);
    if (this.#ended) scope.abort(this.#ended);
    const base: PodContext<unknown> = {
      pod: this.pod, config: plugin.config, state: this.state, signal: plugin.builtin ? this.#controller.signal : scope.signal,
      log: plugin.builtin ? this.ports.log : withFields(this.ports.log, { plugin: plugin.name }), scheduler: this.ports.handle,
    };
    const made = { scope, base };
    this.#scopes.set(plugin, made);
    return made;
  }

  #frozen(nodes: readonly NodeView[]): readonly NodeView[] {
    if (nodes !== this.snapshot.nodes) return Object.freeze([...nodes]);
    return (this.#frozenNodes ??= Object.freeze([...nodes]));
  }
}

function onNode({ pod, config, signal, log, scheduler }: PodContext<unknown>, node: NodeView, state: AttemptState): NodeContext<unknown> {
  return { pod, node, config, state, signal, log, scheduler };
}
