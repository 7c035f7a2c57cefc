import { deepFreeze } from '../../resource/json/deep-freeze.js';
import { distinctOwners, metadataWarnings, type MetadataFields } from '../../resource/metadata.js';
import type { StatusCause } from '../../resource/status.js';
import type { KubeObject, ManagedFieldsEntry, ResourceVersion } from '../../resource/object.js';
import { ownFields } from '../apply/own-fields.js';
import type { Address, WriteParams, Written } from '../api.js';
import type { AdmissionRequest, MutableObject } from '../plugs.js';
import { alreadyExists, badRequest, invalid, noUniqueName } from '../refusals.js';
import type { Served } from '../served.js';
import { commit } from './commit.js';
import { decodeBody, matchAddress } from './decode-body.js';
import { generateAttempts, generateName } from './generate-name.js';
import { validateNew, validateSchema, validateTypes } from './validate.js';
import { Warnings } from './warnings.js';
import { readItem, scopeOf, type WriteEnv, type WriteRequest } from './write-env.js';
import { defaultManager } from './write-options.js';

/** @throws ApiError, UnknownOutcome. Rules: A10, A14–A20, A92. */
export async function createObject(env: WriteEnv, served: Served, at: Address, body: unknown, params: WriteParams): Promise<Written> {
  const warnings = new Warnings();
  const object = decodeBody(served, body, params, warnings, 'CreateOptions');
  const namespace = scopeOf(served, { namespace: at.namespace ?? object.metadata.namespace });
  const request: WriteRequest = { served, namespace, params, warnings, part: { type: 'main' }, applying: false };
  return createDecoded(env, request, at.name, object, (after) => ownFields({
    schema: served.schema, before: undefined, after, manager: params.fieldManager ?? defaultManager, apiVersion: served.kind.apiVersion, time: env.timestamp(),
    ...(served.definition.statusSubresource ? { resets: ['status'] } : {}),
  }));
}

/** From a decoded body to the stored object; `own` says who owns its fields. */
export async function createDecoded(env: WriteEnv, request: WriteRequest, name: string | undefined, object: MutableObject, own: (object: MutableObject) => readonly ManagedFieldsEntry[]): Promise<Written> {
  const { served, namespace } = request;
  const { metadata } = object;
  matchAddress(served.kind, object, { namespace, name });
  if (metadata['resourceVersion'] !== undefined && metadata['resourceVersion'] !== '') throw badRequest('resourceVersion should not be set on objects to be created');
  for (const field of serverSet) delete metadata[field];
  served.rules.fillDefaults(object);
  served.strategy.default?.(object);
  if (served.definition.statusSubresource && !served.strategy.keepsStatusOnCreate) delete object['status'];
  served.rules.complete(object);
  setManagedFields(object, own(object));

  const namespaceFacts = namespace === undefined ? [] : await env.content(served, namespace, metadata.name ?? '');
  const asked = admission(request, object);
  if (env.admission.alters(asked)) validateTypes(served, object);
  await env.admission.mutate(asked, served.plugs.admission ?? [], request.warnings);
  if (env.admission.alters(asked)) served.rules.complete(object);
  const wrong = validateSchema(served, object);
  tidyMetadata(request, object);
  metadata['uid'] = env.random.uuid('api/uid');
  metadata['creationTimestamp'] = env.timestamp();
  if (served.definition.hasGeneration) metadata['generation'] = 1;
  return storeNew(env, request, object, wrong, namespaceFacts);
}

/** Set by the server alone; what a create says of them is ignored (A14, B26). */
const serverSet = ['resourceVersion', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation'] as const;

async function storeNew(env: WriteEnv, request: WriteRequest, object: MutableObject, wrong: readonly StatusCause[], facts: Awaited<ReturnType<WriteEnv['content']>>): Promise<Written> {
  const { served, namespace } = request;
  const base = object.metadata.name ? undefined : object.metadata['generateName'];
  let next = object;
  for (let attempt = 1; ; attempt++) {
    if (typeof base === 'string' && base !== '') next.metadata.name = generateName(base, env.random);
    if (attempt === 1 && served.strategy.prepareForCreate) {
      served.strategy.prepareForCreate(next, env.context);
      served.rules.complete(next);
    }
    const causes = validateNew(served, next, wrong);
    const name = next.metadata.name ?? '';
    if (causes.length > 0) throw invalid(served.kind, name, causes);
    for (const text of served.strategy.warnings?.(next as unknown as KubeObject, undefined) ?? []) request.warnings.add(text);
    const frozen = deepFreeze(next) as unknown as KubeObject; // valid by the schema now
    await env.admission.validate(admission(request, next), served.plugs.admission ?? [], request.warnings);
    const written = await tryStore(env, request, frozen, name, facts);
    if (written !== 'taken' && written !== 'namespaceMoved') return written;
    if (written === 'namespaceMoved') facts = await env.content(served, namespace ?? '', name);
    else if (base === undefined) throw await taken(env, request, name);
    else if (attempt === generateAttempts) throw noUniqueName(served.kind, name);
    next = { ...next, metadata: { ...next.metadata } };
  }
}

async function tryStore(env: WriteEnv, request: WriteRequest, frozen: KubeObject, name: string, compare: Awaited<ReturnType<WriteEnv['content']>>): Promise<Written | 'taken' | 'namespaceMoved'> {
  const { served, namespace, params, warnings, applying } = request;
  if (params.dryRun) {
    if (await readItem(env, { ...request, name })) return 'taken';
    // A version is what only a store gives (A92).
    return { object: frozen, appliedTo: undefined, resourceVersion: '' as ResourceVersion, gone: false, created: true, warnings: warnings.list() };
  }
  const committed = await commit(env, { served, from: undefined, namespace, name, next: frozen, compare, fence: params.fence, signal: params.signal, shrinkable: !applying });
  if (!committed.ok) return committed.current === undefined ? 'namespaceMoved' : 'taken';
  const { object } = committed;
  return { object, appliedTo: undefined, resourceVersion: object.metadata.resourceVersion, gone: false, created: true, warnings: warnings.list() };
}

async function taken(env: WriteEnv, request: WriteRequest, name: string): Promise<Error> {
  const holder = await readItem(env, { ...request, name });
  return alreadyExists(request.served.kind, name, holder?.value.metadata.deletionTimestamp !== undefined);
}

function admission({ served, namespace, params }: WriteRequest, object: MutableObject): AdmissionRequest {
  return {
    operation: 'CREATE', kind: served.kind, subresource: undefined, namespace, name: object.metadata.name,
    object, oldObject: undefined, dryRun: params.dryRun ?? false,
  };
}

/** What is put right or only warned of, after everybody had their say (A12, A13). */
export function tidyMetadata({ served, warnings }: WriteRequest, { metadata }: MutableObject): void {
  const { kind, definition } = served;
  const given = metadata['ownerReferences'];
  if (Array.isArray(given)) {
    const { owners, warnings: texts } = distinctOwners<unknown>(given);
    metadata['ownerReferences'] = owners;
    for (const text of texts) warnings.add(text);
  }
  for (const text of metadataWarnings(metadata as MetadataFields, { namespaced: kind.namespaced, nameRule: definition.nameRule, builtin: definition.builtin })) warnings.add(text);
}

export function setManagedFields(object: MutableObject, entries: readonly ManagedFieldsEntry[]): void {
  if (entries.length > 0) object.metadata['managedFields'] = entries;
  else delete object.metadata['managedFields'];
}
