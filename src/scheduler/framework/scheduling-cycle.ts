import type { NodeInfo } from '../state/node-info.js';
import { isRejection, PluginContractError, shown, statusOf } from '../status.js';
import type { Attempt } from './attempt.js';
import { choose, type Choice } from './choose.js';
import type { Diagnosis, Rejection } from './diagnosis.js';
import { filterNodes, preFilter, united } from './filtering.js';
import { scoreNodes, type Scores } from './scoring.js';

/** How the search for a node ended; errors are thrown. */
export type Decision =
  | { readonly type: 'placed'; readonly node: NodeInfo; readonly scores: Scores | undefined; readonly choice: Choice | undefined; readonly lookedAt: number }
  | { readonly type: 'rejected'; readonly diagnosis: Diagnosis; readonly nominate: string | undefined; readonly lookedAt: number };

/** Stands for "there is no node at all" among the plugins that reject; any new node helps (K10, K43). */
export const noNodes = 'NoNodes';

/**
 * Finds the node for a pod: PreFilter, Filter, PostFilter on failure, PreScore, Score, choice. Rules: K1, K7–K13.
 *
 * @throws PluginFailed, PluginContractError (the pod goes to error back-off, K26); AttemptEnded
 */
export async function chooseNode(attempt: Attempt): Promise<Decision> {
  const { snapshot, profile, pod } = attempt;
  if (snapshot.nodes.length === 0) {
    return { type: 'rejected', diagnosis: { nodes: 0, rejections: new Map(), rejectedBy: new Set([noNodes]), pendingOn: new Set() }, nominate: undefined, lookedAt: 0 };
  }
  const passed = await preFilter(attempt);
  if (passed.type === 'rejected') return rejected(attempt, diagnose(attempt, passed.rejections, new Map()), 0);
  const { feasible, rejections, lookedAt } = filterNodes(attempt, passed);
  const [first, second] = feasible;
  if (!first) return rejected(attempt, diagnose(attempt, [], rejections), lookedAt);
  if (!second) return { type: 'placed', node: first, scores: undefined, choice: undefined, lookedAt };
  const scores = await scoreNodes(attempt, feasible);
  const choice = choose(scores.totals, profile.seed, pod.metadata.uid, attempt.number);
  // The winner is the index of one of the feasible.
  return { type: 'placed', node: feasible[choice.winner] as NodeInfo, scores, choice, lookedAt };
}

/** PostFilter may make room, or say why it cannot. Rule: K9. */
async function rejected(attempt: Attempt, diagnosis: Diagnosis, lookedAt: number): Promise<Decision> {
  const messages: string[] = [];
  for (const plugin of attempt.profile.at('postFilter')) {
    const ctx = attempt.nodesContext(plugin, attempt.snapshot.nodes);
    const answer: unknown = await attempt.settled(attempt.call(plugin, 'postFilter', () => plugin.points.postFilter?.(ctx)));
    if (typeof answer === 'object' && answer !== null && 'nominate' in answer) {
      const { nominate } = answer as { readonly nominate: unknown };
      if (typeof nominate !== 'string') throw new PluginContractError(plugin.name, 'postFilter', `nominated ${shown(nominate)}, which is no name of a node,`);
      return { type: 'rejected', diagnosis, nominate, lookedAt };
    }
    const status = statusOf(plugin.name, 'postFilter', answer);
    if (status.reason !== undefined) messages.push(status.reason);
    if (status.code !== 'Unschedulable') break;
  }
  return { type: 'rejected', diagnosis: { ...diagnosis, postFilterMessage: messages.join('. ') }, nominate: undefined, lookedAt };
}

/** Who said no, all nodes united. Rule: K43. */
function diagnose(attempt: Attempt, toAll: readonly Rejection[], rejections: ReadonlyMap<string, Rejection>): Diagnosis {
  const rejectedBy = new Set<string>();
  const pendingOn = new Set<string>();
  for (const { plugin, status } of [...toAll, ...rejections.values()]) {
    // A narrowed search is the no of every plugin that narrowed it.
    for (const name of plugin.split(',')) (isRejection(status) && status.code === 'Pending' ? pendingOn : rejectedBy).add(name);
  }
  const forAll = united(toAll);
  return { nodes: attempt.snapshot.nodes.length, rejections, ...(forAll ? { forAll } : {}), rejectedBy, pendingOn };
}
