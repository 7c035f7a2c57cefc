import { readValue, type ConfigProblem, type Token } from '../../core/index.js';
import { event, type ClusterEvent } from '../cluster-event.js';
import type { Awaitable, NodesContext, PluginClass, PluginDefinition, Points, Registered } from '../plugin.js';
import { extensionPoints, type ExtensionPoint } from '../status.js';
import { Circuit } from './circuit.js';
import { maxScore, type Normalization } from './normalize.js';

/** Milliseconds for all calls of one plugin while a node is chosen for one pod (K114). */
export const defaultTimeoutMs = 100;
/** Milliseconds for one call while binding: it may wait for the world. */
export const defaultBindTimeoutMs = 60_000;

/** The functions of a plugin, with its services bound. */
export interface BoundPoints extends Points<unknown, []> {
  scoreAll?(ctx: NodesContext<unknown>): Awaitable<readonly number[]>;
}

/** A plugin ready to be called. */
export interface LoadedPlugin {
  readonly name: string;
  readonly builtin: boolean;
  readonly config: unknown;
  readonly weight: number;
  readonly normalization: Normalization;
  readonly onFailure: 'fail' | 'skip' | number;
  readonly timeoutMs: number;
  readonly bindTimeoutMs: number;
  readonly events: readonly ClusterEvent[];
  /** Registered no events of its own although it rejects (K112). */
  readonly unhinted: boolean;
  readonly points: BoundPoints;
  readonly circuit: Circuit;
}

/** What loading needs from outside. */
export interface LoadContext {
  resolve(token: Token<unknown>): unknown;
}

/** Retried on everything that can free or add room: safe, but not cheap (K112). */
const everyEvent: readonly ClusterEvent[] = [
  event('Node', 'Add'), event('Node', 'UpdateNodeAllocatable'), event('Node', 'UpdateNodeLabel'), event('Node', 'UpdateNodeTaint'),
  event('Node', 'UpdateNodeCondition'), event('Node', 'UpdateNodeAnnotation'), event('Node', 'Delete'),
  event('AssignedPod', 'Add'), event('AssignedPod', 'Delete'), event('AssignedPod', 'UpdatePodLabel'), event('AssignedPod', 'UpdatePodScaleDown'),
  event('TargetPod', 'UpdatePodLabel'), event('TargetPod', 'UpdatePodScaleDown'), event('TargetPod', 'UpdatePodToleration'),
];

const rejecting: readonly ExtensionPoint[] = ['preEnqueue', 'preFilter', 'filter', 'reserve', 'permit'];

/** Checks a registered plugin and binds its config and services; problems go to `problems`. Rules: K109, K111. */
export function loadPlugin(registered: Registered, builtin: boolean, context: LoadContext, problems: ConfigProblem[]): LoadedPlugin | undefined {
  const { definition } = registered;
  const before = problems.length;
  const weight = registered.weight ?? definition.weight ?? 1;
  checkShape(definition, weight, problems);
  const config = configOf(registered, problems);
  if (problems.length > before) return undefined;
  const services = (definition.inject ?? []).map((token) => context.resolve(token));
  return loaded(definition, boundPoints(definition, services), builtin, config, weight);
}

/** Does the same for an instance of a plugin class, whose services its constructor has. */
export function loadInstance(instance: PluginClass, problems: ConfigProblem[]): LoadedPlugin | undefined {
  const before = problems.length;
  const weight = instance.weight ?? 1;
  checkShape(instance, weight, problems);
  if (problems.length > before) return undefined;
  return loaded(instance, boundPoints(instance, []), false, undefined, weight);
}

function loaded(definition: PluginDefinition, points: BoundPoints, builtin: boolean, config: unknown, weight: number): LoadedPlugin {
  const unhinted = definition.on === undefined && rejecting.some((point) => point in points);
  return {
    name: definition.name, builtin, config, weight, points, unhinted,
    normalization: definition.normalize ?? 'none',
    onFailure: definition.onFailure ?? 'fail',
    timeoutMs: definition.timeout ?? defaultTimeoutMs,
    bindTimeoutMs: definition.timeout ?? defaultBindTimeoutMs,
    events: definition.on ?? (unhinted ? everyEvent : []),
    circuit: new Circuit(),
  };
}

function boundPoints(owner: PluginDefinition, services: readonly unknown[]): BoundPoints {
  const points: { [point: string]: (ctx: never) => unknown } = {};
  for (const point of extensionPoints) {
    const fn = owner[point] as ((...args: readonly unknown[]) => unknown) | undefined;
    if (typeof fn !== 'function') continue;
    points[point] = services.length === 0 ? (ctx) => fn.call(owner, ctx) : (ctx) => fn.call(owner, ctx, ...services);
  }
  return points;
}

function configOf({ definition, config }: Registered, problems: ConfigProblem[]): unknown {
  if (!definition.config) return config;
  const checked = readValue(definition.config, config ?? {});
  if ('value' in checked) return checked.value;
  for (const { path, message } of checked.problems) problems.push({ path: `plugins.${definition.name}.config${path === '' ? '' : `.${path}`}`, message });
  return undefined;
}

function checkShape(definition: PluginDefinition, weight: number, problems: ConfigProblem[]): void {
  const at = `plugins.${definition.name}`;
  const problem = (field: string, message: string) => { problems.push({ path: `${at}${field}`, message }); };
  if (typeof definition.name !== 'string' || !/^[^\s,]+$/.test(definition.name)) problem('.name', 'a plugin needs a name, without spaces and commas');
  if (!extensionPoints.some((point) => typeof definition[point] === 'function')) problem('', 'a plugin needs a function of at least one extension point');
  const scores = definition.score !== undefined || definition.scoreAll !== undefined;
  if (scores && !(Number.isInteger(weight) && weight >= 1 && weight <= 2 ** 31 - 1)) problem('.weight', `must be a whole number from 1 to 2147483647, not ${String(weight)}`);
  const { onFailure, timeout } = definition;
  if (typeof onFailure === 'number' && !(Number.isInteger(onFailure) && onFailure >= 0 && onFailure <= maxScore)) problem('.onFailure', `must be 'fail', 'skip' or a whole number from 0 to 100, not ${onFailure}`);
  if (timeout !== undefined && !(timeout > 0 && timeout < Infinity)) problem('.timeout', `must be a number of milliseconds above 0, not ${String(timeout)}`);
}
