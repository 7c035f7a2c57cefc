import { deepFreeze } from '../../resource/json/deep-freeze.js';
import type { KubeObject } from '../../resource/object.js';
import type { Item } from '../../store/store.js';
import type { Address, DeleteParams, Written } from '../api.js';
import { withResourceVersion } from '../codec.js';
import type { AdmissionRequest } from '../plugs.js';
import { conflictOnKind, notFound, uidMismatch, versionMismatch } from '../refusals.js';
import type { Served } from '../served.js';
import { admitNamespaceDelete, isNamespaceKind } from '../admission/namespace-lifecycle.js';
import type { Advanced } from './advance.js';
import { commit } from './commit.js';
import { planDelete, type DeletePlan } from './plan-delete.js';
import { untilWon } from './until-won.js';
import { Warnings } from './warnings.js';
import { nameOf, readItem, scopeOf, unchanged, type NamedWriteRequest, type WriteEnv } from './write-env.js';
import { checkDeleteOptions } from './write-options.js';

/** @throws ApiError, UnknownOutcome. Rules: A57–A62, A92. */
export async function deleteObject(env: WriteEnv, served: Served, at: Address, params: DeleteParams): Promise<Written> {
  checkDeleteOptions(params);
  const request: NamedWriteRequest = { served, namespace: scopeOf(served, at), name: nameOf(at), params, warnings: new Warnings(), part: { type: 'main' }, applying: false };
  if (isNamespaceKind(served.kind)) admitNamespaceDelete(request.name);
  return untilWon(env, request, async (item) => {
    if (item === undefined) throw notFound(served.kind, request.name);
    checkPreconditions(request, item, params);
    await env.admission.validate(admission(request, item.value), served.plugs.admission ?? [], request.warnings);
    const plan = planDelete({ kind: served.kind, strategy: served.strategy, old: item.value, params, wallMs: env.clock.wall() });
    return plan.type === 'same' ? { type: 'done', written: unchanged(request, item) } : carryOut(env, request, item, plan);
  });
}

async function carryOut(env: WriteEnv, request: NamedWriteRequest, item: Item<KubeObject>, plan: Exclude<DeletePlan, { readonly type: 'same' }>): Promise<Advanced> {
  const { served, namespace, name, params, warnings } = request;
  const old = item.value;
  const appliedTo = old.metadata.resourceVersion;
  const gone = plan.type === 'remove' || (plan.thenRemove && params.dryRun === true);
  const answer = { appliedTo, gone, created: false, warnings: warnings.list() };
  let next: KubeObject | undefined;
  if (plan.type === 'mark') {
    delete plan.object.metadata['resourceVersion'];
    next = deepFreeze(plan.object) as unknown as KubeObject; // the stored object with other metadata
  }
  if (params.dryRun) return { type: 'done', written: { ...answer, object: next ? withResourceVersion(next, appliedTo) : old, resourceVersion: appliedTo } };
  const committed = await commit(env, { served, from: item, namespace, name, next, fence: params.fence, signal: params.signal, shrinkable: true });
  if (!committed.ok) return { type: 'lost', current: committed.current };
  const resourceVersion = committed.revision.toString() as typeof appliedTo;
  if (gone) return { type: 'done', written: { ...answer, object: withResourceVersion(committed.object, resourceVersion), resourceVersion } };
  const written = { ...answer, object: committed.object, resourceVersion };
  return { type: 'done', written: plan.thenRemove ? await remove(env, request, written) : written };
}

/** Takes away an object whose deletion is marked and has no grace left, however it is changed meanwhile (A60). */
async function remove(env: WriteEnv, request: NamedWriteRequest, marked: Written): Promise<Written> {
  const { served, namespace, name, params } = request;
  for (let item = await readItem(env, request); ;) {
    // Whoever else took it away did what was to be done.
    if (item === undefined || item.value.metadata.uid !== marked.object.metadata.uid) return { ...marked, gone: true };
    const committed = await commit(env, { served, from: item, namespace, name, next: undefined, fence: params.fence, signal: params.signal, shrinkable: true });
    if (committed.ok) {
      const resourceVersion = committed.revision.toString() as typeof marked.resourceVersion;
      return { ...marked, gone: true, object: withResourceVersion(committed.object, resourceVersion), resourceVersion };
    }
    item = committed.current;
  }
}

/** @throws ApiError 409 (A59, B45) */
function checkPreconditions({ served, name }: NamedWriteRequest, item: Item<KubeObject>, { preconditions }: DeleteParams): void {
  const { uid, resourceVersion } = item.value.metadata;
  const wanted = preconditions ?? {};
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    throw conflictOnKind(served.kind, name, uidMismatch(wanted.uid, uid));
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== resourceVersion) {
    throw conflictOnKind(served.kind, name, versionMismatch(wanted.resourceVersion, resourceVersion));
  }
}

function admission({ served, namespace, name, params }: NamedWriteRequest, oldObject: KubeObject): AdmissionRequest {
  return { operation: 'DELETE', kind: served.kind, subresource: undefined, namespace, name, object: undefined, oldObject, dryRun: params.dryRun ?? false };
}
