import type { JsonSchema } from '../../resource/schema.js';

const strings: JsonSchema = { type: 'object', additionalProperties: { type: 'string' } };

/** How the parts of metadata are merged and owned, the same for every kind (A51). */
const metadata: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    generateName: { type: 'string' },
    namespace: { type: 'string' },
    selfLink: { type: 'string' },
    uid: { type: 'string' },
    resourceVersion: { type: 'string' },
    generation: { type: 'integer' },
    creationTimestamp: { type: 'string' },
    deletionTimestamp: { type: 'string' },
    deletionGracePeriodSeconds: { type: 'integer' },
    labels: strings,
    annotations: strings,
    finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    ownerReferences: {
      type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['uid'],
      // An owner reference is one value: changing a part of it changes all of it.
      items: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { uid: { type: 'string' } } },
    },
    managedFields: { type: 'array', items: { type: 'object' } },
  },
};

/** The schema of whole objects of a kind: its own schema with apiVersion, kind and metadata added. Make it once per kind. */
export function objectSchema(schema: JsonSchema): JsonSchema {
  return { ...schema, type: 'object', properties: { ...schema.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata } };
}
