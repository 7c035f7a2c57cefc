import { isReason } from '../api/api-error.js';
import type { Client, ListOptions, ObjectList, ReadOptions, Reads, Subresource, Writes } from '../client/client.js';
import { OutOfScope } from '../informer/errors.js';
import { qualifiedKind, qualifiedResource, type AnyKind, type Kind } from '../resource/kind.js';
import { keyOf, splitKey, type Key, type KubeObject, type OwnerReference, type Ref } from '../resource/object.js';
import { AlreadyOwned, InvalidOwner } from './errors.js';
import type { ControllerSpec } from './spec.js';

/** What a run's verbs know of the object they serve. */
export interface VerbScope {
  readonly spec: ControllerSpec;
  readonly client: Client;
  readonly object: KubeObject;
  readonly key: Key;
}

type Written = { readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace?: string | undefined; readonly ownerReferences?: readonly OwnerReference[] | undefined } };

/**
 * The verbs of one run: a bare name means the namespace of the object, children get their owner reference, and what
 * belongs to somebody else is not taken. Rules: R5, R28, R29.
 */
export function runVerbs(scope: VerbScope): Reads & Writes {
  const { client } = scope;
  const at = (kind: AnyKind, ref: Ref) => address(scope, kind, ref);
  const subresource = <T extends KubeObject>(kind: Kind<T, unknown>, name: string): Subresource<T> => {
    const part = client.subresource(kind, name);
    return {
      get: (ref, o) => part.get(at(kind, ref), o),
      create: (ref, body, o) => part.create(at(kind, ref), body, o),
      update: (object, o) => { at(kind, object); return part.update(object, o); },
      patch: (ref, patch, o) => part.patch(at(kind, ref), patch, o),
      apply: (ref, body, o) => part.apply(at(kind, ref), body, o),
    };
  };
  return {
    get: async (kind, ref, o) => client.get(kind, at(kind, ref), o),
    list: async (kind, o) => listInScope(scope, kind, o),
    // The owner and namespace are added to the object as given; its type is that of the verb.
    create: async (kind, object, { owner, ...o } = {}) => {
      const child = await asChild(scope, kind, object as Written, owner);
      try {
        return await client.create(kind, child as typeof object, o);
      } catch (error) {
        if (isReason(error, 'AlreadyExists') && owner !== false && child.metadata.name !== undefined) await refuseForeign(scope, kind, at(kind, { name: child.metadata.name, namespace: child.metadata.namespace }), true);
        throw error;
      }
    },
    apply: async (kind, object, { owner, ...o } = {}) => {
      const child = await asChild(scope, kind, object as Written, owner);
      const isOwned = child !== object && owner !== false;
      if (isOwned) await refuseForeign(scope, kind, at(kind, { name: child.metadata.name ?? '', namespace: child.metadata.namespace }), false);
      // What it owns a controller puts back: another manager's value is drift, not a conflict.
      return client.apply(kind, child as typeof object, { ...o, force: o.force ?? isOwned });
    },
    update: async (kind, object, o) => {
      at(kind, object as unknown as KubeObject);
      return client.update(kind, object, o);
    },
    patch: async (kind, ref, patch, o) => client.patch(kind, at(kind, ref), patch, o),
    delete: async (kind, ref, o) => client.delete(kind, at(kind, ref), o),
    subresource,
  };
}

/** A ref made whole, inside the controller's namespaces. */
function address(scope: VerbScope, kind: AnyKind, ref: Ref): { readonly name: string; readonly namespace?: string } {
  const { namespace, name } = splitKey(keyOf(ref, kind.namespaced ? scope.object.metadata.namespace : undefined));
  if (!kind.namespaced) return { name };
  checkScope(scope, kind, namespace ?? 'default');
  return namespace === undefined ? { name } : { name, namespace };
}

function checkScope({ spec }: VerbScope, kind: AnyKind, namespace: string): void {
  const allowed = spec.options.namespaces;
  if (allowed && !allowed.includes(namespace)) throw new OutOfScope(`controller ${spec.name}`, `${kind.kind} in namespace ${namespace}`, allowed, namespace);
}

/** Without a namespace a controller with a scope sees its scope, not an error and not the world. */
async function listInScope<T extends KubeObject>(scope: VerbScope, kind: Kind<T, unknown>, o: (ListOptions & ReadOptions) | undefined): Promise<ObjectList<T>> {
  const allowed = kind.namespaced ? scope.spec.options.namespaces : undefined;
  if (!allowed) return scope.client.list(kind, o);
  if (o?.namespace !== undefined) { checkScope(scope, kind, o.namespace); return scope.client.list(kind, o); }
  const lists = await Promise.all(allowed.map((namespace) => scope.client.list(kind, { ...o, namespace })));
  const last = lists[lists.length - 1];
  if (!last || lists.length === 1) return last ?? scope.client.list(kind, o);
  return Object.freeze(Object.assign(lists.flat(), { resourceVersion: last.resourceVersion }));
}

/** The object with the primary's namespace and as its owner; the same value when neither applies. */
async function asChild(scope: VerbScope, kind: AnyKind, object: Written, owner: false | undefined): Promise<Written> {
  const primary = scope.object.metadata;
  const namespace = object.metadata.namespace ?? (kind.namespaced ? primary.namespace : undefined);
  if (kind.namespaced && namespace !== undefined) checkScope(scope, kind, namespace);
  const isSelf = qualifiedKind(kind) === qualifiedKind(scope.spec.kind) && object.metadata.name === primary.name && namespace === primary.namespace;
  if (owner === false || isSelf) return namespace === object.metadata.namespace ? object : { ...object, metadata: { ...object.metadata, namespace } };
  if (primary.namespace !== undefined && !kind.namespaced) throw new InvalidOwner(`${scope.key} is namespaced and cannot own the cluster-scoped ${kind.kind} ${nameOf(object)}`);
  if (primary.namespace !== undefined && namespace !== primary.namespace) throw new InvalidOwner(`${scope.key} cannot own ${kind.kind} ${namespace}/${nameOf(object)} in another namespace`);
  const ours: OwnerReference = { apiVersion: scope.spec.kind.apiVersion, kind: scope.spec.kind.kind, name: primary.name, uid: primary.uid, controller: true, blockOwnerDeletion: true };
  const others = (object.metadata.ownerReferences ?? []).filter((o) => o.uid !== ours.uid);
  const rival = others.find((o) => o.controller === true);
  if (rival) throw new AlreadyOwned(`${kind.kind} ${nameOf(object)}`, `${rival.kind} ${rival.name}, by the owner reference given`);
  return { ...object, metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }), ownerReferences: [...others, ours] } };
}

/** What another object controls is never stolen (R29). */
async function refuseForeign(scope: VerbScope, kind: AnyKind, at: { readonly name: string; readonly namespace?: string }, live: boolean): Promise<void> {
  const present = await scope.client.get(kind, at, { live });
  const rival = present?.metadata.ownerReferences?.find((o) => o.controller === true && o.uid !== scope.object.metadata.uid);
  if (rival) throw new AlreadyOwned(`${qualifiedResource(kind)} ${keyOf(at)}`, `${rival.kind} ${rival.name} (uid ${rival.uid})`);
}

function nameOf(object: Written): string {
  return object.metadata.name ?? `${object.metadata.generateName ?? ''}…`;
}
