import { equal } from '../resource/json/equal.js';
import { mergeConditions } from '../resource/conditions.js';
import { definition, type AnyKind } from '../resource/kind.js';
import type { Condition, FieldsV1, KubeObject } from '../resource/object.js';
import { timestamp } from '../runtime/clock.js';
import { SetpointError } from '../runtime/errors.js';
import { InvalidOutcome } from './errors.js';
import type { Conditions, Observed } from './outcome.js';

type Fields = { readonly [field: string]: unknown };

/**
 * The merge patch that brings the object's status to what a run observed, or undefined when it says so already.
 * `status` is this controller's whole share: fields that it wrote before (by its field manager) and does not give now
 * go away, those of others stay. Pure. Rules: R31–R33.
 */
export function statusPatch(kind: AnyKind, object: KubeObject, manager: string, observed: Observed<unknown>, wallMs: number): Fields | undefined {
  const now = (object.status ?? {}) as Fields;
  const patch: { [field: string]: unknown } = observed.status === undefined ? {} : diff(now, plain(observed.status), shareOf(object, manager));
  const fields = kind[definition].schema.properties?.['status']?.properties ?? {};
  if (fields['observedGeneration'] && now['observedGeneration'] !== object.metadata.generation) patch['observedGeneration'] = object.metadata.generation;
  if (observed.conditions) {
    const before = now['conditions'] as readonly Condition[] | undefined;
    const after = conditionsOf(before, observed.conditions, timestamp(wallMs), object.metadata.generation);
    if (after !== before && (before !== undefined || after.length > 0)) patch['conditions'] = after;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** A condition that the API would refuse is a wrong answer of the reconcile (R33). */
function conditionsOf(before: readonly Condition[] | undefined, given: Conditions<string>, now: string, generation: number): readonly Condition[] {
  try {
    return mergeConditions(before, given, now, generation);
  } catch (error) {
    throw error instanceof SetpointError ? new InvalidOutcome(error.message) : error;
  }
}

/** What differs, as a merge patch. Fields of the share that are wanted no more become null. */
function diff(now: Fields, wanted: Fields, share: FieldsV1 | undefined): { [field: string]: unknown } {
  const patch: { [field: string]: unknown } = {};
  for (const [field, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const old = now[field];
    if (isObject(value) && isObject(old)) {
      const inner = diff(old, value, share?.[`f:${field}`]);
      if (Object.keys(inner).length > 0) patch[field] = inner;
    } else if (!equal(old, value)) {
      patch[field] = value;
    }
  }
  for (const path of Object.keys(share ?? {})) {
    const field = path.slice(2);
    if (path.startsWith('f:') && field in now && wanted[field] === undefined && !kept.has(field)) patch[field] = null;
  }
  return patch;
}

/** The SDK's own part of every status. */
const kept: ReadonlySet<string> = new Set(['conditions', 'observedGeneration']);

function shareOf(object: KubeObject, manager: string): FieldsV1 | undefined {
  const entry = object.metadata.managedFields?.find((e) => e.manager === manager && e.subresource === 'status');
  return entry?.fieldsV1['f:status'];
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
