import type { types } from '../runtime/brand.js';
import { conditionsSchema } from './conditions.js';
import { plainSchema } from './foreign-schema.js';
import { checkKindNames, pluralOf } from './kind-names.js';
import { definition, type Column, type Kind, type KindDefinition, type Scale } from './kind.js';
import type { KubeObject, Resource, StatusMeta } from './object.js';
import { DefinitionError } from './definition-error.js';
import { checkNode } from './schema-check.js';
import type { AnySchema, Flat, InOf, JsonSchema, OutOf, Rule, Schema, SchemaLike } from './schema.js';

export interface ResourceOptions {
  readonly group: string;
  readonly version: string;
  /** In CamelCase, singular. */
  readonly kind: string;
  /** Default: the English plural of the kind, in lower case. */
  readonly plural?: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly columns?: readonly Column[];
  readonly scale?: Scale;
  /** CEL rules over the whole object (A110). */
  readonly rules?: readonly Rule[];
}
type ResourceKind<Spec, SpecIn, Status, StatusIn, C extends string, N extends string | undefined> =
  DefinedKind<Resource<Spec, Flat<Status & StatusMeta<C>>, N>, { readonly spec: SpecIn; readonly status?: StatusIn; readonly conditions?: C }>;
type Versioned<T extends KubeObject> = { readonly spec: T['spec']; readonly status?: T['status'] };

export interface DefinedKind<out T extends KubeObject, out In, out V = {}> extends Kind<T, In> {
  /** Another served version, with its way to (convertTo) and from (convertFrom) the stored one. */
  serves<const Name extends string, S extends AnySchema, U extends AnySchema = Schema<{}>>(version: Name, o: {
    readonly spec: S; readonly status?: U; readonly deprecated?: boolean | string;
    convertTo(old: Versioned<Resource<S[typeof types]['out'], U[typeof types]['out']>>): Versioned<{ spec: (In & { spec: unknown })['spec'] } & KubeObject>;
    convertFrom(stored: Versioned<T>): Versioned<{ spec: S[typeof types]['in']; status?: U[typeof types]['in'] } & KubeObject>;
  }): DefinedKind<T, In, V & { readonly [K in Name]: Kind<Resource<S[typeof types]['out'], U[typeof types]['out']>, { readonly spec: S[typeof types]['in']; readonly status?: U[typeof types]['in'] }> }>;
  readonly versions: V;
}

/**
 * Defines a kind: the TypeScript types, the validator, the defaults and the definition of the API come from one value.
 * Its status always has `observedGeneration` and `conditions`. The spec is required.
 * @throws DefinitionError for names or schemas that cannot be. Rules: B73–B77, A104, A107
 */
export function defineResource<const S extends SchemaLike, const U extends SchemaLike = Schema<{}>, const C extends string = string, const Scope extends 'Namespaced' | 'Cluster' = 'Namespaced'>(
  options: ResourceOptions & { readonly scope?: Scope; readonly spec: S; readonly status?: U; readonly conditions?: readonly C[] },
): ResourceKind<OutOf<S>, InOf<S>, OutOf<U>, InOf<U>, C, Scope extends 'Cluster' ? undefined : string> {
  refuseUnknown(options);
  const { group, version, kind, spec, status, conditions } = options;
  const plural = options.plural ?? pluralOf(kind);
  const singular = options.singular ?? kind.toLowerCase();
  checkKindNames({ group, version, kind, plural, singular, shortNames: options.shortNames ?? [], categories: options.categories ?? [] });
  const schema = objectSchema(kind, plainSchema(spec, `${kind}: spec`), status === undefined ? undefined : plainSchema(status, `${kind}: status`), options.rules);
  checkScale(kind, options.scale);
  const facts: KindDefinition = Object.freeze({
    schema, singular, shortNames: options.shortNames ?? [], categories: options.categories ?? [],
    statusSubresource: status !== undefined || conditions !== undefined,
    ...(options.scale === undefined ? {} : { scale: options.scale }),
    columns: options.columns ?? [],
    ...(conditions === undefined ? {} : { conditions }),
    builtin: false, unconditionalUpdate: false, createOnUpdate: false, hasGeneration: true,
    storageKey: `${group}/${plural}`, nameRule: 'subdomain', selectableFields: [],
  });
  const made = {
    group, version, kind, apiVersion: `${group}/${version}`, plural, namespaced: options.scope !== 'Cluster',
    [definition]: facts, versions: Object.freeze({}),
    serves(name: string): never {
      throw new DefinitionError(`${kind}.serves('${name}')`, 'serving several versions of a kind comes with a later release', { hint: `define ${version} alone` });
    },
  };
  // The types are computed by the signature; at run time they do not exist.
  return Object.freeze(made) as unknown as ResourceKind<OutOf<S>, InOf<S>, OutOf<U>, InOf<U>, C, Scope extends 'Cluster' ? undefined : string>;
}

const managedStatus = { observedGeneration: { type: 'integer', format: 'int64', minimum: 0 }, conditions: conditionsSchema } as const;

function objectSchema(kind: string, spec: JsonSchema, status: JsonSchema | undefined, rules: readonly Rule[] | undefined): JsonSchema {
  for (const [name, part] of [['spec', spec], ['status', status]] as const) {
    if (part !== undefined && part.type !== 'object') throw new DefinitionError(`${kind}: ${name}`, 'must be an object schema', { hint: `use t.Object({ … }) for ${name}` });
  }
  const whole: JsonSchema = {
    type: 'object', required: ['spec'],
    properties: { spec, status: { type: 'object', ...status, properties: { ...managedStatus, ...status?.properties } } },
    ...(rules === undefined ? {} : { 'x-kubernetes-validations': rules }),
  };
  checkNode(whole, kind);
  return Object.freeze(whole);
}

const known: ReadonlySet<string> = new Set(['group', 'version', 'kind', 'plural', 'singular', 'shortNames', 'categories', 'columns', 'scale', 'rules', 'scope', 'spec', 'status', 'conditions']);

/** Those who write JavaScript have no compiler to find a misspelt option. */
function refuseUnknown(options: object): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new DefinitionError('defineResource', `unknown option ${JSON.stringify(name)}`, { hint: `the options are ${[...known].join(', ')}` });
  }
}

function checkScale(kind: string, scale: Scale | undefined): void {
  for (const [name, path] of Object.entries(scale ?? {})) {
    const below = name === 'spec' ? '.spec.' : '.status.';
    // A selector may lie in either (A66).
    if (typeof path !== 'string' || !(path.startsWith(below) || (name === 'selector' && path.startsWith('.spec.')))) throw new DefinitionError(`${kind}: scale.${name}`, `must be a path below ${below.slice(0, -1)}`);
  }
}
