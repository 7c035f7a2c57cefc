import type { Client } from '../../client/client.js';
import { qualifiedKind, qualifiedResource, type AnyKind } from '../../resource/kind.js';
import { keyOf, type KubeObject, type OwnerReference } from '../../resource/object.js';
import { controllerReference, withOwner } from '../../resource/owner-reference.js';
import { AlreadyOwned, InvalidOwner } from '../errors.js';

/** As much of an object to write as ownership is about. */
export interface Written {
  readonly metadata: { readonly name?: string; readonly generateName?: string; readonly namespace?: string | undefined; readonly ownerReferences?: readonly OwnerReference[] | undefined };
}

/** Who writes: the object of the run, and its kind. */
export interface Parent {
  readonly kind: AnyKind;
  readonly object: KubeObject;
}

export interface Child {
  /** With the parent's namespace where it gave none, and the parent as its controller where that is wanted. */
  readonly object: Written;
  readonly isOwned: boolean;
}

/**
 * The object as a child of `parent`. The parent itself, and what was written with `owner: false`, is nobody's child.
 * @throws InvalidOwner, AlreadyOwned for what no API would take (R28, R29)
 */
export function asChild({ kind: parentKind, object: primary }: Parent, kind: AnyKind, object: Written, owner: false | undefined): Child {
  const parent = primary.metadata;
  const namespace = object.metadata.namespace ?? (kind.namespaced ? parent.namespace : undefined);
  const placed = namespace === object.metadata.namespace ? object : { ...object, metadata: { ...object.metadata, namespace } };
  const isParent = qualifiedKind(kind) === qualifiedKind(parentKind) && object.metadata.name === parent.name && namespace === parent.namespace;
  if (owner === false || isParent) return { object: placed, isOwned: false };
  const who = keyOf(primary);
  if (parent.namespace !== undefined && !kind.namespaced) throw new InvalidOwner(`${who} is namespaced and cannot own the cluster-scoped ${kind.kind} ${nameOf(object)}`);
  if (parent.namespace !== undefined && namespace !== parent.namespace) throw new InvalidOwner(`${who} cannot own ${kind.kind} ${String(namespace)}/${nameOf(object)} in another namespace`);
  const rival = object.metadata.ownerReferences?.find((o) => o.controller === true && o.uid !== parent.uid);
  if (rival) throw new AlreadyOwned(`${kind.kind} ${nameOf(object)}`, `${rival.kind} ${rival.name}, by the owner reference given`);
  const ownerReferences = withOwner(object.metadata.ownerReferences, controllerReference(primary, parentKind));
  return { object: { ...placed, metadata: { ...placed.metadata, ownerReferences } }, isOwned: true };
}

/** After a refusal: says so when the reason is that another object controls the child (R29). */
export async function refuseForeign(parent: Parent, client: Client, kind: AnyKind, child: Written): Promise<void> {
  const { name, namespace } = child.metadata;
  if (name === undefined) return;
  const at = { name, namespace };
  const present = await client.get(kind, at, { live: true });
  const rival = present?.metadata.ownerReferences?.find((o) => o.controller === true && o.uid !== parent.object.metadata.uid);
  if (rival) throw new AlreadyOwned(`${qualifiedResource(kind)} ${keyOf(at)}`, `${rival.kind} ${rival.name} (uid ${rival.uid})`);
}

function nameOf(object: Written): string {
  return object.metadata.name ?? `${object.metadata.generateName ?? ''}…`;
}
