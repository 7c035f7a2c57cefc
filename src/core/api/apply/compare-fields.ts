import type { FieldsV1 } from '../../resource/object.js';
import { equal } from '../../resource/json/equal.js';
import { zeroOf } from '../../resource/validation/always.js';
import { member, type JsonObject } from '../patch/json-object.js';
import { asMember, childrenOf, leaf, nodeOf, union, without, type FieldSet } from './field-set.js';
import { fieldElement, type PathElement } from './path-element.js';
import { asAssociativeList, asGranularMap, byElement, fieldTopology, type Topology } from './topology.js';

/** What differs between two values; no path is in more than one of the sets. */
export interface FieldChanges {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const nothing: FieldChanges = Object.freeze({ added: undefined, modified: undefined, removed: undefined });

/** Compares only what is not the same reference, so an update costs what it changed. `undefined` is an absent value. */
export function compareFields(schema: Topology, before: unknown, after: unknown): FieldChanges {
  if (before === after) return nothing;
  return compareParts(schema, before, after) ?? compareShapes(schema, before, after) ?? compareWhole(before, after);
}

/** The changes without those in `resets` and below (A55). */
export function outside(changes: FieldChanges, resets: FieldSet): FieldChanges {
  if (resets === undefined) return changes;
  return { added: without(changes.added, resets), modified: without(changes.modified, resets), removed: without(changes.removed, resets) };
}

/** Everything that now has another value than before. */
export function touched(changes: FieldChanges): FieldSet {
  return union(changes.modified, changes.added);
}

/** Undefined when the place is owned whole. Two empty containers are, which keeps empty and absent apart. */
function compareParts(schema: Topology, before: unknown, after: unknown): FieldChanges | undefined {
  const oldMap = asGranularMap(schema, before);
  const newMap = asGranularMap(schema, after);
  if ((oldMap || newMap) && isPartsOrAbsent(oldMap, before) && isPartsOrAbsent(newMap, after)) {
    if (isEmpty(oldMap) && isEmpty(newMap)) return undefined;
    return wrap(before, after, compareMaps(schema, oldMap, newMap));
  }
  const oldList = asAssociativeList(schema, before);
  const newList = asAssociativeList(schema, after);
  if ((oldList || newList) && isPartsOrAbsent(oldList, before) && isPartsOrAbsent(newList, after)) {
    if (!oldList?.length && !newList?.length) return undefined;
    return wrap(before, after, compareLists(schema, oldList ?? [], newList ?? []));
  }
  return undefined;
}

/** A container that became a scalar, or the other way round: the place is modified, and its parts went or came. */
function compareShapes(schema: Topology, before: unknown, after: unknown): FieldChanges | undefined {
  if (before === undefined || after === undefined) return undefined;
  const parts = (value: unknown) => asGranularMap(schema, value) ?? asAssociativeList(schema, value);
  if ((parts(before) === undefined) === (parts(after) === undefined)) return undefined;
  const removed = parts(before) && compareFields(schema, before, undefined).removed;
  const added = parts(after) && compareFields(schema, undefined, after).added;
  return { modified: leaf, removed: partsOf(removed), added: partsOf(added) };
}

function partsOf(set: FieldSet): FieldSet {
  return set && nodeOf(false, childrenOf(set));
}

function isPartsOrAbsent(parts: object | undefined, value: unknown): boolean {
  return parts !== undefined || value === undefined || value === null;
}

function isEmpty(map: JsonObject | undefined): boolean {
  return map === undefined || Object.keys(map).length === 0;
}

function compareWhole(before: unknown, after: unknown): FieldChanges {
  if (before === undefined) return { ...nothing, added: leaf };
  if (after === undefined) return { ...nothing, removed: leaf };
  return equal(before, after) ? nothing : { ...nothing, modified: leaf };
}

/** A container that came or went is itself a path that did, besides its parts. */
function wrap(before: unknown, after: unknown, changes: FieldChanges): FieldChanges {
  if (before === undefined) return { ...changes, added: asMember(changes.added) };
  return after === undefined ? { ...changes, removed: asMember(changes.removed) } : changes;
}

function compareMaps(schema: Topology, before: JsonObject | undefined, after: JsonObject | undefined): FieldChanges {
  const collected = new Collector();
  const compare = (key: string) => {
    collected.add(fieldElement(key), compareFields(fieldTopology(schema, key), valueAt(schema, before, key), valueAt(schema, after, key)));
  };
  for (const key of Object.keys(before ?? {})) compare(key);
  for (const key of Object.keys(after ?? {})) if (!before || !Object.hasOwn(before, key)) compare(key);
  return collected.changes();
}

/** Within a map that is there, what Go never leaves out is there as well, and thus never comes or goes itself. */
function valueAt(schema: Topology, map: JsonObject | undefined, key: string): unknown {
  if (map === undefined) return undefined;
  const value = member(map, key);
  if (value !== undefined || !schema?.['x-setpoint-always']?.includes(key)) return value;
  return zeroOf(fieldTopology(schema, key));
}

function compareLists(schema: Topology, before: readonly unknown[], after: readonly unknown[]): FieldChanges {
  const collected = new Collector();
  const oldItems = byElement(schema, before);
  const newItems = byElement(schema, after);
  for (const element of new Set([...oldItems.keys(), ...newItems.keys()])) {
    collected.add(element, compareItems(schema, oldItems.get(element) ?? [], newItems.get(element) ?? []));
  }
  return collected.changes();
}

/** Items that share an address are compared as one value; changing between one and several is coming and going. */
function compareItems(schema: Topology, before: readonly unknown[], after: readonly unknown[]): FieldChanges {
  if (before.length <= 1 && after.length <= 1) return compareFields(schema?.items, before[0], after[0]);
  if (before.length > 1 && after.length > 1) return equal(before, after) ? nothing : { ...nothing, modified: leaf };
  if (before.length > 1) {
    const now = compareFields(schema?.items, undefined, after[0]);
    return { ...now, removed: asMember(now.removed) };
  }
  const gone = compareFields(schema?.items, before[0], undefined);
  return { ...gone, added: asMember(gone.added) };
}

class Collector {
  readonly #added: (readonly [PathElement, FieldsV1])[] = [];
  readonly #modified: (readonly [PathElement, FieldsV1])[] = [];
  readonly #removed: (readonly [PathElement, FieldsV1])[] = [];

  add(element: PathElement, changes: FieldChanges): void {
    if (changes.added !== undefined) this.#added.push([element, changes.added]);
    if (changes.modified !== undefined) this.#modified.push([element, changes.modified]);
    if (changes.removed !== undefined) this.#removed.push([element, changes.removed]);
  }

  changes(): FieldChanges {
    return { added: nodeOf(false, this.#added), modified: nodeOf(false, this.#modified), removed: nodeOf(false, this.#removed) };
  }
}
