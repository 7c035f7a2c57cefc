import type { KubeObject, ManagedFieldsEntry } from '../../resource/object.js';
import { equal } from '../../resource/json/equal.js';
import { withoutMember, type JsonObject } from '../patch/json-object.js';
import { checkApplied } from './check-applied.js';
import { compareFields, outside, touched } from './compare-fields.js';
import { conflictOutcome } from './conflict.js';
import { difference, union, without, type FieldSet } from './field-set.js';
import { fieldsOf } from './fields-of.js';
import { clientSideApplied, withLastApplied } from './last-applied.js';
import { entriesOf, ownerId, ownersOf, type Owner } from './managed-fields.js';
import { mergeApplied } from './merge-applied.js';
import { fieldsContested, fieldsKept, neverTracked, resetFields } from './own-fields.js';
import type { ApplyOutcome, ApplyOwnership } from './ownership.js';
import { prune } from './remove-fields.js';

/** The only manager for which client-side apply is carried over (A56). */
const kubectl = 'kubectl';

/**
 * Server-side apply: lays the applied fields over the live object, takes away what this manager applied before and
 * nobody owns any more, and answers who owns what now; or the conflicts. The merged object shares with the live one
 * what does not change, and is the live one (without managedFields) when nothing does.
 *
 * Rules: A49, A50, A51, A52, A54, A55, A56.
 */
export function applyFields(request: ApplyOwnership): ApplyOutcome {
  const { schema, live, applied, manager } = request;
  const causes = checkApplied(schema, applied);
  if (causes.length > 0) return { outcome: 'invalid', causes };
  const plan = planApply(request);
  const contested = plan.others.filter(({ contested: fields }) => fields !== undefined);
  if (contested.length > 0 && !request.force) {
    const allowed = manager === kubectl && live ? clientSideApplied(schema, live, request.apiVersion) : undefined;
    const refused = contested.map(({ owner, contested: fields }) => ({ owner, fields: difference(fields, allowed) })).filter(({ fields }) => fields !== undefined);
    if (refused.length > 0) return conflictOutcome(refused);
  }
  const object = manager === kubectl && live ? withLastApplied(plan.after, applied as JsonObject) : plan.after;
  return { outcome: 'applied', object: object as unknown as KubeObject, managedFields: entriesAfter(request, plan) }; // merged from objects of this kind
}

interface Plan {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly own: FieldSet;
  readonly others: readonly { readonly owner: Owner; readonly kept: FieldSet; readonly contested: FieldSet }[];
  readonly lastTime: string | undefined;
}

function planApply({ schema, live, applied, manager, apiVersion, subresource, resets, time }: ApplyOwnership): Plan {
  const before = live ? withoutManagedFields(live) : {};
  const resetSet = resetFields(resets);
  const self = ownerId({ manager, operation: 'Apply', apiVersion, ...(subresource === undefined ? {} : { subresource }) });
  // An apiVersion that is no longer this kind's cannot be compared: its entry is dropped (A55).
  const owners = startOf(schema, live, apiVersion, time).filter((owner) => owner.apiVersion === apiVersion);
  const last = owners.find((owner) => ownerId(owner) === self);
  const stated = without(fieldsOf(schema, applied), resetSet);
  const rest = owners.filter((owner) => owner !== last);
  const merged = mergeApplied(schema, before, applied);
  const owned = rest.reduce<FieldSet>((all, { fields }) => union(all, fields), stated);
  const pruned = prune(schema, merged, last?.fields, owned);
  // Pruning may take along an empty container that is stated; it comes back, so that applying again changes nothing.
  const after = (pruned === merged ? merged : mergeApplied(schema, pruned, applied)) as JsonObject; // laid over an object
  const changes = outside(compareFields(schema, before, after), resetSet);
  return {
    before, after,
    own: difference(stated, neverTracked),
    others: rest.map((owner) => ({ owner, kept: fieldsKept(owner.fields, changes), contested: fieldsContested(owner.fields, changes) })),
    lastTime: last?.time,
  };
}

/** Before its first apply an object without owners is as if somebody had made it a moment ago. */
function startOf(schema: ApplyOwnership['schema'], live: KubeObject | undefined, apiVersion: string, time: string): readonly Owner[] {
  const owners = ownersOf(live?.metadata.managedFields);
  if (live === undefined || owners.length > 0) return owners;
  const fields = difference(touched(compareFields(schema, {}, withoutManagedFields(live))), neverTracked);
  return fields === undefined ? [] : [{ manager: 'before-first-apply', operation: 'Update', apiVersion, fields, time }];
}

function entriesAfter({ live, manager, apiVersion, subresource, time, resets }: ApplyOwnership, plan: Plan): readonly ManagedFieldsEntry[] {
  const withoutResets = (object: JsonObject) => (resets ?? []).reduce<JsonObject>((rest, part) => withoutMember(rest, part), object);
  // The reference's rule: the time is that of the last apply that changed the object, not of one that only shared a field.
  const changed = live === undefined || !(plan.after === plan.before || equal(withoutResets(plan.before), withoutResets(plan.after)));
  const owners: Owner[] = plan.others.map(({ owner, kept }) => (kept === owner.fields ? owner : { ...owner, fields: kept }));
  owners.push({ manager, operation: 'Apply', apiVersion, ...(subresource === undefined ? {} : { subresource }), fields: plan.own, time: changed ? time : plan.lastTime });
  return entriesOf(owners, live?.metadata.managedFields);
}

function withoutManagedFields(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
