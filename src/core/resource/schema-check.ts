import { DefinitionError } from './definition-error.js';
import type { JsonSchema, Rule } from './schema.js';
import { CelCompiler } from './validation/cel.js';
import { compilePattern } from './validation/pattern.js';
import { hasRules } from './validation/rules.js';
import { compileValidator } from './validation/validator.js';

/** Limits of a schema (B76). */
export const schemaLimits = Object.freeze({ sizeBytes: 1_572_864, nodes: 100_000, depth: 128, branches: 1_000 });

const typeNames: ReadonlySet<string> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);
/** Fields of list-map keys and of sets must be one of these. */
const scalars: ReadonlySet<string | undefined> = new Set(['string', 'integer', 'number', 'boolean']);

/**
 * Checks one node of a schema, trusting what lies below it.
 * @throws DefinitionError
 */
export function checkNode(node: JsonSchema, where: string): void {
  checkText(node, where);
  checkBounds(node, where);
  checkList(node, where);
  checkRules(node, where);
  if (node.enum !== undefined && (!Array.isArray(node.enum) || node.enum.length === 0)) throw new DefinitionError(where, 'enum must have at least one value');
  if (node.default !== undefined) checkDefault(node, where);
}

/**
 * Checks a whole schema that `t` did not make.
 * @throws DefinitionError naming the path. Rules: B73, B74, B76, B77, A104
 */
export function checkSchema(schema: JsonSchema, where: string): void {
  let nodes = 0;
  const visit = (node: JsonSchema, path: string, depth: number) => {
    if (depth > schemaLimits.depth) throw new DefinitionError(where, `nested deeper than ${schemaLimits.depth} levels`);
    if (++nodes > schemaLimits.nodes) throw new DefinitionError(where, `more than ${schemaLimits.nodes} nodes`);
    for (const [step, child] of childrenOf(node)) visit(child, `${path}${step}`, depth + 1);
    checkNode(node, path);
    if (node.type !== undefined && !typeNames.has(node.type)) throw new DefinitionError(path, `type ${JSON.stringify(node.type)} is none of ${[...typeNames].join(', ')}`);
    if (node.type === undefined && !mayLackType(node, path)) {
      throw new DefinitionError(path, 'type is missing', { hint: 'every field of a structural schema has a type, x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields' });
    }
  };
  visit(schema, where, 1);
}

/** Branches of anyOf and the like only narrow what is typed outside of them. */
function mayLackType(node: JsonSchema, path: string): boolean {
  return node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true || /\.(allOf|anyOf|oneOf|not)\b/.test(path);
}

function* childrenOf(node: JsonSchema): Iterable<readonly [string, JsonSchema]> {
  for (const [name, child] of Object.entries(node.properties ?? {})) yield [`.${name}`, child];
  if (node.items) yield ['[]', node.items];
  if (typeof node.additionalProperties === 'object') yield ['.*', node.additionalProperties];
  if (node.not) yield ['.not', node.not];
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const branches = node[keyword] ?? [];
    if (branches.length > schemaLimits.branches) throw new DefinitionError(keyword, `more than ${schemaLimits.branches} branches`);
    for (const [i, child] of branches.entries()) yield [`.${keyword}[${i}]`, child];
  }
}

function checkText(node: JsonSchema, where: string): void {
  if (node.pattern === undefined) return;
  if (typeof node.pattern !== 'string') throw new DefinitionError(where, 'pattern must be a string');
  try {
    compilePattern(node.pattern);
  } catch (cause) {
    throw new DefinitionError(where, `pattern ${JSON.stringify(node.pattern.slice(0, 200))} is not RE2: ${(cause as Error).message.slice(0, 300)}`, {
      cause, hint: 'look-around, back-references and repeats above 1000 are not supported',
    });
  }
}

const pairs = [['minLength', 'maxLength'], ['minItems', 'maxItems'], ['minProperties', 'maxProperties'], ['minimum', 'maximum']] as const;

function checkBounds(node: JsonSchema, where: string): void {
  for (const [low, high] of pairs) {
    for (const keyword of [low, high]) {
      const value = node[keyword];
      if (value === undefined || typeof value === 'bigint') continue;
      const fits = keyword === 'minimum' || keyword === 'maximum' ? Number.isFinite(value) : Number.isSafeInteger(value) && value >= 0;
      if (!fits) throw new DefinitionError(where, `${keyword} ${String(value)} is not a ${low === 'minimum' ? 'number' : 'natural number'}`);
    }
    const [least, most] = [node[low], node[high]];
    if (least !== undefined && most !== undefined && least > most) throw new DefinitionError(where, `${low} ${String(least)} is above ${high} ${String(most)}`);
  }
  if (node.multipleOf !== undefined && !(Number(node.multipleOf) > 0)) throw new DefinitionError(where, 'multipleOf must be above 0');
}

function checkList(node: JsonSchema, where: string): void {
  const listType = node['x-kubernetes-list-type'];
  if (listType === undefined) return;
  const items = node.items;
  if (node.type !== 'array' || items === undefined) throw new DefinitionError(where, 'x-kubernetes-list-type needs type array and items');
  switch (listType) {
    case 'atomic':
      return;
    case 'set':
      if (scalars.has(items.type) || items['x-kubernetes-list-type'] === 'atomic' || items['x-kubernetes-map-type'] === 'atomic') return;
      throw new DefinitionError(where, 'items of a set must be scalars', { hint: 'use t.ListMap for objects that are told apart by a key' });
    case 'map':
      return checkKeys(node['x-kubernetes-list-map-keys'] ?? [], items, where);
    default:
      throw new DefinitionError(where, `x-kubernetes-list-type ${JSON.stringify(listType)} is not atomic, set or map`);
  }
}

function checkKeys(keys: readonly string[], items: JsonSchema, where: string): void {
  if (keys.length === 0) throw new DefinitionError(where, 'a list-type map needs at least one key');
  if (items.type !== 'object') throw new DefinitionError(where, 'items of a list-type map must be objects');
  for (const key of keys) {
    const field = Object.hasOwn(items.properties ?? {}, key) ? items.properties?.[key] : undefined;
    if (field === undefined) throw new DefinitionError(where, `key ${JSON.stringify(key)} is not a field of the items`);
    if (!scalars.has(field.type)) throw new DefinitionError(where, `key ${JSON.stringify(key)} is not a scalar`);
    if (field.default === undefined && !items.required?.includes(key)) throw new DefinitionError(where, `key ${JSON.stringify(key)} is neither required nor defaulted`);
  }
}

function checkRules(node: JsonSchema, where: string): void {
  const rules: unknown = node['x-kubernetes-validations'];
  // Only items of list-type maps can be told apart over time (A110).
  if (node.items && node['x-kubernetes-list-type'] !== 'map' && hasRules(node.items, isTransition)) {
    throw new DefinitionError(where, 'a rule with oldSelf cannot stand below the items of this list: nothing tells which item was which', { hint: 'use t.ListMap' });
  }
  if (rules === undefined) return;
  if (!Array.isArray(rules)) throw new DefinitionError(where, 'rules must be a list');
  const cel = new CelCompiler();
  for (const rule of rules as readonly Partial<Rule>[]) {
    if (typeof rule?.rule !== 'string' || rule.rule.trim() === '') throw new DefinitionError(where, 'a rule must have its expression under `rule`');
    for (const expression of [rule.rule, rule.messageExpression]) if (expression !== undefined) checkExpression(cel, expression, where);
  }
}

function checkExpression(cel: CelCompiler, expression: string, where: string): void {
  try {
    cel.compile(expression);
  } catch (cause) {
    throw new DefinitionError(where, `rule ${JSON.stringify(expression.slice(0, 200))} is not CEL: ${(cause as Error).message.slice(0, 500)}`, { cause });
  }
}

function isTransition(rule: Rule): boolean {
  return /\boldSelf\b/.test(rule.rule);
}

function checkDefault(node: JsonSchema, where: string): void {
  const { 'x-kubernetes-validations': _rules, ...structure } = node;
  const [cause] = compileValidator(structure)({ default: node.default }, { at: 'default' });
  if (cause !== undefined) throw new DefinitionError(where, `the default ${JSON.stringify(node.default)?.slice(0, 200) ?? 'undefined'} does not fit: ${cause.message}`);
}
