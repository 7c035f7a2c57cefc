import { validateMetadataUpdate, type MetadataFields } from '../../resource/metadata.js';
import type { KubeObject } from '../../resource/object.js';
import type { StatusCause } from '../../resource/status.js';
import type { MutableObject } from '../plugs.js';
import { badRequest, invalid } from '../refusals.js';
import type { Served } from '../served.js';

/** What strategies and plugins must not meet: a spec that is a number, or none at all. */
const shapeReasons = ['FieldValueTypeInvalid', 'FieldValueRequired'];

/**
 * Refuses an object whose shape is wrong before any code of a kind or plugin sees it; only where there is such code.
 * @throws ApiError 400 for built-in kinds, 422 for others (A87)
 */
export function validateShape(served: Served, object: MutableObject): void {
  const { strategy, plugs, definition } = served;
  if (!definition.builtin && Object.keys(strategy).length === 0 && (plugs.admission ?? []).length === 0) return;
  const causes = served.rules.checkSchema(object);
  if (causes.some(({ reason }) => shapeReasons.includes(reason))) throw refused(served, object, [...causes, ...served.rules.checkMeta(object)]);
}

/** Every bad field of an object about to be created. Rules: A6, A9–A13. */
export function validateNew(served: Served, object: MutableObject): readonly StatusCause[] {
  const schema = served.rules.checkSchema(object);
  throwOnTypes(served, object, schema);
  return [...served.rules.checkMeta(object), ...schema, ...(schema.length === 0 ? (served.strategy.validate?.(asObject(object)) ?? []) : [])];
}

/** Every bad field of an object about to take the place of `old`. */
export function validateNext(served: Served, object: MutableObject, old: KubeObject, ofMain: boolean): readonly StatusCause[] {
  const schema = served.rules.checkSchema(object, old);
  throwOnTypes(served, object, schema);
  const causes = [...served.rules.checkMeta(object), ...validateMetadataUpdate(object.metadata as MetadataFields, old.metadata as unknown as MetadataFields), ...schema];
  if (!ofMain || schema.length > 0) return causes;
  return [...causes, ...(served.strategy.validate?.(asObject(object)) ?? []), ...(served.strategy.validateUpdate?.(asObject(object), old) ?? [])];
}

/** A wrong JSON type is no value of a built-in kind at all, so it is not decoded (A87). */
function throwOnTypes(served: Served, object: MutableObject, causes: readonly StatusCause[]): void {
  if (served.definition.builtin && causes.some(({ reason }) => reason === 'FieldValueTypeInvalid')) throw refused(served, object, causes);
}

function refused(served: Served, object: MutableObject, causes: readonly StatusCause[]): Error {
  const wrongType = causes.find(({ reason }) => reason === 'FieldValueTypeInvalid');
  if (served.definition.builtin && wrongType) return badRequest(`${served.kind.kind} in version "${served.kind.version}" cannot be handled as a ${served.kind.kind}: ${wrongType.field ?? ''}: ${wrongType.message}`);
  return invalid(served.kind, object.metadata.name ?? '', causes);
}

function asObject(object: MutableObject): KubeObject {
  return object as unknown as KubeObject; // valid by the schema now
}
