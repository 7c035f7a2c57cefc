import type { types } from '../runtime/brand.js';
import type { KubeObject } from './object.js';
import type { JsonSchema } from './schema.js';

/** A column of the table that kubectl prints (A114). */
export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly path: string;
  readonly wide?: boolean;
  readonly format?: string;
}
export interface Scale {
  readonly spec: string;
  readonly status: string;
  readonly selector?: string;
}

/** The symbol under which a kind carries its definition; not for users. */
export const definition: unique symbol = Symbol('setpoint.definition');

/**
 * All that the api needs to know of a kind. A built-in kind is a row of the same shape as a user's (T5).
 * `plugs` are the strategy, subresources and admission plugins that only this kind has; their interfaces are the
 * api's (`KindPlugs`), which this room may not import, so the api reads them through `plugsOf`.
 */
export interface KindDefinition {
  /** Schema of the whole object but apiVersion, kind and metadata: `{ type: 'object', properties: { spec, status, … } }`. */
  readonly schema: JsonSchema;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Status is written through the `status` subresource only (A65). */
  readonly statusSubresource: boolean;
  readonly scale?: Scale;
  readonly columns: readonly Column[];
  readonly conditions?: readonly string[];
  /** Built-in kinds: 400 on wrong JSON types, PUT without resourceVersion, strategic merge … (A32, A87). */
  readonly builtin: boolean;
  /** PUT without resourceVersion overwrites (A32). */
  readonly unconditionalUpdate: boolean;
  /** PUT to an absent name creates (A33). */
  readonly createOnUpdate: boolean;
  /** Whether `metadata.generation` is kept (A35). ConfigMaps, Secrets, Events, Leases … have none. */
  readonly hasGeneration: boolean;
  /** Below the store's prefix, without slashes at the ends: `pods`, `minions`, `demo.example.com/greetings` (A123). */
  readonly storageKey: string;
  /** How names are checked (A9). */
  readonly nameRule: 'subdomain' | 'label' | 'label1035' | 'pathSegment';
  /** Fields beyond metadata.name and metadata.namespace that field selectors may use (A84). */
  readonly selectableFields: readonly string[];
  readonly plugs?: unknown;
}

/** A kind as a value: T is what reads give, In is what writes take (defaulted fields may be left out). */
export interface Kind<out T extends KubeObject = KubeObject, out In = T> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly [types]: { readonly object: T; readonly input: In };
  /** Not for users: what the api needs to know of the kind. */
  readonly [definition]: KindDefinition;
}
export type AnyKind = Kind<KubeObject, unknown>;
export type ObjectOf<K extends AnyKind> = K[typeof types]['object'];

/** `pods`, `deployments.apps`: how messages name a resource. */
export function qualifiedResource(kind: AnyKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** `Pod`, `Deployment.apps`: how messages name a kind; also a unique id of (group, kind). */
export function qualifiedKind(kind: AnyKind): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}
