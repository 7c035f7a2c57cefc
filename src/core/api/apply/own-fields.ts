import type { ManagedFieldsEntry } from '../../resource/object.js';
import { isJsonObject, type JsonObject } from '../patch/json-object.js';
import { compareFields, outside, touched, type FieldChanges } from './compare-fields.js';
import { difference, intersection, setOf, union, type FieldSet } from './field-set.js';
import { capUpdaters, entriesOf, ownerId, startingOwners, type Owner } from './managed-fields.js';
import type { UpdateOwnership } from './ownership.js';
import { fieldElement } from './path-element.js';

/**
 * The managedFields after a create, an update or a patch that is no apply: what changed now belongs to the writer, and
 * to nobody else. The stored array itself when ownership did not change. Only subtrees that are not the same reference
 * in `before` and `after` are walked.
 *
 * Rules: A52, A53, A55.
 */
export function ownFields(update: UpdateOwnership): readonly ManagedFieldsEntry[] {
  const { schema, before, after, manager, apiVersion, time, subresource } = update;
  const stored = before?.metadata.managedFields;
  const metadata = (after as JsonObject)['metadata'];
  const sent = isJsonObject(metadata) ? metadata['managedFields'] : undefined;
  const start = startingOwners(stored, sent, subresource);
  // Whose fields nobody keeps track of starts with a create, or with the first apply.
  if (before !== undefined && start.length === 0) return stored !== undefined && stored.length === 0 ? stored : [];
  const changes = outside(compareFields(schema, before ?? {}, after), resetFields(update.resets));

  const owners = new Map<string, Owner>();
  for (const owner of start) {
    // An apiVersion that is no longer this kind's cannot be compared: its entry is dropped (A55).
    if (owner.apiVersion !== apiVersion) continue;
    const fields = fieldsKept(owner.fields, changes);
    if (fields !== undefined) owners.set(ownerId(owner), fields === owner.fields ? owner : { ...owner, fields });
  }
  const own = difference(touched(changes), neverTracked);
  if (own !== undefined) {
    const writer = { manager, operation: 'Update', apiVersion, ...(subresource === undefined ? {} : { subresource }) } as const;
    const id = ownerId(writer);
    owners.set(id, { ...writer, time, fields: union(owners.get(id)?.fields, own) });
  }
  capUpdaters(owners);
  return entriesOf(owners.values(), stored);
}

/** What an owner keeps when somebody else makes these changes. */
export function fieldsKept(fields: FieldSet, changes: FieldChanges): FieldSet {
  return difference(difference(fields, touched(changes)), changes.removed);
}

/** What an owner holds with another value than these changes give (A50). */
export function fieldsContested(fields: FieldSet, changes: FieldChanges): FieldSet {
  return intersection(fields, touched(changes));
}

/** The set of whole top-level parts. */
export function resetFields(parts: readonly string[] | undefined): FieldSet {
  return setOf(...(parts ?? []).map((part) => [fieldElement(part)]));
}

/** Fields that identify or version the object; nobody ever owns them (A52). */
export const neverTracked: FieldSet = setOf(
  ...['apiVersion', 'kind', 'metadata'].map((name) => [fieldElement(name)]),
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion']
    .map((name) => [fieldElement('metadata'), fieldElement(name)]),
);
