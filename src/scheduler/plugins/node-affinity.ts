import type { NodeAffinity, Pod, PreferredSchedulingTerm, Node } from '../../kinds/index.js';
import { event } from '../cluster-event.js';
import { cycleState } from '../cycle-state.js';
import type { PluginDefinition } from '../plugin.js';
import { skip, unresolvable } from '../status.js';
import { pinnedNames, requiredMatch, selects, termMatches } from './node-selector.js';

/** Upstream's NodeAffinityArgs. */
export interface NodeAffinityArgs {
  /** Holds for every pod of the profile. */
  readonly addedAffinity?: NodeAffinity;
}

const preferredTerms = cycleState<readonly PreferredSchedulingTerm[]>('NodeAffinity');

/** Node selector and node affinity, required and preferred. Equals NodeAffinity of 1.36. Rules: K58, K80. */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs = {}): PluginDefinition {
  const enforced = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const passes = (pod: Pod, node: Node) => (enforced === undefined || selects(enforced, node)) && requiredMatch(pod, node);
  return {
    name: 'NodeAffinity',
    weight: 2,
    normalize: 'default',
    on: [
      event('Node', 'Add', (pod, { new: node }) => (node && passes(pod, node) ? 'Queue' : 'QueueSkip')),
      event('Node', 'UpdateNodeLabel', (pod, { old, new: node }) => (node && passes(pod, node) && !(old && passes(pod, old)) ? 'Queue' : 'QueueSkip')),
    ],
    preFilter({ pod }) {
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (enforced === undefined && required === undefined && pod.spec.nodeSelector === undefined) return skip;
      const names = required && pinnedNames(required);
      if (names?.size === 0) return unresolvable('pod affinity terms conflict');
      return names && { nodes: [...names] };
    },
    filter({ pod, node }) {
      if (enforced !== undefined && !selects(enforced, node)) return unresolvable("node(s) didn't match scheduler-enforced node affinity");
      return requiredMatch(pod, node) || unresolvable("node(s) didn't match Pod's node affinity/selector");
    },
    preScore({ pod, state }) {
      const terms = [
        ...(pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
        ...(addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
      ];
      if (terms.length === 0) return skip;
      state.write(preferredTerms, terms);
      return undefined;
    },
    score: ({ node, state }) => (state.read(preferredTerms) ?? []).reduce((sum, { weight, preference }) => (termMatches(preference, node) ? sum + weight : sum), 0),
  };
}
