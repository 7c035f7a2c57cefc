import type { AnyKind } from '../../resource/kind.js';
import { definition } from '../../resource/kind.js';
import { InvalidJson, jsonLimits, plainJson } from '../../resource/json/plain-json.js';
import { objectMetaSchema, validateMetadata, type MetadataFields } from '../../resource/metadata.js';
import type { JsonSchema } from '../../resource/schema.js';
import type { StatusCause } from '../../resource/status.js';
import { addAlways } from '../../resource/validation/always.js';
import { applyDefaults } from '../../resource/validation/defaulting.js';
import { prune, pruneObject } from '../../resource/validation/pruning.js';
import type { Validators } from '../../resource/validation/validators.js';
import type { MutableObject } from '../plugs.js';
import { badRequest, tooLarge } from '../refusals.js';

/** What an object of one kind may look like; changes are made in place. */
export interface KindRules {
  /** A body from outside as a tree of our own, read once. @throws ApiError 400, 413 (A85, A87, B3–B15) */
  read(body: unknown): MutableObject;
  /** A patch from outside, read once. @throws ApiError 400, 413 */
  readPatch(patch: unknown): unknown;
  /** Drops unknown fields and answers their paths (A86, A105). */
  prune(object: MutableObject): readonly string[];
  fillDefaults(object: MutableObject): void;
  /** Adds what is there whether it was written or not; 'all': also what has to be written. */
  complete(object: MutableObject, what?: 'all'): void;
  /** By the kind's schema and its rules; `old` for rules about changes. */
  checkSchema(object: MutableObject, old?: unknown): readonly StatusCause[];
  /** Names, labels, owners, finalizers (A9–A13). */
  checkMeta(object: MutableObject): readonly StatusCause[];
}

export function kindRules(kind: AnyKind, validators: Validators): KindRules {
  const { schema, nameRule, builtin } = kind[definition];
  const metadataRules = { namespaced: kind.namespaced, nameRule, builtin };
  return {
    read(body) {
      const value = readJson(body);
      if (!isTree(value)) throw badRequest(`the body must be an object of kind ${kind.kind}`);
      const metadata = (value['metadata'] ??= {});
      if (!isTree(metadata)) throw badRequest('metadata: must be an object');
      // null where it means nothing is as good as absent.
      applyDefaults(metadata, metadataTypes);
      const [wrong] = validators.check(metadataTypes, metadata);
      if (wrong) throw badRequest(`metadata.${wrong.field ?? ''}: ${wrong.message}`);
      // Printed as null by writers that have no value for them.
      for (const field of ['creationTimestamp', 'deletionTimestamp']) if (metadata[field] === null) delete metadata[field];
      return value as MutableObject; // apiVersion and kind are compared next
    },
    readPatch: readJson,
    prune: (object) => [...pruneObject(object, schema), ...prune(object.metadata, metadataTypes, 'metadata')],
    fillDefaults: (object) => {
      applyDefaults(object.metadata, metadataEmpties);
      applyDefaults(object, schema);
    },
    complete: (object, what) => { addAlways(object, schema, what); },
    checkSchema: (object, old) => validators.check(schema, object, old, builtin ? 'allowed' : 'refused'),
    checkMeta: (object) => validateMetadata(object.metadata as MetadataFields, metadataRules), // its types were checked when it was read
  };
}

/** Types alone: equal finalizers and owners are treated by rules of their own (A12, B41). What is empty counts for an apply, which owns it. */
const metadataTypes: JsonSchema = Object.freeze({
  ...objectMetaSchema,
  properties: {
    ...Object.fromEntries(Object.entries(objectMetaSchema.properties ?? {}).map(([name, { 'x-setpoint-omitempty': _, ...property }]) => [name, property])),
    finalizers: { type: 'array', items: { type: 'string' } },
    ownerReferences: { type: 'array', ...(objectMetaSchema.properties?.['ownerReferences']?.items ? { items: objectMetaSchema.properties['ownerReferences'].items } : {}) },
  },
});

/** What is left out of metadata when it is empty, as Go does. */
const metadataEmpties: JsonSchema = Object.freeze({
  type: 'object',
  properties: Object.fromEntries(Object.entries(objectMetaSchema.properties ?? {}).filter(([, property]) => property['x-setpoint-omitempty'])
    .map(([name, property]) => [name, { ...(property.type === undefined ? {} : { type: property.type }), 'x-setpoint-omitempty': true }])),
});

type Tree = { [field: string]: unknown };

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(body: unknown): unknown {
  try {
    return plainJson(body).value;
  } catch (thrown) {
    if (!(thrown instanceof InvalidJson)) throw thrown;
    if (thrown.fault === 'size') throw tooLarge(`Request entity too large: limit is ${String(jsonLimits.sizeBytes)}`, { cause: thrown });
    throw badRequest(thrown.message, { cause: thrown });
  }
}
