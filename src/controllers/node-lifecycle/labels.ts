import type { Node } from '../../kinds/index.js';

const pairs: readonly (readonly [stable: string, beta: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

/** The old labels that have to follow the new ones; undefined when they do. Rule: C24. */
export function mirroredLabels(node: Node): { readonly [label: string]: string } | undefined {
  const labels = node.metadata.labels ?? {};
  const wrong = pairs.flatMap(([stable, beta]) => {
    const value = labels[stable];
    return value === undefined || labels[beta] === value ? [] : [[beta, value] as const];
  });
  return wrong.length === 0 ? undefined : Object.fromEntries(wrong);
}
