import type { Json } from './schema.js';
import type { OwnerReference } from './object.js';

export interface MetaInput {
  readonly namespace?: string | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly annotations?: { readonly [key: string]: string } | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
}
/** Left to the server or to the verb. */
type Managed = 'apiVersion' | 'kind' | 'metadata' | 'status';
/** Optional fields may also be given as undefined (dropped), so that `{ a: maybe }` compiles under exactOptionalPropertyTypes. */
type Loose<T> = { readonly [K in keyof T]: T[K] | (undefined extends T[K] ? undefined : never) };
type Partly<T> = T extends readonly unknown[] ? T : { readonly [K in keyof T]?: Partly<T[K]> | undefined };
export type Nulls<T> = T extends readonly unknown[] ? T : { readonly [K in keyof T]?: Nulls<T[K]> | null | undefined };

/** create: the whole object, name or generateName. */
export type CreateInput<In> = Loose<Omit<In, Managed>> & { readonly metadata: MetaInput & ({ readonly name: string } | { readonly generateName: string }) };
/** apply: the fields you want to own, at any depth. Objects may be given in part, list items are given whole. */
export type ApplyInput<In> = Partly<Omit<In, Managed>> & { readonly metadata: MetaInput & { readonly name: string } };
/** merge patch: like apply without metadata.name; null removes. */
export type MergePatch<In> = Nulls<Omit<In, Managed>> & { readonly metadata?: Nulls<MetaInput> & { readonly resourceVersion?: string | undefined } };
/** update: the object as read, changed by spread or `edit`; its `status` is ignored. */
export type UpdateInput<T> = Omit<T, 'apiVersion' | 'kind' | 'status'> & { readonly status?: unknown };
export type JsonPatchOp =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };
