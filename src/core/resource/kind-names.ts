import { DefinitionError } from './definition-error.js';
import { dns1035LabelProblem, subdomainProblem } from './names.js';

export interface KindNames {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** @throws DefinitionError naming the first bad name (B77) */
export function checkKindNames(names: KindNames): void {
  const where = `defineResource ${JSON.stringify(names.kind)}`;
  const refuse = (field: string, value: unknown, why: string | undefined) => {
    if (why !== undefined) throw new DefinitionError(where, `${field} ${JSON.stringify(value)}: ${why}`);
  };
  for (const field of ['group', 'version', 'kind', 'plural', 'singular'] as const) if (typeof names[field] !== 'string' || names[field] === '') refuse(field, names[field], 'must be a non-empty string');
  refuse('group', names.group, subdomainProblem(names.group) ?? (names.group.includes('.') ? undefined : 'must be a domain with at least one dot, such as "demo.example.com"'));
  refuse('version', names.version, dns1035LabelProblem(names.version));
  refuse('kind', names.kind, dns1035LabelProblem(names.kind.toLowerCase()));
  refuse('plural', names.plural, dns1035LabelProblem(names.plural));
  refuse('singular', names.singular, dns1035LabelProblem(names.singular));
  for (const name of names.shortNames) refuse('shortNames', name, dns1035LabelProblem(name));
  for (const name of names.categories) refuse('categories', name, dns1035LabelProblem(name));
}

/** The English plural of a kind, in lower case: `Policy` → `policies`, `Gateway` → `gateways`, `Box` → `boxes`. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return `${word}s`;
}
