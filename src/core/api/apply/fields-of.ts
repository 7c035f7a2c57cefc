import type { FieldsV1 } from '../../resource/object.js';
import { isJsonObject } from '../patch/json-object.js';
import { asMember, leaf, nodeOf, type FieldSet } from './field-set.js';
import { fieldElement, type PathElement } from './path-element.js';
import { asAssociativeList, asGranularMap, byElement, fieldTopology, isContainer, isNamed, type Topology } from './topology.js';

function isNothing(value: unknown): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** The fields that a value states: what its manager owns after applying it (A49). */
export function fieldsOf(schema: Topology, value: unknown): FieldSet {
  const map = asGranularMap(schema, value);
  if (map) {
    const children: (readonly [PathElement, FieldsV1])[] = [];
    for (const key of Object.keys(map)) {
      if (map[key] === undefined) continue;
      const below = fieldsOf(fieldTopology(schema, key), map[key]);
      // A named struct is not a field of its own while it has some; a key of a map is, and so is what is empty or null.
      const node = isNamed(schema, key) && !isNothing(map[key]) ? below : asMember(below);
      if (node !== undefined) children.push([fieldElement(key), node]);
    }
    return nodeOf(false, children);
  }
  const list = asAssociativeList(schema, value);
  if (list) {
    const children: (readonly [PathElement, FieldsV1])[] = [];
    // Items that share an address are owned together, without their parts.
    for (const [element, items] of byElement(schema, list)) children.push([element, asMember(items.length === 1 ? fieldsOf(schema?.items, items[0]) : undefined)]);
    return nodeOf(false, children);
  }
  return value === null && isContainer(schema) ? undefined : leaf;
}
