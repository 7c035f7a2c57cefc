import type { AnyKind } from './kind.js';
import type { KubeObject, OwnerReference } from './object.js';

/** The reference by which a child names its controller; collected in foreground only after the child. */
export function controllerReference(owner: KubeObject, kind: AnyKind): OwnerReference {
  return Object.freeze({ apiVersion: kind.apiVersion, kind: kind.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true });
}

/** The reference with `controller: true`. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** True when `owner` is the controller of `object`: by uid, so that a namesake made later is not. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** True when the reference speaks of this kind, in any version of its group. */
export function refersTo(owner: OwnerReference, kind: AnyKind): boolean {
  return owner.kind === kind.kind && groupOf(owner.apiVersion) === kind.group;
}

/** The references with this one added, or put in the place of the one with its uid. */
export function withOwner(owners: readonly OwnerReference[] | undefined, owner: OwnerReference): readonly OwnerReference[] {
  const at = owners?.findIndex(({ uid }) => uid === owner.uid) ?? -1;
  return owners === undefined || at < 0 ? [...(owners ?? []), owner] : owners.with(at, owner);
}

/** The references without those to this uid. */
export function withoutOwner(owners: readonly OwnerReference[] | undefined, uid: string): readonly OwnerReference[] {
  return owners?.filter((owner) => owner.uid !== uid) ?? [];
}

/** `apps/v1` → `apps`, `v1` → ''. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
