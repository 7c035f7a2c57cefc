import type { KubeObject } from '../../resource/object.js';
import type { Item } from '../../store/store.js';
import type { Address, WriteParams, Written } from '../api.js';
import { ownFields } from '../apply/own-fields.js';
import type { MutableObject } from '../plugs.js';
import { objectKey } from '../layout.js';
import { badRequest, conflict, modified, notFound, storagePrecondition, versionNeeded } from '../refusals.js';
import { parseRevision } from '../read/revision.js';
import type { Served } from '../served.js';
import { advance, type Own } from './advance.js';
import { createDecoded } from './create.js';
import { decodeBody, matchAddress } from './decode-body.js';
import { thaw } from './thaw.js';
import { refuseDecoded } from './validate.js';
import { untilWon } from './until-won.js';
import { Warnings } from './warnings.js';
import { nameOf, scopeOf, subresourceOf, type NamedWriteRequest, type Part, type WriteEnv } from './write-env.js';
import { defaultManager } from './write-options.js';

/** PUT of an object or of its status. @throws ApiError, UnknownOutcome. Rules: A15, A31–A39, A65. */
export async function updateObject(env: WriteEnv, served: Served, at: Address, part: Part, body: unknown, params: WriteParams): Promise<Written> {
  const warnings = new Warnings();
  const object = decodeBody(served, body, params, warnings, 'UpdateOptions');
  const request: NamedWriteRequest = {
    served, namespace: scopeOf(served, { namespace: at.namespace ?? object.metadata.namespace }), name: nameOf({ name: at.name ?? object.metadata.name }),
    params, warnings, part, applying: false,
  };
  const own = ownedByUpdate(env, request);
  // A body that does not decode is refused before anything is said of its object.
  const refusing = <T>(check: () => T): T => refuseDecoded(served, object, check);
  refusing(() => { matchAddress(served.kind, object, request); });
  return untilWon(env, request, async (item) => {
    if (item === undefined) {
      refusing(() => { checkCreates(request, object); });
      return { type: 'done', written: await createByUpdate(env, request, object, own) };
    }
    const asked = refusing(() => {
      checkUid(request, object, item.value.metadata.uid);
      return checkVersion(request, item, parseRevision(versionOf(object)));
    });
    // A stale version fails at once; without one the newest object is overwritten, however often it changes.
    const result = await advance(env, request, item, asked ? object : thaw(object as unknown as KubeObject), own);
    if (asked && result.type === 'lost') throw conflict(served.kind, request.name, modified);
    return result;
  });
}

/** Ownership after a create or an update by the manager of the request (A53). */
export function ownedByUpdate(env: WriteEnv, { served, params, part }: NamedWriteRequest): Own {
  return (after, before) => ownFields({
    schema: served.schema, before, after, manager: params.fieldManager ?? defaultManager, apiVersion: served.kind.apiVersion,
    time: env.timestamp(), subresource: subresourceOf(part),
  });
}

async function createByUpdate(env: WriteEnv, request: NamedWriteRequest, object: MutableObject, own: Own): Promise<Written> {
  delete object.metadata['resourceVersion'];
  return createDecoded(env, request, request.name, object, (after) => own(after, undefined));
}

/** @throws ApiError 404 for kinds that no PUT makes, 409 for the uid of an object that is gone (A33) */
function checkCreates(request: NamedWriteRequest, object: MutableObject): void {
  const { served, name, part } = request;
  if (part.type !== 'main' || !served.definition.createOnUpdate) throw notFound(served.kind, name);
  checkUid(request, object, '');
}

/** @throws ApiError 409 for the uid of another object (A16) */
function checkUid({ served, namespace, name }: NamedWriteRequest, { metadata }: MutableObject, uid: string): void {
  const asked = metadata['uid'];
  if (asked === undefined || asked === '' || asked === uid) return;
  throw storagePrecondition(served.kind, objectKey(served.prefix, namespace, name), name, 'UID', typeof asked === 'string' ? asked : JSON.stringify(asked), uid);
}

/** @throws ApiError 409, 422 (A31, A32) */
function checkVersion({ served, name }: NamedWriteRequest, item: Item<KubeObject>, asked: bigint | undefined): bigint | undefined {
  if (asked === undefined || asked === 0n) {
    if (!served.definition.unconditionalUpdate) throw versionNeeded(served.kind, name);
  } else if (asked !== item.modRevision) throw conflict(served.kind, name, modified);
  return asked;
}

/** @throws ApiError 400 for a version that is no text (B32) */
export function versionOf(object: MutableObject): string | undefined {
  const version = object.metadata['resourceVersion'];
  if (version === undefined || typeof version === 'string') return version;
  throw badRequest('metadata.resourceVersion: must be a string');
}
