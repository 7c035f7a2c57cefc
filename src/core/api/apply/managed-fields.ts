import type { ManagedFieldsEntry } from '../../resource/object.js';
import { equal } from '../../resource/json/equal.js';
import { isJsonObject } from '../patch/json-object.js';
import { parseFieldSet, union, type FieldSet } from './field-set.js';
import { canonicalJson, compareText } from './path-element.js';

/** One entry of managedFields with its set, which is undefined once it is empty. */
export interface Owner extends Omit<ManagedFieldsEntry, 'fieldsV1' | 'fieldsType' | 'time'> {
  readonly fields: FieldSet;
  readonly time: string | undefined;
}

/** More entries of updates than this are merged (A53). */
export const maxUpdateEntries = 10;

/** Tells apart whose entries are whose: one for each applier and subresource; updates also by apiVersion. */
export function ownerId(owner: Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return canonicalId([
    ['manager', owner.manager], ['operation', owner.operation],
    ['apiVersion', owner.operation === 'Apply' ? undefined : owner.apiVersion], ['subresource', owner.subresource],
  ]);
}

/** The stored entries. They were written here, so their sets are canonical and are not looked through. */
export function ownersOf(entries: readonly ManagedFieldsEntry[] | undefined): readonly Owner[] {
  return (entries ?? []).map(({ fieldsV1, fieldsType: _, time, ...rest }) => ({ ...rest, fields: fieldsV1, time }));
}

/**
 * Whose entries a write starts from: the ones sent along with it where they are well formed, none when they clear the
 * ownership (`[]` or `[{}]`), else the stored ones; through a subresource always these (A53).
 */
export function startingOwners(stored: readonly ManagedFieldsEntry[] | undefined, sent: unknown, subresource: string | undefined): readonly Owner[] {
  if (subresource !== undefined || sent === undefined || sent === stored || !Array.isArray(sent)) return ownersOf(stored);
  if (sent.length === 0 || (sent.length === 1 && equal(sent[0], {}))) return [];
  const parsed = sent.map(parseEntry);
  return parsed.every((owner) => owner !== undefined) ? [...new Map(parsed.map((owner) => [ownerId(owner), owner])).values()] : ownersOf(stored);
}

function parseEntry(raw: unknown): Owner | undefined {
  if (!isJsonObject(raw)) return undefined;
  const { manager = '', operation, apiVersion, time, fieldsType, fieldsV1 = {}, subresource } = raw;
  const text = (value: unknown) => value === undefined || typeof value === 'string';
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (typeof manager !== 'string' || typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined;
  if (!text(time) || !text(subresource)) return undefined;
  const fields = parseFieldSet(fieldsV1);
  if (fields === 'undecodable') return undefined;
  return { manager, operation, apiVersion, time: time, fields, ...(subresource ? { subresource: subresource } : {}) }; // `text` saw to both
}

/** The entries as they are stored, in their order; `before` itself when they are the same. */
export function entriesOf(owners: Iterable<Owner>, before: readonly ManagedFieldsEntry[] | undefined): readonly ManagedFieldsEntry[] {
  const entries = [...owners].flatMap(({ fields, manager, operation, apiVersion, time, subresource }): ManagedFieldsEntry[] => (fields === undefined ? [] : [{
    manager, operation, apiVersion, ...(time === undefined ? {} : { time }), fieldsType: 'FieldsV1', fieldsV1: fields, ...(subresource ? { subresource } : {}),
  }])).sort(compareEntries);
  return before !== undefined && equal(entries, before) ? before : entries;
}

/** By operation, time, manager, apiVersion, subresource (A52). */
function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return compareText(a.operation, b.operation) || compareText(a.time ?? '', b.time ?? '') || compareText(a.manager, b.manager)
    || compareText(a.apiVersion, b.apiVersion) || compareText(a.subresource ?? '', b.subresource ?? '');
}

/** With more than ten updaters the oldest of one apiVersion become one named `ancient-changes` (A53). Changes `owners`. */
export function capUpdaters(owners: Map<string, Owner>): void {
  const updaters = [...owners].filter(([, owner]) => owner.operation === 'Update')
    .sort(([a, x], [b, y]) => compareText(x.time ?? '', y.time ?? '') || compareText(a, b));
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [id, owner] of updaters) {
    if (count <= maxUpdateEntries) return;
    const first = firstOfVersion.get(owner.apiVersion);
    if (first === undefined) { firstOfVersion.set(owner.apiVersion, id); continue; }
    const ancient = { manager: 'ancient-changes', operation: 'Update', apiVersion: owner.apiVersion } as const;
    const bucket = ownerId(ancient);
    const old = owners.get(bucket) ?? owners.get(first);
    if (!owners.has(bucket)) owners.delete(first);
    owners.delete(id);
    // The newer of the two times: the entries come in order of time.
    owners.set(bucket, { ...ancient, fields: union(old?.fields, owner.fields), time: owner.time });
    count--;
  }
}

function canonicalId(members: readonly (readonly [string, string | undefined])[]): string {
  return `{${members.flatMap(([name, value]) => (value ? [`"${name}":${canonicalJson(value)}`] : [])).join(',')}}`;
}
