import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from './custom-resource-definition.js';
import { definition, type AnyKind } from './kind.js';
import type { JsonSchema } from './schema.js';

/** What a CustomResourceDefinition says of a kind, ready to be created. */
export interface DefinitionManifest {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: CustomResourceDefinition['spec'];
}

/** The definition of a custom kind: it accepts and defaults the objects that the kind does. Rules: A114, A116 */
export function definitionOf(kind: AnyKind): DefinitionManifest {
  const { singular, shortNames, categories } = kind[definition];
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group, scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        plural: kind.plural, singular, kind: kind.kind, listKind: `${kind.kind}List`,
        ...(shortNames.length > 0 ? { shortNames } : {}), ...(categories.length > 0 ? { categories } : {}),
      },
      versions: [versionOf(kind)],
    },
  };
}

function versionOf(kind: AnyKind): CustomResourceDefinitionVersion {
  const { schema, statusSubresource, scale, columns } = kind[definition];
  const text: JsonSchema = { type: 'string' };
  const whole: JsonSchema = { ...schema, properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, ...schema.properties } };
  return {
    name: kind.version, served: true, storage: true, schema: { openAPIV3Schema: openApi(whole) },
    ...(statusSubresource || scale ? { subresources: {
      ...(statusSubresource ? { status: {} } : {}),
      ...(scale ? { scale: { specReplicasPath: scale.spec, statusReplicasPath: scale.status, ...(scale.selector === undefined ? {} : { labelSelectorPath: scale.selector }) } } : {}),
    } } : {}),
    ...(columns.length > 0 ? { additionalPrinterColumns: columns.map(({ name, type, path, wide, format }) => ({
      name, type: type ?? 'string', jsonPath: path, ...(format === undefined ? {} : { format }), ...(wide === true ? { priority: 1 } : {}),
    })) } : {}),
  };
}

/** Definitions speak OpenAPI 3.0, where an exclusive bound is a flag beside the bound. */
function openApi(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, allOf, anyOf, oneOf, not, minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  return {
    ...rest,
    ...bound('minimum', minimum, 'exclusiveMinimum', exclusiveMinimum), ...bound('maximum', maximum, 'exclusiveMaximum', exclusiveMaximum),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, openApi(child)])) } : {}),
    ...(items ? { items: openApi(items) } : {}),
    ...(additionalProperties === undefined ? {} : { additionalProperties: typeof additionalProperties === 'boolean' ? additionalProperties : openApi(additionalProperties) }),
    ...(allOf ? { allOf: allOf.map(openApi) } : {}), ...(anyOf ? { anyOf: anyOf.map(openApi) } : {}), ...(oneOf ? { oneOf: oneOf.map(openApi) } : {}),
    ...(not ? { not: openApi(not) } : {}),
  };
}

function bound(inclusive: string, limit: number | bigint | undefined, exclusive: string, strict: boolean | number | bigint | undefined): JsonSchema {
  if (typeof strict === 'number' || typeof strict === 'bigint') return { [inclusive]: Number(strict), [exclusive]: true };
  return { ...(limit === undefined ? {} : { [inclusive]: Number(limit) }), ...(strict === undefined ? {} : { [exclusive]: strict }) };
}
