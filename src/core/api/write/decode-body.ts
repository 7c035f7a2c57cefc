import type { AnyKind } from '../../resource/kind.js';
import type { Address, WriteParams } from '../api.js';
import type { MutableObject } from '../plugs.js';
import { badRequest } from '../refusals.js';
import type { Served } from '../served.js';
import type { Warnings } from './warnings.js';
import { checkWriteOptions } from './write-options.js';

/**
 * The body of a write as a tree that may be changed: read once, of this kind, without unknown fields.
 * @throws ApiError 400 (A85–A88, B3–B15, B21)
 */
export function decodeBody(served: Served, body: unknown, params: WriteParams, warnings: Warnings, options?: 'CreateOptions' | 'UpdateOptions'): MutableObject {
  const object = served.rules.read(body);
  // Options come after the limit of the body, and before what is in it (A1).
  if (options) checkWriteOptions(options, params);
  checkType(served.kind, object);
  reportUnknown(served.kind, served.rules.prune(object), params, warnings);
  return object;
}

/** Unknown fields are gone in all three modes; they differ in what is said of it (A86). */
export function reportUnknown(kind: AnyKind, fields: readonly string[], params: WriteParams, warnings: Warnings): void {
  if (fields.length === 0) return;
  const texts = fields.map((field) => `unknown field "${field}"`);
  switch (params.fieldValidation ?? 'Strict') {
    case 'Ignore': return;
    case 'Warn': for (const text of texts) warnings.add(text); return;
    default: throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${texts.slice(0, 100).join(', ')}`, { hint: 'correct the name of the field, or add it to the schema of the kind' });
  }
}

function checkType(kind: AnyKind, object: MutableObject): void {
  // Read from outside: nothing is known of them yet.
  const { apiVersion, kind: named } = object as { readonly apiVersion: unknown; readonly kind: unknown };
  if (typeof named !== 'string' || named === '') throw badRequest("Object 'Kind' is missing in the body");
  if (typeof apiVersion !== 'string' || apiVersion === '') throw badRequest("Object 'apiVersion' is missing in the body");
  if (apiVersion !== kind.apiVersion) throw badRequest(`the API version in the data (${apiVersion.slice(0, 256)}) does not match the expected API version (${kind.apiVersion})`);
  if (named !== kind.kind) throw badRequest(`the kind in the data (${named.slice(0, 256)}) does not match the expected kind (${kind.kind})`);
}

/**
 * The same for the body of an apply. What the schema does not know cannot be owned, so it is refused in every mode.
 * @throws ApiError 400 (A48, A85–A88)
 */
export function decodeApplied(served: Served, body: unknown, at: Address, params: WriteParams, warnings: Warnings): MutableObject {
  const object = served.rules.read(body);
  checkAppliedType(served.kind, object);
  const unknown = served.rules.prune(object);
  if ((params.fieldValidation ?? 'Strict') === 'Strict') reportUnknown(served.kind, unknown, params, warnings);
  if (unknown.length > 0) {
    const { apiVersion, kind } = served.kind;
    throw badRequest(`failed to create typed patch object (${at.namespace ?? ''}/${at.name ?? ''}; ${apiVersion}, Kind=${kind}): .${unknown[0] ?? ''}: field not declared in schema`, { hint: 'correct the name of the field, or add it to the schema of the kind' });
  }
  return object;
}

/** @throws ApiError 400 in the reference's words for an apply */
function checkAppliedType(kind: AnyKind, object: MutableObject): void {
  const { apiVersion, kind: named } = object as { readonly apiVersion: unknown; readonly kind: unknown };
  if (apiVersion === kind.apiVersion && named === kind.kind) return;
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 256) : '');
  throw badRequest(`invalid object type: ${text(apiVersion).includes('/') ? '' : '/'}${text(apiVersion)}, Kind=${text(named)}`);
}

/**
 * Fills in what the address says and the body does not; refuses where they differ.
 * @throws ApiError 400 (A15, B34)
 */
export function matchAddress(kind: AnyKind, object: MutableObject, at: Address): void {
  const { metadata } = object;
  if (!kind.namespaced) delete metadata.namespace;
  else if (!metadata.namespace) metadata.namespace = at.namespace ?? '';
  else if (metadata.namespace !== at.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (at.name === undefined) return;
  if (!metadata.name) throw badRequest(`the name of the object (${at.name} based on URL) was undeterminable: name must be provided`);
  if (metadata.name !== at.name) throw badRequest(`the name of the object (${metadata.name.slice(0, 256)}) does not match the name on the URL (${at.name})`);
}
