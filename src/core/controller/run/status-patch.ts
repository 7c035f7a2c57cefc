import { equal } from '../../resource/json/equal.js';
import { setOwn } from '../../resource/json/plain-json.js';
import { mergeConditions } from '../../resource/conditions.js';
import { definition, type AnyKind } from '../../resource/kind.js';
import type { Condition, FieldsV1, KubeObject } from '../../resource/object.js';
import type { JsonSchema } from '../../resource/schema.js';
import { addAlways } from '../../resource/validation/always.js';
import { applyDefaults } from '../../resource/validation/defaulting.js';
import { timestamp } from '../../runtime/clock.js';
import { SetpointError } from '../../runtime/errors.js';
import { InvalidOutcome } from '../errors.js';
import type { Conditions, Observed } from '../outcome.js';

type Fields = { readonly [field: string]: unknown };

/** Whose status it is, and who says so. */
export interface StatusSubject {
  readonly kind: AnyKind;
  /** As the writer knows it now. */
  readonly object: KubeObject;
  /** The field manager: the controller's name. */
  readonly manager: string;
  /** The generation that was acted on. */
  readonly generation: number;
  readonly wallMs: number;
}

/**
 * The merge patch that brings the object's status to what a run observed, or undefined when it says so already.
 * `status` is this controller's whole share: fields that it wrote before (by its field manager) and does not give now
 * go away, those of others stay. Pure. Rules: R31–R33.
 */
export function statusPatch({ kind, object, manager, generation, wallMs }: StatusSubject, observed: Observed<unknown>): Fields | undefined {
  const now = (object.status ?? {}) as Fields;
  const patch: { [field: string]: unknown } = observed.status === undefined ? {} : diff(now, plain(observed.status), sharesOf(object, manager));
  const schema = kind[definition].schema.properties?.['status'] ?? {};
  if (schema.properties?.['observedGeneration'] && now['observedGeneration'] !== generation) patch['observedGeneration'] = generation;
  if (observed.conditions) {
    const before = now['conditions'] as readonly Condition[] | undefined;
    const after = conditionsOf(before, observed.conditions, timestamp(wallMs), generation);
    if (after !== before && (before !== undefined || after.length > 0)) patch['conditions'] = after;
  }
  return changes(now, patch, schema) ? patch : undefined;
}

/** Whether what the api would keep is another status: some zeros are kept as absent, and what is absent as its default. */
function changes(now: Fields, patch: Fields, schema: JsonSchema): boolean {
  if (Object.keys(patch).length === 0) return false;
  const next = patched(now, patch);
  applyDefaults(next, schema);
  addAlways(next, schema);
  return !equal(next, now);
}

/** A copy with a merge patch in it. */
function patched(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return copyOf(patch);
  const old = isObject(value) ? value : {};
  const made: { [field: string]: unknown } = {};
  for (const [field, part] of Object.entries(old)) if (!Object.hasOwn(patch, field)) setOwn(made, field, copyOf(part));
  for (const [field, part] of Object.entries(patch)) if (part !== null) setOwn(made, field, patched(old[field], part));
  return made;
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([field, part]) => [field, copyOf(part)])) : value;
}

/** A condition that the API would refuse is a wrong answer of the reconcile (R33). */
function conditionsOf(before: readonly Condition[] | undefined, given: Conditions<string>, now: string, generation: number): readonly Condition[] {
  try {
    return mergeConditions(before, given, now, generation);
  } catch (error) {
    throw error instanceof SetpointError ? new InvalidOutcome(error.message) : error;
  }
}

/** What differs, as a merge patch. Fields of the shares that are wanted no more become null. */
function diff(now: Fields, wanted: Fields, shares: readonly FieldsV1[]): { [field: string]: unknown } {
  const patch: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(wanted)) {
    const old = now[field];
    // In a merge patch null says that there is nothing.
    if (value === undefined || (value === null && old === undefined)) continue;
    if (isObject(value) && isObject(old)) {
      const inner = diff(old, value, shares.flatMap((share) => share[`f:${field}`] ?? []));
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (!equal(old, value)) {
      patch[field] = value;
    }
  }
  for (const path of shares.flatMap(Object.keys)) {
    const field = path.slice(2);
    if (path.startsWith('f:') && field in now && wanted[field] === undefined) patch[field] = null;
  }
  return patch;
}

/** The SDK's own part of every status. */
const kept: ReadonlySet<string> = new Set(['conditions', 'observedGeneration']);

/** One for each way (apply, update) and version in which this manager has written. */
function sharesOf(object: KubeObject, manager: string): readonly FieldsV1[] {
  const entries = object.metadata.managedFields?.filter((e) => e.manager === manager && e.subresource === 'status') ?? [];
  return entries.map(({ fieldsV1 }) => Object.fromEntries(Object.entries(fieldsV1['f:status'] ?? {}).filter(([path]) => !kept.has(path.slice(2)))));
}

function plain(status: unknown): Fields {
  if (!isObject(status)) throw new InvalidOutcome(`status must be an object, got ${status === null ? 'null' : typeof status}`);
  const strange = Object.keys(status).find((field) => kept.has(field));
  if (strange !== undefined) throw new InvalidOutcome(`status.${strange} is kept by the SDK; give conditions beside status`);
  return status;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
