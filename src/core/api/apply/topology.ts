import type { FieldsV1 } from '../../resource/object.js';
import type { JsonSchema } from '../../resource/schema.js';
import { isJsonObject, member, type JsonObject } from '../patch/json-object.js';
import { asMember, childrenOf, isMember, nodeOf, type FieldSet } from './field-set.js';
import { keyElement, valueElement, type PathElement } from './path-element.js';

/** The schema of a place; undefined where none is known, which makes maps granular and lists atomic (A51). */
export type Topology = JsonSchema | undefined;

/** The value as a map whose members are owned one by one; undefined when it is owned whole. */
export function asGranularMap(schema: Topology, value: unknown): JsonObject | undefined {
  return isJsonObject(value) && schema?.['x-kubernetes-map-type'] !== 'atomic' && !schema?.['x-kubernetes-int-or-string'] ? value : undefined;
}

/** The value as a list whose items are owned one by one; undefined when it is owned whole. */
export function asAssociativeList(schema: Topology, value: unknown): readonly unknown[] | undefined {
  const listType = schema?.['x-kubernetes-list-type'];
  return (listType === 'map' || listType === 'set') && Array.isArray(value) ? value : undefined;
}

/** True where the schema says that maps, or associative lists, stand here, whatever the value is. */
export function isContainer(schema: Topology): boolean {
  if (schema === undefined) return false;
  if (schema.type === 'array') return schema['x-kubernetes-list-type'] === 'map' || schema['x-kubernetes-list-type'] === 'set';
  return schema.type === 'object' && schema['x-kubernetes-map-type'] !== 'atomic';
}

/** Whether the schema names this field, as against a map's key. */
export function isNamed(schema: Topology, field: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, field);
}

export function fieldTopology(schema: Topology, field: string): Topology {
  if (isNamed(schema, field)) return schema?.properties?.[field];
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** How an item of an associative list is addressed; undefined when it has none of its keys. */
export function itemElement(schema: Topology, item: unknown): PathElement | undefined {
  if (schema?.['x-kubernetes-list-type'] === 'set') return item === null || item === undefined ? undefined : valueElement(item);
  const keys = itemKeys(schema, item);
  return keys.length === 0 ? undefined : keyElement(keys);
}

/** The keys of a list item. One that is absent counts with its default; without one it is left out. */
export function itemKeys(schema: Topology, item: unknown): readonly (readonly [string, unknown])[] {
  if (!isJsonObject(item)) return [];
  return (schema?.['x-kubernetes-list-map-keys'] ?? []).flatMap((name) => {
    const value = member(item, name) ?? schema?.items?.properties?.[name]?.default;
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** The items by their address, in order; a repeated address holds all its items. */
export function byElement(schema: Topology, list: readonly unknown[]): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of list) {
    const element = itemElement(schema, item);
    if (element === undefined) continue;
    const same = found.get(element);
    if (same) same.push(item);
    else found.set(element, [item]);
  }
  return found;
}

/**
 * The set with every named field on the way to a path added: `spec.replicas` brings `spec`, as removing needs, while
 * a map's key is not brought along.
 */
export function withNamedFields(schema: Topology, set: FieldSet): FieldSet {
  if (set === undefined) return undefined;
  const children: (readonly [PathElement, FieldsV1])[] = [];
  for (const [element, below] of childrenOf(set)) {
    const field = element.startsWith('f:') ? element.slice(2) : undefined;
    const deeper = withNamedFields(field === undefined ? schema?.items : fieldTopology(schema, field), below) ?? below;
    children.push([element, field !== undefined && isNamed(schema, field) ? asMember(deeper) : deeper]);
  }
  return nodeOf(isMember(set), children);
}
