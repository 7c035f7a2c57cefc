import { base64Fault } from '../../resource/validation/formats.js';
import { validateMetadataUpdate, type MetadataFields } from '../../resource/metadata.js';
import type { KubeObject } from '../../resource/object.js';
import type { StatusCause } from '../../resource/status.js';
import type { MutableObject } from '../plugs.js';
import { badRequest, invalid } from '../refusals.js';
import type { Served } from '../served.js';
import type { Part } from './write-env.js';

/**
 * By the schema: before the strategy of the kind sees the object, which may thus rely on its shape. What is wrong with a
 * built-in kind besides types is answered, to be told together with what its strategy finds; what it lacks is filled with
 * Go's zeros until then.
 * @throws ApiError 400 for a wrong JSON type in a built-in kind, 422 for a custom kind (A6, A87)
 */
export function validateSchema(served: Served, object: MutableObject, old?: KubeObject): readonly StatusCause[] {
  const causes = served.rules.checkSchema(object, old);
  if (causes.length === 0) return causes;
  throwOnTypes(served, causes);
  if (served.definition.builtin) {
    served.rules.complete(object, 'all');
    return causes;
  }
  throw invalid(served.kind, object.metadata.name ?? '', [...served.rules.checkMeta(object), ...causes]);
}

/** The types alone, before code from outside sees the object: decoding comes before admission (A1, A87). */
export function validateTypes(served: Served, object: MutableObject): void {
  throwOnTypes(served, served.rules.checkSchema(object));
}

/** Refuses what `check` refuses, unless the body is no object of its kind at all, which comes first (A1). */
export function refuseDecoded<T>(served: Served, object: MutableObject, check: () => T): T {
  try {
    return check();
  } catch (refusal) {
    served.rules.fillDefaults(object);
    validateTypes(served, object);
    throw refusal;
  }
}

/** What is wrong besides the schema with an object about to be created. Rules: A9–A13. */
export function validateNew(served: Served, object: MutableObject, wrong: readonly StatusCause[]): readonly StatusCause[] {
  const { strategy, rules } = served;
  return [...rules.checkMeta(object), ...wrong, ...(strategy.validate?.(asObject(object)) ?? []), ...(strategy.validateCreate?.(asObject(object)) ?? [])];
}

/** What is wrong besides the schema with an object about to take the place of `old`. */
export function validateNext(served: Served, object: MutableObject, old: KubeObject, part: Part, wrong: readonly StatusCause[]): readonly StatusCause[] {
  const meta = [...served.rules.checkMeta(object), ...wrong, ...validateMetadataUpdate(object.metadata as MetadataFields, old.metadata as unknown as MetadataFields)];
  if (part.type === 'status') return [...meta, ...(served.strategy.validateStatus?.(asObject(object), old) ?? [])];
  if (part.type === 'own') return meta;
  return [...meta, ...(served.strategy.validate?.(asObject(object)) ?? []), ...(served.strategy.validateUpdate?.(asObject(object), old) ?? [])];
}

/** A wrong JSON type is no value of a built-in kind at all, so it is not decoded (A87). */
function throwOnTypes({ definition, kind }: Served, causes: readonly StatusCause[]): void {
  const wrong = definition.builtin ? causes.find(({ reason }) => reason === 'FieldValueTypeInvalid') : undefined;
  if (wrong) throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${base64Problem(wrong.message) ?? quantityProblem(wrong.message) ?? `${wrong.field ?? ''}: ${wrong.message}`}`);
}

/** Of bytes that are no base64: where, and never what, since it may be a secret (A91). */
function base64Problem(message: string): string | undefined {
  const written = / in body must be of type byte: (".*")$/s.exec(message)?.[1];
  if (written === undefined) return undefined;
  return `illegal base64 data at input byte ${String(base64Fault(JSON.parse(written) as string) ?? 0)}`;
}

/** The reference's words for what is no quantity (A90). */
function quantityProblem(message: string): string | undefined {
  const written = / in body must be of type quantity: (".*")$/s.exec(message)?.[1];
  if (written === undefined) return undefined;
  return /^"([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)"$/.test(written) ? "unable to parse quantity's suffix"
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

function asObject(object: MutableObject): KubeObject {
  return object as unknown as KubeObject; // valid by the schema now
}
