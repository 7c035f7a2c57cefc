import { definition, type Kind, type KindDefinition, type Scale } from '../core/resource/kind.js';
import type { KubeObject } from '../core/resource/object.js';
import type { types } from '../core/runtime/brand.js';
import type { KindPlugs } from '../core/api/plugs.js';
import { kindSchema } from './messages/table.js';

/** What a built-in kind is, besides its fields: a row of docs/rules/builtin-kinds.tsv and what only code can say. */
export interface BuiltinRow {
  readonly group?: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Default: true. */
  readonly namespaced?: boolean;
  /** Has a status subresource. Default: false. */
  readonly status?: boolean;
  readonly scale?: Scale;
  /** Whether `metadata.generation` is kept; default: as `status`. */
  readonly generation?: boolean;
  /** Below the store's prefix; default: the plural (A123). */
  readonly storageKey?: string;
  readonly nameRule?: KindDefinition['nameRule'];
  readonly selectableFields?: readonly string[];
  readonly conditions?: readonly string[];
  readonly plugs?: KindPlugs;
}

/**
 * A handle for a built-in kind of version v1. Its schema is derived from the table at first use, so that importing
 * all kinds costs next to nothing. Rules: T1, T3.
 */
export function builtinKind<T extends KubeObject>(row: BuiltinRow): Kind<T> {
  const group = row.group ?? '';
  const status = row.status ?? false;
  let schema: KindDefinition['schema'] | undefined;
  const facts: KindDefinition = Object.freeze({
    get schema() { return (schema ??= kindSchema(row.kind)); },
    singular: row.singular,
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    statusSubresource: status,
    ...(row.scale ? { scale: row.scale } : {}),
    columns: [],
    ...(row.conditions ? { conditions: row.conditions } : {}),
    builtin: true,
    unconditionalUpdate: true,
    createOnUpdate: false,
    hasGeneration: row.generation ?? status,
    storageKey: row.storageKey ?? row.plural,
    nameRule: row.nameRule ?? 'subdomain',
    selectableFields: row.selectableFields ?? [],
    ...(row.plugs ? { plugs: row.plugs } : {}),
  });
  const kind: Omit<Kind<T>, typeof types> = {
    group,
    version: 'v1',
    kind: row.kind,
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    plural: row.plural,
    namespaced: row.namespaced ?? true,
    [definition]: facts,
  };
  // The types that a kind carries exist at compile time only.
  return Object.freeze(kind) as Kind<T>;
}
