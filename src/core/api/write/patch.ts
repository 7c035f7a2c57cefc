import { definition } from '../../resource/kind.js';
import type { KubeObject } from '../../resource/object.js';
import type { Item } from '../../store/store.js';
import type { Address, Patch, WriteParams, Written } from '../api.js';
import { ApiError, failure, isReason } from '../api-error.js';
import { applyFields } from '../apply/apply-fields.js';
import { isJsonObject, type JsonObject } from '../patch/json-object.js';
import { applyJsonPatch } from '../patch/json-patch.js';
import { applyMergePatch } from '../patch/merge-patch.js';
import { PatchError } from '../patch/patch-error.js';
import type { MutableObject } from '../plugs.js';
import { badRequest, conflict, invalid, modified, notFound, tooLarge, versionNeeded, unsupportedMediaType } from '../refusals.js';
import { parseRevision } from '../read/revision.js';
import type { Served } from '../served.js';
import { advance, type Own } from './advance.js';
import { createDecoded } from './create.js';
import { decodeApplied, decodeBody, matchAddress } from './decode-body.js';
import { ownedByUpdate, versionOf } from './update.js';
import { refuseDecoded } from './validate.js';
import { untilWon, type Attempt } from './until-won.js';
import { Warnings } from './warnings.js';
import { nameOf, scopeOf, subresourceOf, unchanged, type NamedWriteRequest, type Part, type WriteEnv } from './write-env.js';
import { checkPatchOptions } from './write-options.js';

/** @throws ApiError, UnknownOutcome. Rules: A39–A50, A54. */
export async function patchObject(env: WriteEnv, served: Served, at: Address, part: Part, patch: Patch, params: WriteParams): Promise<Written> {
  checkPatchOptions(patch, params);
  const request: NamedWriteRequest = { served, namespace: scopeOf(served, at), name: nameOf(at), params, warnings: new Warnings(), part, applying: patch.type === 'apply' };
  return patch.type === 'apply' ? applyObject(env, request, patch) : mergeObject(env, request, patch);
}

async function mergeObject(env: WriteEnv, request: NamedWriteRequest, patch: Exclude<Patch, { readonly type: 'apply' }>): Promise<Written> {
  const { served, name, params, warnings, part } = request;
  const own = ownedByUpdate(env, request);
  return untilWon(env, request, onlyFor(served, () => versionAsked(patch), async (item) => {
    if (item === undefined) throw notFound(served.kind, name);
    const patched = patchedBy(served, patch, item.value);
    if (!isJsonObject(patched)) throw badRequest('the object cannot be patched away');
    const metadata = patched['metadata'] ?? {};
    if (!isJsonObject(metadata)) throw badRequest('metadata: must be an object');
    if (!metadata['resourceVersion'] && !served.definition.unconditionalUpdate) throw versionNeeded(served.kind, name);
    const next = decodeBody(served, part.type === 'status' && saysNothingElse(patch) ? statusOf(patched) : patched, params, warnings);
    refuseDecoded(served, next, () => { matchAddress(served.kind, next, request); });
    return advance(env, request, item, next, own);
  }));
}

async function applyObject(env: WriteEnv, request: NamedWriteRequest, patch: Extract<Patch, { readonly type: 'apply' }>): Promise<Written> {
  const { served, params, warnings, part, name } = request;
  const applied = decodeApplied(served, patch.value, request, params, warnings);
  if (applied.metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  const { statusSubresource } = served.definition;
  const applier = { manager: params.fieldManager ?? '', apiVersion: served.kind.apiVersion, subresource: subresourceOf(part) };
  const resets = part.type === 'status' ? ['spec', 'metadata'] : statusSubresource ? ['status'] : [];
  return untilWon(env, request, onlyFor(served, () => parseRevision(versionOf(applied)), async (item) => {
    if (item !== undefined && env.noops.has(item.value, applier, applied)) return { type: 'done', written: unchanged(request, item) };
    const outcome = applyFields({ ...applier, schema: served.schema, live: item?.value, applied, force: patch.force, time: env.timestamp(), resets });
    switch (outcome.outcome) {
      case 'conflict': throw new ApiError(failure(409, 'Conflict', outcome.message, { causes: outcome.causes }), { hint: 'leave those fields out, or apply with force to take them over' });
      case 'invalid': throw invalid(served.kind, name, outcome.causes);
      case 'applied': {
        const { object, managedFields } = outcome;
        const own: Own = () => managedFields;
        if (item === undefined) return unlessTaken(createByApply(env, request, object, own));
        if (sharesAll(object, item.value) && managedFields === item.value.metadata.managedFields) {
          env.noops.remember(item.value, applier, applied);
          return { type: 'done', written: unchanged(request, item) };
        }
        return advance(env, request, item, served.rules.read(object), own);
      }
    }
  }));
}

async function createByApply(env: WriteEnv, request: NamedWriteRequest, object: KubeObject, own: Own): Promise<Written> {
  const { served, name, part } = request;
  if (part.type !== 'main') throw notFound(served.kind, name);
  const { uid } = object.metadata;
  if (uid) throw conflict(served.kind, name, `uid mismatch: the provided object specified uid ${uid.slice(0, 256)}, and no existing object was found`);
  const created = served.rules.read(object);
  delete created.metadata['resourceVersion'];
  return createDecoded(env, request, name, created, (after) => own(after, undefined));
}

/** An apply that creates may find that somebody just did; then it applies to that. */
async function unlessTaken(created: Promise<Written>): Promise<Attempt> {
  try {
    return { type: 'done', written: await created };
  } catch (error) {
    if (isReason(error, 'AlreadyExists')) return { type: 'again' };
    throw error;
  }
}

/** A patch that names a version is for that one only: it is not tried again (A39). */
function onlyFor(served: Served, versionAskedFor: () => bigint | undefined, attempt: (item: Item<KubeObject> | undefined) => Promise<Attempt>): (item: Item<KubeObject> | undefined) => Promise<Attempt> {
  return async (item) => {
    const asked = item === undefined ? undefined : versionAskedFor();
    if (asked === undefined) return attempt(item);
    if (item !== undefined && asked !== item.modRevision) throw conflict(served.kind, item.value.metadata.name, modified);
    const result = await attempt(item);
    if (result.type === 'lost' && item !== undefined) throw conflict(served.kind, item.value.metadata.name, modified);
    return result;
  };
}

export function patchedBy(served: Served, patch: Exclude<Patch, { readonly type: 'apply' }>, old: KubeObject): unknown {
  try {
    switch (patch.type) {
      case 'json': return applyJsonPatch(old, patch.ops);
      case 'merge': return applyMergePatch(old, served.rules.readPatch(patch.value));
      case 'strategic': throw strategic(served);
      default: throw unsupportedMediaType('the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml');
    }
  } catch (thrown) {
    if (!(thrown instanceof PatchError)) throw thrown;
    switch (thrown.code) {
      case 'PatchMalformed': throw badRequest(thrown.message, { cause: thrown });
      case 'PatchTooLarge': throw tooLarge(thrown.message, { cause: thrown });
      case 'PatchNotApplicable':
        throw new ApiError(failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}), { cause: thrown, hint: thrown.message });
    }
  }
}

function strategic({ kind }: Served): ApiError {
  const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
  return unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${accepted}`, {
    hint: kind[definition].builtin ? 'strategic merge patches are not served in this version: use a merge patch or apply' : 'custom kinds take no strategic merge patches: use a merge patch or apply',
  });
}

/** All that a write of the status looks at; the rest is the stored object's, and need not be read again. */
function statusOf({ apiVersion, kind, metadata, status }: JsonObject): JsonObject {
  return { apiVersion, kind, metadata, status };
}

/** Whether a patch of the status names nothing but the status and metadata. */
function saysNothingElse(patch: Exclude<Patch, { readonly type: 'apply' }>): boolean {
  const isOf = (part: string) => part === 'status' || part === 'metadata' || part === 'apiVersion' || part === 'kind';
  if (patch.type !== 'json') return isJsonObject(patch.value) && Object.keys(patch.value).every(isOf);
  return patch.ops.every(({ path }) => typeof path === 'string' && isOf(path.split('/')[1] ?? ''));
}

/** The version that a patch itself names. */
export function versionAsked(patch: Exclude<Patch, { readonly type: 'apply' }>): bigint | undefined {
  if (patch.type === 'json') {
    const ops: readonly { readonly op?: unknown; readonly path?: unknown; readonly value?: unknown }[] = Array.isArray(patch.ops) ? patch.ops : [];
    const last = ops.filter((op) => (op?.op === 'replace' || op?.op === 'add') && op.path === '/metadata/resourceVersion').at(-1);
    return typeof last?.value === 'string' ? parseRevision(last.value) : undefined;
  }
  const metadata = (patch.value as { readonly metadata?: unknown } | null | undefined)?.metadata;
  const version = (metadata as { readonly resourceVersion?: unknown } | null | undefined)?.resourceVersion;
  return version === undefined || version === null ? undefined : parseRevision(versionOf({ apiVersion: '', kind: '', metadata: { resourceVersion: version } }));
}

/** Every part but metadata is the very one that is stored, and metadata has equal parts: nothing was applied that was not there (A54). */
function sharesAll(object: KubeObject, live: KubeObject): boolean {
  const [next, old] = [object as unknown as MutableObject, live as unknown as MutableObject]; // only read
  const names = Object.keys(next);
  if (names.length !== Object.keys(old).length || names.some((name) => name !== 'metadata' && next[name] !== old[name])) return false;
  const { managedFields: _, ...rest } = old.metadata;
  return Object.keys(rest).length === Object.keys(next.metadata).length && Object.keys(rest).every((name) => rest[name] === next.metadata[name]);
}
