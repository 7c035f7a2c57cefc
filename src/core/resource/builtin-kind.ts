import { definition, type Column, type Kind, type KindDefinition, type Scale } from './kind.js';
import type { KubeObject } from './object.js';
import type { JsonSchema } from './schema.js';

/** A built-in kind as a row of data. What is left out has the default that most rows have. */
export interface BuiltinFacts {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Of the whole object but apiVersion, kind and metadata; a function is called once, at first use (T3). */
  readonly schema: JsonSchema | (() => JsonSchema);
  /** Default: the kind in lower case. */
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly statusSubresource?: boolean;
  readonly scale?: Scale;
  readonly columns?: readonly Column[];
  readonly conditions?: readonly string[];
  /** Default true. */
  readonly unconditionalUpdate?: boolean;
  readonly createOnUpdate?: boolean;
  readonly hasGeneration?: boolean;
  /** Default: the plural (A123). */
  readonly storageKey?: string;
  readonly nameRule?: KindDefinition['nameRule'];
  readonly selectableFields?: readonly string[];
  /** `KindPlugs` of the api room. */
  readonly plugs?: unknown;
}

/** A built-in kind as a value. `T` is written by hand or generated, and must say what `schema` says. Rules: T4, T5 */
export function defineBuiltinKind<T extends KubeObject, In = T>(facts: BuiltinFacts): Kind<T, In> {
  const { group, version, kind, plural, namespaced } = facts;
  let schema = typeof facts.schema === 'function' ? undefined : facts.schema;
  const row: KindDefinition = Object.freeze({
    get schema() {
      return (schema ??= typeof facts.schema === 'function' ? facts.schema() : facts.schema);
    },
    singular: facts.singular ?? kind.toLowerCase(), shortNames: facts.shortNames ?? [], categories: facts.categories ?? [],
    statusSubresource: facts.statusSubresource ?? false,
    ...(facts.scale === undefined ? {} : { scale: facts.scale }),
    columns: facts.columns ?? [],
    ...(facts.conditions === undefined ? {} : { conditions: facts.conditions }),
    builtin: true, unconditionalUpdate: facts.unconditionalUpdate ?? true, createOnUpdate: facts.createOnUpdate ?? false,
    hasGeneration: facts.hasGeneration ?? false, storageKey: facts.storageKey ?? plural,
    nameRule: facts.nameRule ?? 'subdomain', selectableFields: facts.selectableFields ?? [],
    ...(facts.plugs === undefined ? {} : { plugs: facts.plugs }),
  });
  const made = { group, version, kind, apiVersion: group === '' ? version : `${group}/${version}`, plural, namespaced, [definition]: row };
  // The object's types do not exist at run time.
  return Object.freeze(made) as unknown as Kind<T, In>;
}

/** The same kind with the plugs of the api room: strategy, subresources, admission. */
export function withPlugs<T extends KubeObject, In>(kind: Kind<T, In>, plugs: unknown): Kind<T, In> {
  const row = Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(kind[definition]), plugs: { value: plugs, enumerable: true } }));
  return Object.freeze({ ...kind, [definition]: row as KindDefinition });
}
