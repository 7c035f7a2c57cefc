import type { KubeObject, ManagedFieldsEntry } from '../../resource/object.js';
import type { Item } from '../../store/store.js';
import type { Written } from '../api.js';
import { deepFreeze } from '../../resource/json/deep-freeze.js';
import { withResourceVersion } from '../codec.js';
import { equal } from '../../resource/json/equal.js';
import type { AdmissionRequest, MutableObject } from '../plugs.js';
import { invalid } from '../refusals.js';
import { commit } from './commit.js';
import { setManagedFields, tidyMetadata } from './create.js';
import { matchAddress } from './decode-body.js';
import { keepMetadata } from './keep-metadata.js';
import { validateNext, validateSchema, validateTypes } from './validate.js';
import { subresourceOf, unchanged, type NamedWriteRequest, type WriteEnv } from './write-env.js';

/** Who owns what after the object changes from `before` to `after`. */
export type Own = (after: MutableObject, before: KubeObject | undefined) => readonly ManagedFieldsEntry[];

export type Advanced =
  | { readonly type: 'done'; readonly written: Written }
  /** Somebody else wrote first; `current` is what is there now. */
  | { readonly type: 'lost'; readonly current: Item<KubeObject> | undefined };

/**
 * Takes one object from its stored state to the next: the stages of A1 from defaulting to the compare-and-swap, for
 * every verb that changes an object. `next` is used up.
 * @throws ApiError, UnknownOutcome. Rules: A1, A34–A38.
 */
export async function advance(env: WriteEnv, request: NamedWriteRequest, item: Item<KubeObject>, next: MutableObject, own: Own): Promise<Advanced> {
  const { served, namespace, name, part, warnings } = request;
  const old = item.value;
  matchAddress(served.kind, next, { namespace, name });
  served.rules.fillDefaults(next);
  served.strategy.default?.(next);
  const object = onlyPart(request, next, old);
  served.rules.complete(object);
  // Who tried to change what is put back next owns it all the same.
  setManagedFields(object, own(object, old));
  keepMetadata(object, old);

  const plugins = served.plugs.admission ?? [];
  const asked = admission(request, object, old);
  if (env.admission.alters(asked)) validateTypes(served, object);
  await env.admission.mutate(asked, plugins, warnings);
  if (env.admission.alters(asked)) served.rules.complete(object);
  const wrong = validateSchema(served, object, old);
  tidyMetadata(request, object);
  if (part.type === 'main' && served.strategy.prepareForUpdate) {
    served.strategy.prepareForUpdate(object, old, env.context);
    served.rules.complete(object);
  }
  setGeneration(request, object, old);
  const causes = validateNext(served, object, old, part, wrong);
  if (causes.length > 0) throw invalid(served.kind, name, causes);
  if (part.type === 'main') for (const text of served.strategy.warnings?.(object as unknown as KubeObject, old) ?? []) warnings.add(text);
  delete object.metadata['resourceVersion'];
  const frozen = deepFreeze(object) as unknown as KubeObject; // valid by the schema now
  await env.admission.validate(admission(request, object, old), plugins, warnings);
  return store(env, request, item, frozen);
}

async function store(env: WriteEnv, request: NamedWriteRequest, item: Item<KubeObject>, next: KubeObject): Promise<Advanced> {
  const { served, namespace, name, params, warnings, applying } = request;
  const old = item.value;
  if (sameObject(next, old)) return { type: 'done', written: unchanged(request, item) };
  const gone = isFinished(request, next);
  const appliedTo = old.metadata.resourceVersion;
  const answer = { appliedTo, gone, created: false };
  if (params.dryRun) {
    const object = withResourceVersion(next, appliedTo);
    return { type: 'done', written: { ...answer, object, resourceVersion: appliedTo, warnings: warnings.list() } };
  }
  const committed = await commit(env, { served, from: item, namespace, name, next: gone ? undefined : next, fence: params.fence, signal: params.signal, shrinkable: !applying });
  if (!committed.ok) return { type: 'lost', current: committed.current };
  const resourceVersion = committed.revision.toString() as typeof appliedTo;
  // As the reference answers: the object of the request, at the version it was made from (A38).
  const object = gone ? withResourceVersion(next, appliedTo) : committed.object;
  return { type: 'done', written: { ...answer, object, resourceVersion, warnings: warnings.list() } };
}

/** What the addressed part may not change comes from the stored object (A65). */
function onlyPart({ served, part }: NamedWriteRequest, next: MutableObject, old: KubeObject): MutableObject {
  switch (part.type) {
    case 'own': return next;
    case 'main':
      if (!served.definition.statusSubresource) return next;
      if (Object.hasOwn(old, 'status')) next['status'] = old.status;
      else delete next['status'];
      return next;
    case 'status': {
      const { managedFields, resourceVersion, uid } = next.metadata;
      const { status: _, ...rest } = old;
      return {
        ...rest, ...(next['status'] === undefined ? {} : { status: next['status'] }),
        // The preconditions are the request's own.
        metadata: { ...old.metadata, ...(managedFields === undefined ? {} : { managedFields }), resourceVersion, uid: uid ?? old.metadata.uid },
      } as MutableObject; // the stored object with another status
    }
  }
}

/** One more when something but metadata changed, and status where that has a door of its own (A35). */
function setGeneration({ served, part }: NamedWriteRequest, object: MutableObject, old: KubeObject): void {
  const { hasGeneration, statusSubresource } = served.definition;
  const { generation } = old.metadata;
  if (!hasGeneration) {
    // A stored one, from another writer of the store, is not ours to drop.
    if (generation === undefined) delete object.metadata['generation'];
    else object.metadata['generation'] = generation;
    return;
  }
  const counts = part.type === 'main' && (!equalBut(object, old, statusSubresource ? ['metadata', 'status'] : ['metadata'])
    || (served.strategy.countsAnnotations === true && !equal(object.metadata['annotations'] ?? {}, old.metadata.annotations ?? {})));
  // A subresource of its own may count itself (scale does, binding does not).
  const base = part.type === 'own' ? (object.metadata['generation'] as number | undefined) : generation;
  object.metadata['generation'] = (base ?? 0) + (counts ? 1 : 0);
}

function equalBut(a: object, b: object, left: readonly string[]): boolean {
  const [one, other] = [a as Fields, b as Fields];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) if (!left.includes(name) && !equal(one[name], other[name])) return false;
  return true;
}
type Fields = { readonly [name: string]: unknown };

/** Nothing to write, times in managedFields apart (A34). */
function sameObject(next: KubeObject, old: KubeObject): boolean {
  if (!equalBut(next, old, ['metadata']) || !equalBut(next.metadata, old.metadata, ['resourceVersion', 'managedFields'])) return false;
  return sameOwners(next.metadata.managedFields, old.metadata.managedFields);
}

function sameOwners(a: readonly ManagedFieldsEntry[] = [], b: readonly ManagedFieldsEntry[] = []): boolean {
  return a === b || (a.length === b.length && a.every((entry, i) => entry === b[i] || equalBut(entry, b[i] ?? {}, ['time'])));
}

/** The last finalizer of a terminating object is gone, and nothing else holds it (A38). */
function isFinished({ served }: NamedWriteRequest, next: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0 && !served.strategy.holdsDeletion?.(next);
}

function admission({ served, namespace, name, params, part }: NamedWriteRequest, object: MutableObject, oldObject: KubeObject): AdmissionRequest {
  return { operation: 'UPDATE', kind: served.kind, subresource: subresourceOf(part), namespace, name, object, oldObject, dryRun: params.dryRun ?? false };
}
