import { canonical } from '../json/canonical.js';
import type { JsonSchema, Rule } from '../schema.js';
import type { StatusCause } from '../status.js';
import { duplicate, forbidden, invalid, required } from './causes.js';
import { CelCompiler, type Expression } from './cel.js';

/** Checks the CEL rules of a schema. `old` is what is stored; undefined on create. Rules: A110 */
export type RuleChecker = (value: unknown, old: unknown) => readonly StatusCause[];

/** The checker of all rules in a schema; undefined when it has none. Expressions are compiled when first needed. */
export function compileRules(schema: JsonSchema): RuleChecker | undefined {
  if (!hasRules(schema)) return undefined;
  const walk = new RuleWalk();
  return (value, old) => {
    const causes: StatusCause[] = [];
    walk.visit(schema, value, old, '', causes);
    return causes;
  };
}

/** True when the schema or one below it has rules, or those of the given sort. */
export function hasRules(schema: JsonSchema, sort: (rule: Rule) => boolean = () => true): boolean {
  if (schema['x-kubernetes-validations']?.some(sort)) return true;
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return below.some((child) => typeof child === 'object' && hasRules(child, sort));
}

interface CompiledRule {
  readonly rule: Rule;
  readonly test: Expression;
  readonly message: Expression | undefined;
}
type Fields = { readonly [name: string]: unknown };

class RuleWalk {
  private readonly cel = new CelCompiler();
  private readonly compiled = new WeakMap<JsonSchema, readonly CompiledRule[]>();
  private readonly ruled = new WeakMap<JsonSchema, boolean>();

  visit(schema: JsonSchema, value: unknown, old: unknown, path: string, causes: StatusCause[]): void {
    if (value === undefined || value === null || !this.hasRules(schema)) return;
    for (const rule of this.rulesOf(schema)) this.check(rule, schema, value, old, path, causes);
    if (Array.isArray(value)) return this.inList(schema, value, old, path, causes);
    if (typeof value === 'object') this.inObject(schema, value as Fields, old, path, causes);
  }

  private inObject(schema: JsonSchema, fields: Fields, old: unknown, path: string, causes: StatusCause[]): void {
    const oldFields = typeof old === 'object' && old !== null && !Array.isArray(old) ? (old as Fields) : undefined;
    for (const name of Object.keys(fields)) {
      const { properties, additionalProperties } = schema;
      const below = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      const before = oldFields && Object.hasOwn(oldFields, name) ? oldFields[name] : undefined;
      if (typeof below === 'object') this.visit(below, fields[name], before, path === '' ? name : `${path}.${name}`, causes);
    }
  }

  /** Items have a past only in list-type maps: elsewhere nothing tells which one an item was. */
  private inList(schema: JsonSchema, items: readonly unknown[], old: unknown, path: string, causes: StatusCause[]): void {
    const { items: below } = schema;
    if (!below) return;
    const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
    const keyOf = (item: unknown) => canonical(keys?.map((key) => (item as Fields | null)?.[key]));
    const before = new Map(keys && Array.isArray(old) ? old.map((item) => [keyOf(item), item as unknown]) : []);
    for (const [i, item] of items.entries()) this.visit(below, item, keys && before.get(keyOf(item)), `${path}[${i}]`, causes);
  }

  private check({ rule, test, message }: CompiledRule, schema: JsonSchema, value: unknown, old: unknown, path: string, causes: StatusCause[]): void {
    if (test.transition && old === undefined && rule.optionalOldSelf !== true) return;
    const at = path + (rule.fieldPath ?? '');
    try {
      const self = this.cel.value(value, schema);
      const oldSelf = this.oldSelf(rule, old, schema);
      if (test.evaluate(self, oldSelf) === true) return;
      const text = message && evaluated(message, self, oldSelf);
      causes.push(failed(at.replace(/^\./, ''), shownValue(value), text ?? ruleText(rule), rule.reason));
    } catch (error) {
      causes.push(invalid(at.replace(/^\./, ''), schema.type ?? '', `${(error as Error).message.split('\n')[0] ?? ''} evaluating rule: ${rule.message ?? rule.rule}`));
    }
  }

  private oldSelf(rule: Rule, old: unknown, schema: JsonSchema): unknown {
    const before = old === undefined ? undefined : this.cel.value(old, schema);
    return rule.optionalOldSelf === true ? this.cel.optional(before) : before;
  }

  private rulesOf(schema: JsonSchema): readonly CompiledRule[] {
    const known = this.compiled.get(schema);
    if (known) return known;
    const made = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({
      rule, test: this.cel.compile(rule.rule), message: rule.messageExpression === undefined ? undefined : this.cel.compile(rule.messageExpression),
    }));
    this.compiled.set(schema, made);
    return made;
  }

  private hasRules(schema: JsonSchema): boolean {
    const known = this.ruled.get(schema);
    if (known !== undefined) return known;
    const found = hasRules(schema);
    this.ruled.set(schema, found);
    return found;
  }
}

/** Omitted for objects and lists, as upstream does. */
const omitted = Symbol('omitted');

function shownValue(value: unknown): unknown {
  return typeof value === 'object' ? omitted : value;
}

function failed(path: string, value: unknown, detail: string, reason: Rule['reason']): StatusCause {
  switch (reason) {
    case 'FieldValueForbidden': return forbidden(path, detail);
    case 'FieldValueRequired': return required(path, detail);
    case 'FieldValueDuplicate': return value === omitted ? { ...duplicate(path, ''), message: 'Duplicate value' } : duplicate(path, value);
    default: return value === omitted ? { reason: 'FieldValueInvalid', field: path, message: `Invalid value: ${detail}` } : invalid(path, value, detail);
  }
}

/** A message that cannot be made is no reason to let the value pass; the fixed one is taken (A110). */
function evaluated(message: Expression, self: unknown, oldSelf: unknown): string | undefined {
  try {
    const text = message.evaluate(self, oldSelf);
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') && text.length <= 5_120 ? text.trim() : undefined;
  } catch {
    return undefined;
  }
}

function ruleText(rule: Rule): string {
  const message = rule.message?.trim();
  return message === undefined || message === '' ? `failed rule: ${rule.rule.trim()}` : message;
}
