import { defineBuiltinKind } from './builtin-kind.js';
import { conditionsSchema } from './conditions.js';
import type { Kind } from './kind.js';
import type { Condition, KubeObject, ObjectMeta } from './object.js';
import type { JsonSchema } from './schema.js';

/** A kind defined by an object (A103). */
export interface CustomResourceDefinition extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: CustomResourceDefinitionSpec;
  readonly status?: CustomResourceDefinitionStatus;
}
export interface CustomResourceDefinitionNames {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}
export interface CustomResourceDefinitionSpec {
  readonly group: string;
  readonly names: CustomResourceDefinitionNames;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly CustomResourceDefinitionVersion[];
  readonly preserveUnknownFields?: boolean;
}
export interface CustomResourceDefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
  readonly subresources?: {
    readonly status?: {};
    readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string };
  };
  readonly additionalPrinterColumns?: readonly { readonly name: string; readonly type: string; readonly jsonPath: string; readonly description?: string; readonly format?: string; readonly priority?: number }[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}
export interface CustomResourceDefinitionStatus {
  readonly conditions?: readonly Condition[];
  readonly acceptedNames?: CustomResourceDefinitionNames;
  readonly storedVersions?: readonly string[];
  readonly observedGeneration?: number;
}

const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: 'boolean' };
const texts: JsonSchema = { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' };
const names: JsonSchema = {
  type: 'object', required: ['plural', 'kind'],
  properties: { plural: text, singular: text, kind: text, listKind: text, shortNames: texts, categories: texts },
};
const column: JsonSchema = {
  type: 'object', required: ['name', 'type', 'jsonPath'],
  properties: { name: text, type: text, jsonPath: text, description: text, format: text, priority: { type: 'integer', format: 'int32' } },
};
const version: JsonSchema = {
  type: 'object', required: ['name', 'served', 'storage'],
  properties: {
    name: text, served: flag, storage: flag, deprecated: flag, deprecationWarning: text,
    // A schema of schemas would be recursive; its own checks are those of a definition (A104).
    schema: { type: 'object', properties: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    subresources: {
      type: 'object',
      properties: {
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        scale: { type: 'object', required: ['specReplicasPath', 'statusReplicasPath'], properties: { specReplicasPath: text, statusReplicasPath: text, labelSelectorPath: text } },
      },
    },
    additionalPrinterColumns: { type: 'array', items: column, 'x-kubernetes-list-type': 'atomic' },
    selectableFields: { type: 'array', maxItems: 8, items: { type: 'object', required: ['jsonPath'], properties: { jsonPath: text } }, 'x-kubernetes-list-type': 'atomic' },
  },
};
const schema: JsonSchema = {
  type: 'object', required: ['spec'],
  properties: {
    spec: {
      type: 'object', required: ['group', 'names', 'scope', 'versions'],
      properties: {
        group: text, names, scope: { type: 'string', enum: ['Cluster', 'Namespaced'] },
        versions: { type: 'array', items: version, 'x-kubernetes-list-type': 'atomic' },
        preserveUnknownFields: flag,
        conversion: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: {
      type: 'object',
      properties: {
        conditions: conditionsSchema, acceptedNames: names, storedVersions: texts, observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
      },
    },
  },
};

export const CustomResourceDefinition: Kind<CustomResourceDefinition> = defineBuiltinKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', namespaced: false,
  shortNames: ['crd', 'crds'], categories: ['api-extensions'], schema, statusSubresource: true, hasGeneration: true, unconditionalUpdate: false,
  storageKey: 'apiextensions.k8s.io/customresourcedefinitions',
  columns: [{ name: 'Created At', type: 'date', path: '.metadata.creationTimestamp' }],
});
