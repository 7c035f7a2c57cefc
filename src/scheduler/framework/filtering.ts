import type { AttemptState } from '../cycle-state.js';
import type { NodeInfo } from '../state/node-info.js';
import { isRejection, PluginContractError, reasonsOf, shown, statusOf, unresolvable, type Status } from '../status.js';
import type { Attempt } from './attempt.js';
import { numFeasibleNodesToFind } from './choose.js';
import type { Rejection } from './diagnosis.js';
import type { LoadedPlugin } from './loaded-plugin.js';

/** What PreFilter left: a no to all nodes, or the nodes that may be looked at. */
export type PreFiltered =
  | { readonly type: 'rejected'; readonly rejections: readonly Rejection[] }
  | { readonly type: 'passed'; readonly only: ReadonlySet<string> | undefined; readonly narrowedBy: readonly string[] };

/** Runs PreFilter in order. Rules: K5–K7. */
export async function preFilter(attempt: Attempt): Promise<PreFiltered> {
  const rejections: Rejection[] = [];
  const narrowedBy: string[] = [];
  let only: ReadonlySet<string> | undefined;
  for (const plugin of attempt.profile.at('preFilter')) {
    const ctx = attempt.nodesContext(plugin, attempt.snapshot.nodes);
    const answer = await attempt.settled(attempt.call(plugin, 'preFilter', () => plugin.points.preFilter?.(ctx)));
    const names = nodeNamesOf(plugin, answer);
    if (names) {
      narrowedBy.push(plugin.name);
      only = only === undefined ? names : new Set([...only].filter((name) => names.has(name)));
      if (only.size === 0) return { type: 'rejected', rejections: [...rejections, { plugin: narrowedBy.join(), status: unsatisfied(narrowedBy) }] };
      continue;
    }
    const status = statusOf(plugin.name, 'preFilter', answer);
    if (status.code === 'Skip') attempt.withoutFilter.add(plugin);
    if (!isRejection(status)) continue;
    rejections.push({ plugin: plugin.name, status });
    // After Unschedulable the rest still runs: preemption needs what they prepare.
    if (status.code !== 'Unschedulable') break;
  }
  return rejections.length > 0 ? { type: 'rejected', rejections } : { type: 'passed', only, narrowedBy };
}

/** The nodes that will do, and why each of the others will not. */
export interface Filtered {
  readonly feasible: readonly NodeInfo[];
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** Nodes that were looked at, for where the next search starts (K29). */
  readonly lookedAt: number;
}

/** Runs Filter on the nodes in their order, until enough are found. Rules: K8, K10, K27, K29, K30. */
export function filterNodes(attempt: Attempt, passed: Extract<PreFiltered, { type: 'passed' }>): Filtered {
  const { profile, snapshot } = attempt;
  const plugins = profile.at('filter').filter((plugin) => !attempt.withoutFilter.has(plugin));
  const rejections = new Map<string, Rejection>();
  const nominated = nominatedNode(attempt, passed);
  if (nominated && !filterNode(attempt, plugins, nominated)) return { feasible: [nominated], rejections, lookedAt: 1 };

  const outside: Rejection = { plugin: passed.narrowedBy.join(), status: unsatisfied(passed.narrowedBy) };
  const wanted = profile.scorers.length === 0 ? 1 : numFeasibleNodesToFind(passed.only?.size ?? snapshot.nodes.length, profile.percentageOfNodesToScore);
  const feasible: NodeInfo[] = [];
  let lookedAt = 0;
  for (let i = 0; i < snapshot.nodes.length && feasible.length < wanted; i++) {
    // The index is taken modulo the length.
    const node = snapshot.nodes[(attempt.start + i) % snapshot.nodes.length] as NodeInfo;
    if (passed.only && !passed.only.has(node.name)) {
      rejections.set(node.name, outside);
      continue;
    }
    lookedAt++;
    const rejection = filterNode(attempt, plugins, node);
    if (rejection) rejections.set(node.name, rejection);
    else feasible.push(node);
  }
  return { feasible, rejections, lookedAt };
}

/** The first no of the plugins to a node; with pods nominated there, it must fit with them and without (K31). */
export function filterNode(attempt: Attempt, plugins: readonly LoadedPlugin[], node: NodeInfo): Rejection | undefined {
  const nominated = attempt.ports.nominations.before(attempt.pod, node);
  if (nominated.length > 0) {
    const crowded = nominated.reduce((info, pod) => info.plusPod(pod), node);
    const rejection = firstRejection(attempt, plugins, crowded, attempt.state.clone());
    if (rejection) return rejection;
  }
  return firstRejection(attempt, plugins, node, attempt.state);
}

/** What one plugin says to one node. */
export function ask(attempt: Attempt, plugin: LoadedPlugin, node: NodeInfo, state: AttemptState = attempt.state): Rejection | undefined {
  const { filter } = plugin.points;
  if (!filter) return undefined;
  const answer = attempt.callOn(plugin, 'filter', filter, node, state);
  if (answer === true) return undefined;
  const status = statusOf(plugin.name, 'filter', answer);
  return isRejection(status) ? { plugin: plugin.name, status } : undefined;
}

function firstRejection(attempt: Attempt, plugins: readonly LoadedPlugin[], node: NodeInfo, state: AttemptState): Rejection | undefined {
  for (const plugin of plugins) {
    const rejection = ask(attempt, plugin, node, state);
    if (rejection) return rejection;
  }
  return undefined;
}

function nominatedNode(attempt: Attempt, passed: Extract<PreFiltered, { type: 'passed' }>): NodeInfo | undefined {
  const name = attempt.pod.status?.nominatedNodeName;
  if (name === undefined || (passed.only && !passed.only.has(name))) return undefined;
  const index = attempt.snapshot.byName.get(name);
  return index === undefined ? undefined : attempt.snapshot.nodes[index];
}

function unsatisfied(plugins: readonly string[]): Status {
  return unresolvable(`node(s) didn't satisfy plugin(s) [${[...plugins].sort().join(' ')}]`);
}

function nodeNamesOf(plugin: LoadedPlugin, answer: unknown): ReadonlySet<string> | undefined {
  if (typeof answer !== 'object' || answer === null || !('nodes' in answer)) return undefined;
  const { nodes } = answer as { readonly nodes: unknown };
  if (!Array.isArray(nodes) || !nodes.every((name) => typeof name === 'string')) {
    throw new PluginContractError(plugin.name, 'preFilter', `answered nodes that are no list of names (${shown(nodes)})`);
  }
  return new Set(nodes);
}

/** One status with the reasons of all. */
export function united(rejections: readonly Rejection[]): Rejection | undefined {
  const [first, ...rest] = rejections;
  if (!first || rest.length === 0) return first;
  const more = [...reasonsOf(first.status).slice(1), ...rest.flatMap(({ status }) => reasonsOf(status))];
  return { plugin: first.plugin, status: { ...first.status, more } };
}
