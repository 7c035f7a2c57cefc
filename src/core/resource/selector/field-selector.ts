import { quoted } from '../validation/causes.js';
import { SelectorError, selectorLimit } from './selector-error.js';

/** One condition on one field. */
export interface FieldRequirement {
  /** `metadata.name`, `spec.nodeName`. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A parsed field selector: all requirements must hold. A field that is absent counts as ''. */
export interface FieldMatcher {
  readonly requirements: readonly FieldRequirement[];
  matches(object: object): boolean;
  /** The value that this field must have, where the selector says so: lets a reader use an index (A79). */
  exact(field: string): string | undefined;
  toString(): string;
}

/** Selectable for every kind. */
const common: readonly string[] = ['metadata.name', 'metadata.namespace'];

/**
 * @param selectable of the kind, beyond metadata.name and metadata.namespace
 * @throws SelectorError for bad syntax, and `field label not supported: <f>` for other fields; where the kind adds none, with the names of those two (A84, B67, B68)
 */
export function parseFieldSelector(text: string, selectable: readonly string[] = []): FieldMatcher {
  const parts = text.trim() === '' ? [] : terms(text);
  if (parts.length > selectorLimit) throw new SelectorError(`invalid field selector: more than ${selectorLimit} requirements`);
  const requirements = parts.flatMap((part) => requirementOf(part, selectable) ?? []);
  const tests = requirements.map(({ field, operator, value }) => {
    const steps = field.split('.');
    return (object: object) => (read(object, steps) === value) === (operator === '=');
  });
  return Object.freeze<FieldMatcher>({
    requirements,
    matches: (object) => tests.every((holds) => holds(object)),
    exact: (field) => requirements.find((one) => one.field === field && one.operator === '=')?.value,
    toString: () => requirements.map(({ field, operator, value }) => `${field}${operator}${escape(value)}`).join(','),
  });
}

/** The text of a field, as selectors compare it. */
export function fieldText(object: object, field: string): string {
  return read(object, field.split('.'));
}

function read(object: object, steps: readonly string[]): string {
  let value: unknown = object;
  for (const step of steps) value = typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as { readonly [name: string]: unknown })[step] : undefined;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Cut at commas that are not escaped. */
function terms(text: string): readonly string[] {
  return (text.match(/(?:\\[\s\S]|[^,\\])+|\\$/g) ?? []).filter((term) => term !== '');
}

/** Undefined for `=`, which asks for nothing. */
function requirementOf(term: string, selectable: readonly string[]): FieldRequirement | undefined {
  const parts = /^((?:\\[\s\S]|[^=!\\])*)(==|!=|=)([\s\S]*)$/.exec(term.trim());
  if (!parts) throw new SelectorError(`invalid selector: '${term.slice(0, 200)}'; can't understand '${term.slice(0, 200)}'`);
  const [, field = '', sign, value = ''] = parts;
  if (field === '' && value === '') return undefined;
  if (!common.includes(field) && !selectable.includes(field)) {
    throw new SelectorError(selectable.length > 0 ? `field label not supported: ${field.slice(0, 200)}`
      : `${quoted(field.slice(0, 200))} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
  return { field, operator: sign === '!=' ? '!=' : '=', value: unescape(value) };
}

function unescape(value: string): string {
  return value.replace(/\\([\s\S]?)|[,=]/g, (found, escaped: string | undefined) => {
    if (escaped === '\\' || escaped === ',' || escaped === '=') return escaped;
    // The reference names the character by its number.
    throw new SelectorError(`invalid field selector: ${found === ',' || found === '=' ? `unescaped character in value: ${String(found.charCodeAt(0))}` : `invalid escape sequence: ${found}`}`);
  });
}

function escape(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}
