import { readFileSync } from 'node:fs';
import type { JsonSchema } from '../../src/core/resource/schema.js';

/** Name in JSON ('' when inlined), type, flags, protobuf number, what only some have. */
type Fact = readonly [json: string, type: string, flags: string, proto: number, extras?: { readonly smp?: string; readonly ssa?: string; readonly default?: unknown }];
interface Facts {
  readonly kinds: { readonly [kind: string]: string };
  readonly enums: { readonly [group: string]: { readonly [name: string]: readonly string[] } };
  readonly messages: { readonly [group: string]: { readonly [name: string]: { readonly atomic?: boolean; readonly fields: readonly Fact[] } } };
}

/** What the Go types of Kubernetes say: `npm run generate` writes it. */
export const facts = JSON.parse(readFileSync('tools/gen-kinds/facts.json', 'utf8')) as Facts;

const scalars: { readonly [type: string]: JsonSchema } = {
  string: { type: 'string' }, bool: { type: 'boolean' }, double: { type: 'number' }, Bytes: { type: 'string', format: 'byte' }, Duration: { type: 'string' },
  int32: { type: 'integer', format: 'int32' }, int64: { type: 'integer', format: 'int64' }, Time: { type: 'string', format: 'date-time' }, MicroTime: { type: 'string', format: 'date-time' },
  IntOrString: { 'x-kubernetes-int-or-string': true }, Quantity: { 'x-kubernetes-int-or-string': true, format: 'quantity' },
};

/** Where `schema` is not what the facts say of `message`; `schema` may say more of a field (a default, an enumeration). */
export function differences(schema: JsonSchema, message: string, path = ''): readonly string[] {
  const { atomic = false, fields } = messageOf(message);
  const found: string[] = [];
  const expected = flat(fields).filter(([json]) => path !== '' || json !== 'metadata');
  const names = expected.map(([json]) => json);
  const ours = Object.keys(schema.properties ?? {});
  for (const name of names) if (!ours.includes(name)) found.push(`lacks ${path}${name}`);
  for (const name of ours) if (!names.includes(name)) found.push(`has no business with ${path}${name}`);
  const both = names.filter((name) => ours.includes(name));
  const order = ours.filter((name) => names.includes(name));
  if (both.join() !== order.join()) found.push(`${path || 'object'} is in another order: ${both.find((name, i) => name !== order[i]) ?? ''}`);
  if (path !== '' && (schema['x-kubernetes-map-type'] === 'atomic') !== atomic) found.push(`${path} is ${atomic ? 'atomic' : 'granular'}`);
  for (const [json, type, , , extras] of expected) {
    const property = schema.properties?.[json];
    if (property) found.push(...fieldDifferences(property, type, extras?.ssa ?? '', `${path}${json}`));
  }
  return found;
}

function fieldDifferences(schema: JsonSchema, type: string, ssa: string, path: string): readonly string[] {
  if (type.startsWith('[]')) {
    const listType = ssa === '' ? 'atomic' : ssa.startsWith('map:') ? 'map' : ssa;
    const keys = ssa.startsWith('map:') ? ssa.slice(4) : undefined;
    return [
      ...(schema.type === 'array' && schema['x-kubernetes-list-type'] === listType && schema['x-kubernetes-list-map-keys']?.join() === keys ? [] : [`${path} is a list, ${ssa || 'atomic'}`]),
      ...(schema.items ? fieldDifferences(schema.items, type.slice(2), '', `${path}[]`) : []),
    ];
  }
  if (type.startsWith('{}')) {
    const values = schema.additionalProperties;
    return [
      ...((schema['x-kubernetes-map-type'] === 'atomic') === (ssa === 'atomic') ? [] : [`${path} is a map, ${ssa || 'granular'}`]),
      ...(typeof values === 'object' ? fieldDifferences(values, type.slice(2), '', `${path}{}`) : [`${path} is a map`]),
    ];
  }
  const scalar = scalars[type] ?? (enumOf(type) ? scalars['string'] : undefined);
  if (!scalar) return ssa === 'atomic' && schema['x-kubernetes-map-type'] !== 'atomic' ? [`${path} is atomic`] : differences(ssa === 'atomic' ? { ...schema, 'x-kubernetes-map-type': messageOf(type).atomic ? 'atomic' : 'granular' } : schema, type, `${path}.`);
  const wrong = Object.entries(scalar).filter(([keyword, value]) => schema[keyword as keyof JsonSchema] !== value);
  const values = enumOf(type);
  if (schema.enum && values && [...schema.enum].sort().join() !== [...values].filter((value) => value !== '').sort().join()) return [`${path} is one of ${values.join('|')}`];
  return wrong.length === 0 ? [] : [`${path} is of type ${type}`];
}

/** With the fields of inlined messages in their place. */
function flat(fields: readonly Fact[]): readonly Fact[] {
  return fields.flatMap((fact) => (fact[0] === '' ? flat(messageOf(fact[1]).fields) : [fact]));
}

function messageOf(name: string) {
  const dot = name.indexOf('.');
  const message = facts.messages[name.slice(0, dot)]?.[name.slice(dot + 1)];
  if (!message) throw new Error(`no facts of ${name}`);
  return message;
}

function enumOf(name: string): readonly string[] | undefined {
  const dot = name.indexOf('.');
  return facts.enums[name.slice(0, dot)]?.[name.slice(dot + 1)];
}
