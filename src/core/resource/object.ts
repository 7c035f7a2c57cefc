import type { Brand } from '../runtime/brand.js';

/** 'namespace/name', or 'name' when cluster-scoped. */
export type Key = Brand<string, 'Key'>;
export type Uid = Brand<string, 'Uid'>;
/** A decimal string, opaque outside; never passes through a float (I16). */
export type ResourceVersion = Brand<string, 'ResourceVersion'>;
/** Number of a leader's term: the store revision that began it (L18). */
export type Epoch = Brand<number, 'Epoch'>;

/** Where a key is asked for: a name (namespace of the context), 'ns/name', a pair, or any object. */
export type Ref = string
  | { readonly name: string; readonly namespace?: string | undefined }
  | { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } };

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: Uid;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** One entry of server-side apply's ownership (A52). */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldsV1;
  readonly subresource?: string;
}
export interface FieldsV1 { readonly [path: string]: FieldsV1 }

export interface ObjectMeta<N extends string | undefined = string | undefined> {
  readonly name: string;
  readonly namespace: N;
  readonly uid: Uid;
  readonly resourceVersion: ResourceVersion;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly generateName?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

export interface Condition<Type extends string = string> {
  readonly type: Type;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** Any object of any kind. Stored objects are frozen; these types are readonly to the bottom. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What defineResource makes. `Status` already holds observedGeneration and conditions. */
export interface Resource<Spec, Status, N extends string | undefined = string> extends KubeObject {
  readonly metadata: ObjectMeta<N>;
  readonly spec: Spec;
  readonly status?: Status;
}
export interface StatusMeta<C extends string> {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition<C>[];
}

/** The key of an object or of what names one; `namespace` is the one at hand, for a bare name. */
export function keyOf(ref: Ref, namespace?: string): Key {
  if (typeof ref === 'string') return (ref.includes('/') || namespace === undefined ? ref : `${namespace}/${ref}`) as Key;
  const named = 'metadata' in ref ? ref.metadata : ref;
  const space = named.namespace ?? namespace;
  return (space === undefined ? named.name : `${space}/${named.name}`) as Key;
}

/** A key taken apart again. */
export function splitKey(key: Key): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
