import { labelValueProblems, qualifiedNameProblems } from '../names.js';
import type { StatusCause } from '../status.js';
import { forbidden, invalid, quoted, required } from '../validation/causes.js';
import { writtenRequirements } from './label-parser.js';
import { SelectorError } from './selector-error.js';

export type Labels = { readonly [key: string]: string } | undefined;

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  /** Sorted, each once. */
  readonly values: readonly string[];
}

/** A parsed label selector: all requirements must hold. */
export interface LabelMatcher {
  readonly requirements: readonly Requirement[];
  matches(labels: Labels): boolean;
  /** Canonical: equal selectors have equal text. */
  toString(): string;
}

/** A selector as objects carry it (`spec.selector`). `null` or undefined selects nothing, `{}` everything. */
export interface LabelSelector {
  readonly matchLabels?: { readonly [label: string]: string };
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

/** Selects everything. */
export const everything: LabelMatcher = matcher([]);
/** Selects nothing. */
export const nothing: LabelMatcher = Object.freeze<LabelMatcher>({ requirements: [], matches: () => false, toString: () => '<none>' });

/** @throws SelectorError for what does not follow the grammar (A82, B67, B68) */
export function parseLabelSelector(text: string): LabelMatcher {
  const requirements = Array.from(writtenRequirements(text, checkKey), ({ key, operator, values }) => requirement(key, operator, values));
  return requirements.length === 0 ? everything : matcher(requirements);
}

/** A record of labels that must be equal, as options of the client take it. */
export function labelsSelector(labels: { readonly [label: string]: string }): LabelMatcher {
  return matcher(Object.entries(labels).map(([key, value]) => requirement(key, 'in', [value])));
}

/** The matcher of a selector in an object. Check it first: an unknown operator selects nothing. Rules: A82, A83 */
export function labelMatcher(selector: LabelSelector | null | undefined): LabelMatcher {
  if (selector === null || selector === undefined) return nothing;
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => sorted(key, 'in', [value]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const internal = operators[operator];
    if (internal === undefined) return nothing;
    requirements.push(sorted(key, internal, values ?? []));
  }
  return matcher(requirements);
}

/** Why a selector in an object cannot be (A83). */
export function labelSelectorCauses(selector: LabelSelector | null | undefined, field: string): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  for (const [key, value] of Object.entries(selector?.matchLabels ?? {})) {
    causes.push(...qualifiedNameProblems(key).map((problem) => invalid(`${field}.matchLabels`, key, problem)));
    causes.push(...labelValueProblems(value).map((problem) => invalid(`${field}.matchLabels`, value, problem)));
  }
  for (const [i, { key, operator, values }] of (selector?.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`;
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (!Object.hasOwn(operators, operator)) causes.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    else if (needsValues && (values ?? []).length === 0) causes.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    else if (!needsValues && (values ?? []).length > 0) causes.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    causes.push(...qualifiedNameProblems(key).map((problem) => invalid(`${at}.key`, key, problem)));
    for (const [j, value] of (values ?? []).entries()) causes.push(...labelValueProblems(value).map((problem) => invalid(`${at}.values[${j}]`, value, problem)));
  }
  return causes;
}

const operators: { readonly [operator: string]: Requirement['operator'] } = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };
const none: { readonly [key: string]: string } = Object.freeze({});

function matcher(requirements: readonly Requirement[]): LabelMatcher {
  const tests = requirements.map(test);
  const byKey = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return Object.freeze<LabelMatcher>({
    requirements,
    matches: (labels) => tests.every((holds) => holds(labels ?? none)),
    toString: () => byKey.map(printed).join(','),
  });
}

function test({ key, operator, values }: Requirement): (labels: { readonly [key: string]: string }) => boolean {
  const valueOf = (labels: { readonly [key: string]: string }) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const wanted = new Set(values);
  const bound = values[0] ?? '';
  switch (operator) {
    case 'in': return (labels) => { const value = valueOf(labels); return value !== undefined && wanted.has(value); };
    case 'notin': return (labels) => { const value = valueOf(labels); return value === undefined || !wanted.has(value); };
    case 'exists': return (labels) => valueOf(labels) !== undefined;
    case '!': return (labels) => valueOf(labels) === undefined;
    case 'gt': return (labels) => { const value = integer(valueOf(labels)); return value !== undefined && value > BigInt(bound); };
    case 'lt': return (labels) => { const value = integer(valueOf(labels)); return value !== undefined && value < BigInt(bound); };
  }
}

function printed({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'in': return values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(',')})`;
    case 'notin': return values.length === 1 ? `${key}!=${values[0] ?? ''}` : `${key} notin (${values.join(',')})`;
    case 'exists': return key;
    case '!': return `!${key}`;
    case 'gt': return `${key}>${values[0] ?? ''}`;
    case 'lt': return `${key}<${values[0] ?? ''}`;
  }
}

/** An integer as upstream reads it: 64 bits, with or without sign. */
function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

/** A requirement of a selector's text, its key and values checked. */
function requirement(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement {
  checkKey(key);
  const wanted = sorted(key, operator, values);
  for (const [i, value] of wanted.values.entries()) {
    const wrong = labelValueProblems(value);
    if (wrong.length > 0) throw new SelectorError(`unable to parse requirement: values[${i}][${key}]: Invalid value: ${quoted(value.slice(0, 500))}: ${wrong.join('; ')}`);
    if ((operator === 'gt' || operator === 'lt') && integer(value) === undefined) throw new SelectorError(`unable to parse requirement: values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  return wanted;
}

/** @throws SelectorError */
function checkKey(key: string): void {
  const problems = qualifiedNameProblems(key);
  if (problems.length > 0) throw new SelectorError(`unable to parse requirement: <nil>: Invalid value: ${quoted(key.slice(0, 500))}: ${problems.join('; ')}`);
}

function sorted(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement {
  return { key, operator, values: [...new Set(values)].sort() };
}
