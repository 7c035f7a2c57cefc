import { SetpointError } from '../runtime/errors.js';
import type { Condition } from './object.js';
import type { JsonSchema } from './schema.js';

/** One observation as a controller gives it; a boolean is written as 'True' or 'False'. */
export interface ConditionInput {
  readonly status: boolean | 'True' | 'False' | 'Unknown';
  /** A word for machines, in CamelCase. */
  readonly reason: string;
  readonly message?: string | undefined;
}
export type Conditions<C extends string> = { readonly [Type in C]?: ConditionInput | undefined };

const reasonLike = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;

/**
 * The conditions with what was observed now: known types keep their place, new ones come last, and
 * `lastTransitionTime` moves only where `status` changed. An unchanged list is given back as it is.
 * @param now RFC 3339 in whole seconds
 * @throws SetpointError InvalidCondition for a reason that the API would refuse. Rules: R33
 */
export function mergeConditions(present: readonly Condition[] | undefined, observed: Conditions<string>, now: string, observedGeneration?: number): readonly Condition[] {
  const merged = [...(present ?? [])];
  let changed = present === undefined;
  for (const [type, input] of Object.entries(observed)) {
    if (input === undefined) continue;
    const at = merged.findIndex((condition) => condition.type === type);
    const next = condition(type, input, merged[at], now, observedGeneration);
    if (next === merged[at]) continue;
    changed = true;
    if (at < 0) merged.push(next);
    else merged[at] = next;
  }
  return changed || present === undefined ? Object.freeze(merged) : present;
}

/** The condition of this type. */
export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: C['type']): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** True when the condition is there and 'True'. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

function condition(type: string, input: ConditionInput, old: Condition | undefined, now: string, observedGeneration: number | undefined): Condition {
  if (typeof input.reason !== 'string' || input.reason.length > 1024 || !reasonLike.test(input.reason)) {
    throw new SetpointError('InvalidCondition', `condition ${type}: reason ${JSON.stringify(input.reason)} is not a CamelCase word`, { hint: 'write prose into message' });
  }
  const status = typeof input.status === 'boolean' ? (input.status ? 'True' : 'False') : input.status;
  const message = input.message ?? '';
  const moved = old?.status !== status;
  if (old && !moved && old.reason === input.reason && old.message === message && old.observedGeneration === observedGeneration) return old;
  return Object.freeze({
    type, status, reason: input.reason, message, lastTransitionTime: old && !moved ? old.lastTransitionTime : now,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  });
}

/** As metav1.Condition has it. */
export const conditionsSchema: JsonSchema = Object.freeze({
  type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'],
  items: {
    type: 'object', required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
    properties: {
      type: { type: 'string', maxLength: 316 },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      reason: { type: 'string', minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' },
      message: { type: 'string', maxLength: 32_768 },
      lastTransitionTime: { type: 'string', format: 'date-time' },
      observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    },
  },
} as const);
