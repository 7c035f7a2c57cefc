import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../../kinds/index.js';

/** The field by which a term may pin a node. */
const nameField = 'metadata.name';

/** Terms are or-ed. No terms match nothing. Rule: K58. */
export function selects(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** Requirements of one term are and-ed. A term without any matches nothing. */
export function termMatches({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return matchExpressions.every((requirement) => holds(requirement, Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined))
    && matchFields.every((requirement) => requirement.key === nameField && holds(requirement, node.metadata.name));
}

/** The pod's own node selector and required affinity. */
export function requiredMatch(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || selects(required, node);
}

/**
 * The nodes that every term pins by name; undefined when some term does not. An empty set: terms that contradict
 * themselves.
 */
export function pinnedNames({ nodeSelectorTerms }: NodeSelector): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of nodeSelectorTerms) {
    const pins = matchFields.filter(({ key, operator }) => key === nameField && operator === 'In').map(({ values }) => values ?? []);
    const [first, ...rest] = pins;
    if (!first) return undefined;
    for (const name of first) if (rest.every((values) => values.includes(name))) names.add(name);
  }
  return nodeSelectorTerms.length > 0 ? names : undefined;
}

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': case 'Lt': return compares(operator, value, values);
    // An operator that a newer API knows: matching nothing keeps the pod off, which is seen; the reverse is not.
    default: return false;
  }
}

/** Both sides are whole numbers of 64 bits; what is none matches not. */
function compares(operator: 'Gt' | 'Lt', value: string | undefined, values: readonly string[]): boolean {
  const [left, right] = [integer(value), values.length === 1 ? integer(values[0]) : undefined];
  if (left === undefined || right === undefined) return false;
  return operator === 'Gt' ? left > right : left < right;
}

function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
