import { SetpointError } from '../../core/index.js';
import type { NodeInfo } from '../state/node-info.js';
import { isRejection, leaveAlone, statusOf, type ExtensionPoint, type Status } from '../status.js';
import type { Attempt } from './attempt.js';
import type { Rejection } from './diagnosis.js';
import type { LoadedPlugin } from './loaded-plugin.js';

/** What the plugins said after a node was chosen. */
export type Permitted =
  | { readonly type: 'allowed' }
  | { readonly type: 'rejected'; readonly rejection: Rejection }
  /** Held: milliseconds by plugin (K15). */
  | { readonly type: 'waits'; readonly waits: ReadonlyMap<string, number> };

/** Runs Reserve in order; the first no ends it. Rule: K14. @throws PluginFailed, PluginContractError */
export async function reserve(attempt: Attempt, node: NodeInfo): Promise<Rejection | undefined> {
  for (const plugin of attempt.profile.at('reserve')) {
    const ctx = attempt.nodeContext(plugin, node);
    const rejection = noOf(plugin, 'reserve', await attempt.settled(attempt.call(plugin, 'reserve', () => plugin.points.reserve?.(ctx))));
    if (rejection) return rejection;
  }
  return undefined;
}

/** Undoes Reserve: all of them, last first, whatever any of them throws. Rule: K14. */
export function unreserve(attempt: Attempt, node: NodeInfo): void {
  for (const plugin of [...attempt.profile.at('unreserve')].reverse()) {
    try {
      leaveAlone(plugin.points.unreserve?.(attempt.nodeContext(plugin, node)));
    } catch (thrown) {
      attempt.ports.log.error('a plugin failed to undo its reservation', { plugin: plugin.name, pod: nameOf(attempt), error: thrown });
    }
  }
}

/** Runs Permit: all plugins, unless one says no. Rule: K15. @throws PluginFailed, PluginContractError */
export async function permit(attempt: Attempt, node: NodeInfo): Promise<Permitted> {
  const waits = new Map<string, number>();
  for (const plugin of attempt.profile.at('permit')) {
    const ctx = attempt.nodeContext(plugin, node);
    const status = statusOf(plugin.name, 'permit', await attempt.settled(attempt.call(plugin, 'permit', () => plugin.points.permit?.(ctx))));
    if (isRejection(status)) return { type: 'rejected', rejection: { plugin: plugin.name, status } };
    if (status.code === 'Wait') waits.set(plugin.name, status.timeout ?? 0);
  }
  return waits.size > 0 ? { type: 'waits', waits } : { type: 'allowed' };
}

/** Asks who has something to do before the bind; the others' PreBind does not run. Rule: K17. */
export async function preBindPreFlight(attempt: Attempt, node: NodeInfo): Promise<{ readonly plugins: readonly LoadedPlugin[]; readonly anySucceeded: boolean }> {
  const plugins: LoadedPlugin[] = [];
  let anySucceeded = false;
  for (const plugin of attempt.profile.at('preBind')) {
    if (plugin.points.preBindPreFlight) {
      const answer = await attempt.bindingCall(plugin, 'preBindPreFlight', node, (ctx) => plugin.points.preBindPreFlight?.(ctx));
      if (statusOf(plugin.name, 'preBindPreFlight', answer).code === 'Skip') continue;
      anySucceeded = true;
    }
    plugins.push(plugin);
  }
  return { plugins, anySucceeded };
}

/** Runs PreBind in order; the first no ends it. */
export async function preBind(attempt: Attempt, node: NodeInfo, plugins: readonly LoadedPlugin[]): Promise<Rejection | undefined> {
  for (const plugin of plugins) {
    const rejection = noOf(plugin, 'preBind', await attempt.bindingCall(plugin, 'preBind', node, (ctx) => plugin.points.preBind?.(ctx)));
    if (rejection) return rejection;
  }
  return undefined;
}

/** The first plugin that does not skip binds the pod. Rule: K18. @throws SetpointError code NobodyBinds */
export async function bind(attempt: Attempt, node: NodeInfo): Promise<void> {
  for (const plugin of attempt.profile.at('bind')) {
    const status: Status = statusOf(plugin.name, 'bind', await attempt.bindingCall(plugin, 'bind', node, (ctx) => plugin.points.bind?.(ctx)));
    if (status.code !== 'Skip') return;
  }
  throw new SetpointError('NobodyBinds', `no plugin binds pod ${nameOf(attempt)}: all skipped it`, { hint: 'leave DefaultBinder enabled' });
}

/** Tells whoever wants to know; failures are only logged. Rule: K18. */
export function postBind(attempt: Attempt, node: NodeInfo): void {
  for (const plugin of attempt.profile.at('postBind')) {
    try {
      leaveAlone(plugin.points.postBind?.(attempt.nodeContext(plugin, node)));
    } catch (thrown) {
      attempt.ports.log.warn('a plugin failed after the bind', { plugin: plugin.name, pod: nameOf(attempt), error: thrown });
    }
  }
}

function noOf(plugin: LoadedPlugin, point: ExtensionPoint, answer: unknown): Rejection | undefined {
  const status = statusOf(plugin.name, point, answer);
  return isRejection(status) ? { plugin: plugin.name, status } : undefined;
}

function nameOf({ pod }: Attempt): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
