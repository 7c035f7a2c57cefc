import { setMember } from '../patch/json-object.js';
import { childOf, difference, intersection, isMember, union, type FieldSet } from './field-set.js';
import { fieldElement } from './path-element.js';
import { fieldsOf } from './fields-of.js';
import { asAssociativeList, asGranularMap, fieldTopology, itemElement, withNamedFields, type Topology } from './topology.js';

/** The value without these fields. A container goes when it is one of them, not by becoming empty. The same reference when nothing goes. */
export function removeFields(schema: Topology, value: unknown, fields: FieldSet): unknown {
  if (fields === undefined) return value;
  const map = asGranularMap(schema, value);
  if (map) return removeFromMap(schema, map, fields);
  const list = asAssociativeList(schema, value);
  return list ? removeFromList(schema, list, fields) : value;
}

function removeFromMap(schema: Topology, map: { readonly [key: string]: unknown }, fields: FieldSet): unknown {
  let changed = false;
  const kept: { [key: string]: unknown } = {};
  for (const key of Object.keys(map)) {
    const cut = childOf(fields, fieldElement(key));
    const rest = cut === undefined ? map[key] : isMember(cut) ? undefined : removeFields(fieldTopology(schema, key), map[key], cut);
    if (rest !== map[key]) changed = true;
    if (rest !== undefined) setMember(kept, key, rest);
  }
  return changed ? kept : map;
}

function removeFromList(schema: Topology, list: readonly unknown[], fields: FieldSet): unknown {
  const kept = list.flatMap((item) => {
    const element = itemElement(schema, item);
    const cut = element === undefined ? undefined : childOf(fields, element);
    if (cut === undefined) return [item];
    if (isMember(cut)) return [];
    return [removeFields(schema?.items, item, cut)];
  });
  return kept.length === list.length && kept.every((item, i) => item === list[i]) ? list : kept;
}

/**
 * What an apply takes away: the fields that its manager applied last time and that nobody owns now (A49).
 * `owned` is the union of what everybody owns after the apply.
 */
export function prune(schema: Topology, merged: unknown, last: FieldSet, owned: FieldSet): unknown {
  if (difference(last, owned) === undefined) return merged;
  const named = (set: FieldSet) => withNamedFields(schema, set);
  const all = named(fieldsOf(schema, merged));
  const fieldsLeft = (value: unknown) => named(fieldsOf(schema, value));
  // First without all that was applied last time; then back comes what somebody owns; then what was never this manager's.
  const bare = removeFields(schema, merged, named(last));
  const withOwned = removeFields(schema, merged, difference(all, union(fieldsLeft(bare), named(owned))));
  return removeFields(schema, merged, intersection(difference(all, fieldsLeft(withOwned)), named(last)));
}
