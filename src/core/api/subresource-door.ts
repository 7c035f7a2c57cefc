import type { KubeObject, ManagedFieldsEntry } from '../resource/object.js';
import { isReason } from './api-error.js';
import type { Address, Api, GetParams, Patch, WriteParams, Written } from './api.js';
import type { ChangePreconditions, SubresourceHandler, SubresourceRequest } from './plugs.js';
import { objectKey } from './layout.js';
import { conflict, conflictOnKind, methodNotAllowed, modified, noSuchResource, notFound, storagePrecondition, uidMismatch, versionMismatch } from './refusals.js';
import type { Served } from './served.js';
import { advance, type Own } from './write/advance.js';
import { thaw } from './write/thaw.js';
import { ownedByUpdate } from './write/update.js';
import { untilWon } from './write/until-won.js';
import { Warnings } from './write/warnings.js';
import { nameOf, scopeOf, type NamedWriteRequest, type WriteEnv } from './write/write-env.js';
import { patchedBy, versionAsked } from './write/patch.js';
import { checkPatchOptions, checkWriteOptions } from './write/write-options.js';

/** A patch that keeps losing gives up after this long (A39). */
const patchDeadlineMs = 34_000;

/** Requests to the parts of an object that have code of their own (binding, eviction, finalize). */
export class SubresourceDoor {
  readonly #env: WriteEnv;
  readonly #api: Api;

  constructor(env: WriteEnv, api: Api) {
    this.#env = env;
    this.#api = api;
  }

  has(served: Served, subresource: string | undefined): boolean {
    return subresource !== undefined && Object.hasOwn(served.plugs.subresources ?? {}, subresource);
  }

  async get(served: Served, at: Address, params: GetParams): Promise<KubeObject> {
    const handler = this.#handler(served, at);
    if (!handler.get) throw methodNotAllowed(served.kind, 'get', at.subresource);
    return handler.get(this.#request(served, at, undefined, params));
  }

  async create(served: Served, at: Address, body: unknown, params: WriteParams): Promise<Written> {
    checkWriteOptions('CreateOptions', params);
    const handler = this.#handler(served, at);
    if (!handler.create) throw methodNotAllowed(served.kind, 'create', at.subresource);
    return handler.create(this.#request(served, at, served.rules.readPatch(body), params));
  }

  async update(served: Served, at: Address, body: unknown, params: WriteParams): Promise<Written> {
    checkWriteOptions('UpdateOptions', params);
    const handler = this.#handler(served, at);
    if (!handler.update) throw methodNotAllowed(served.kind, 'update', at.subresource);
    return handler.update(this.#request(served, at, served.rules.readPatch(body), params));
  }

  /** A patch of what a handler shows, written as an update of it; tried again while the object changes. */
  async patch(served: Served, at: Address, patch: Patch, params: WriteParams): Promise<Written> {
    checkPatchOptions(patch, params);
    const { get, update } = this.#handler(served, at);
    if (!get || !update || patch.type === 'apply') throw methodNotAllowed(served.kind, 'patch', at.subresource);
    const end = this.#env.clock.now() + patchDeadlineMs;
    for (;;) {
      const shown = await get(this.#request(served, at, undefined, params));
      const patched = patchedBy(served, patch, shown);
      try {
        return await update(this.#request(served, at, served.rules.readPatch(patched), params));
      } catch (error) {
        if (!isReason(error, 'Conflict') || versionAsked(patch) !== undefined || this.#env.clock.now() >= end) throw error;
      }
    }
  }

  /** @throws ApiError 404 (A65) */
  #handler(served: Served, { subresource = '' }: Address): SubresourceHandler {
    const handlers = served.plugs.subresources ?? {};
    const handler = Object.hasOwn(handlers, subresource) ? handlers[subresource] : undefined;
    if (!handler) throw noSuchResource({ hint: `${served.kind.kind} has no subresource ${subresource}` });
    return handler;
  }

  #request(served: Served, at: Address, body: unknown, params: WriteParams): SubresourceRequest {
    const { clock, random, context } = this.#env;
    const namespace = scopeOf(served, at);
    const name = nameOf(at);
    const { ownsNothing = false } = this.#handler(served, at);
    return {
      clock, random, api: context.api, full: this.#api, kind: served.kind, namespace, name, body, params,
      change: (next, preconditions) => this.#change({ served, namespace, name, params, warnings: new Warnings(), part: { type: 'own', subresource: at.subresource ?? '' }, applying: false }, ownsNothing, next, preconditions),
    };
  }

  async #change(request: NamedWriteRequest, ownsNothing: boolean, next: Parameters<SubresourceRequest['change']>[0], preconditions?: ChangePreconditions): Promise<Written> {
    const env = this.#env;
    const own: Own = ownsNothing ? ({ metadata }) => (metadata['managedFields'] as readonly ManagedFieldsEntry[] | undefined) ?? [] : ownedByUpdate(env, request);
    return untilWon(env, request, async (item) => {
      if (item === undefined) throw notFound(request.served.kind, request.name);
      if (preconditions) checkPreconditions(request, item.value, preconditions);
      const object = thaw(item.value);
      next(object);
      return advance(env, request, item, object, own);
    });
  }
}

/** @throws ApiError 409 */
function checkPreconditions({ served: { kind, prefix }, namespace, name }: NamedWriteRequest, object: KubeObject, { uid = '', resourceVersion: version = '', toldBy }: ChangePreconditions): void {
  const { metadata } = object;
  const key = objectKey(prefix, namespace, name);
  if (uid !== '' && uid !== metadata.uid) {
    throw toldBy !== 'delete' ? storagePrecondition(kind, key, name, 'UID', uid, metadata.uid) : conflictOnKind(kind, name, uidMismatch(uid, metadata.uid));
  }
  if (version !== '' && version !== metadata.resourceVersion) {
    if (toldBy === 'update') throw conflict(kind, name, modified);
    throw toldBy === 'store' ? storagePrecondition(kind, key, name, 'ResourceVersion', version, metadata.resourceVersion) : conflictOnKind(kind, name, versionMismatch(version, metadata.resourceVersion));
  }
}
