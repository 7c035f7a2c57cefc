import { definition, type AnyKind } from '../resource/kind.js';
import { splitKey, type Key } from '../resource/object.js';

/** Where kube-apiserver keeps its objects (A123). */
export const defaultPrefix = '/registry';

/** What all keys of a resource begin with, with the slash at the end: `/registry/pods/`. */
export function resourcePrefix(prefix: string, kind: AnyKind): string {
  return `${prefix}/${kind[definition].storageKey}/`;
}

/** What all keys of a resource in one namespace begin with. */
export function scopePrefix(resource: string, namespace: string | undefined): string {
  return namespace === undefined ? resource : `${resource}${namespace}/`;
}

export function objectKey(resource: string, namespace: string | undefined, name: string): string {
  return namespace === undefined ? resource + name : `${resource}${namespace}/${name}`;
}

/** One past the last key with this prefix; prefixes here always end in a slash, and `0` is the byte after it (S7). */
export function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

/** The record beside a Lease that guards the writes of its holder; outside every resource's prefix (A121). */
export function fenceKey(prefix: string, lease: Key): string {
  const { namespace, name } = splitKey(lease);
  return `${prefix}/setpoint/fences/${namespace ?? ''}/${name}`;
}

/** False for a key below the prefix that cannot be an object's of this resource (B101). */
export function isObjectKey(resource: string, key: string, namespaced: boolean): boolean {
  const rest = key.slice(resource.length);
  const slash = rest.indexOf('/');
  if (!namespaced) return rest !== '' && slash < 0;
  return slash > 0 && slash < rest.length - 1 && !rest.includes('/', slash + 1);
}
