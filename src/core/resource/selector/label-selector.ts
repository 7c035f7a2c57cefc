import { labelValueProblems, qualifiedNameProblems } from '../names.js';
import type { StatusCause } from '../status.js';
import { forbidden, invalid, required } from '../validation/causes.js';
import { SelectorError, selectorLimit } from './selector-error.js';

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
  const parts = split(text);
  return parts.length === 0 ? everything : matcher(parts.map(requirementOf));
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

/** Cut at the commas outside of parentheses. */
function split(text: string): readonly string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let start = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '(') inside = true;
    else if (character === ')') inside = false;
    else if (character === ',' && !inside) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  if (parts.length > selectorLimit) throw new SelectorError(`unable to parse requirement: more than ${selectorLimit} requirements`);
  return parts;
}

const word = '[^\\s,()!=<>]';
const exists = new RegExp(`^(!?)\\s*(${word}+)$`);
const compared = new RegExp(`^(${word}+)\\s*(==|=|!=|>|<)\\s*(${word}*)$`);
const listed = new RegExp(`^(${word}+)\\s+(in|notin)\\s*\\(([^()]*)\\)$`);

function requirementOf(part: string): Requirement {
  const text = part.trim();
  const existence = exists.exec(text);
  if (existence) return requirement(existence[2] ?? '', existence[1] === '!' ? '!' : 'exists', []);
  const list = listed.exec(text);
  if (list) return requirement(list[1] ?? '', list[2] === 'in' ? 'in' : 'notin', (list[3] ?? '').split(',').map((value) => value.trim()));
  const comparison = compared.exec(text);
  if (!comparison) throw new SelectorError(`unable to parse requirement: found '${text.slice(0, 200)}', expected: key, !key, =, ==, !=, in (…), notin (…), > or <`);
  const [, key = '', sign = '', value = ''] = comparison;
  switch (sign) {
    case '!=': return requirement(key, 'notin', [value]);
    case '>': return requirement(key, 'gt', [value]);
    case '<': return requirement(key, 'lt', [value]);
    default: return requirement(key, 'in', [value]);
  }
}

/** A requirement of a selector's text, its key and values checked. */
function requirement(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement {
  if (values.length > selectorLimit) throw new SelectorError(`unable to parse requirement: more than ${selectorLimit} values`);
  const [problem] = qualifiedNameProblems(key);
  if (problem !== undefined) throw new SelectorError(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key.slice(0, 500))}: ${problem}`);
  for (const [i, value] of values.entries()) {
    const [wrong] = labelValueProblems(value);
    if (wrong !== undefined) throw new SelectorError(`unable to parse requirement: values[${i}][${key}]: Invalid value: ${JSON.stringify(value.slice(0, 500))}: ${wrong}`);
    if ((operator === 'gt' || operator === 'lt') && integer(value) === undefined) throw new SelectorError(`unable to parse requirement: values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  return sorted(key, operator, values);
}

function sorted(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement {
  return { key, operator, values: [...new Set(values)].sort() };
}
