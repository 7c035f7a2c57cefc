import { describe, expect, test } from '@jest/globals';
import { CustomResourceDefinition } from '../../../src/core/resource/custom-resource-definition.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { definitionOf } from '../../../src/core/resource/definition-of.js';
import { definition } from '../../../src/core/resource/kind.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { pruneObject } from '../../../src/core/resource/validation/pruning.js';
import { validators } from '../../../src/core/resource/validation/validators.js';

const Database = defineResource({
  group: 'db.example.com', version: 'v1', kind: 'Database', shortNames: ['db'], conditions: ['Ready'],
  spec: t.Object({ replicas: t.Integer({ minimum: 0, exclusiveMinimum: true, default: 1 }), users: t.ListMap('name', t.Object({ name: t.String() })) }),
  status: t.Object({ replicas: t.Integer(), selector: t.String() }),
  scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.status.selector' },
  columns: [{ name: 'Replicas', type: 'integer', path: '.status.replicas', wide: true }],
});

describe('definitionOf', () => {
  test('A114 A116 says what the kind says', () => {
    const made = definitionOf(Database);

    expect(made.metadata.name).toBe('databases.db.example.com');
    expect(made.spec.names).toEqual({ plural: 'databases', singular: 'database', kind: 'Database', listKind: 'DatabaseList', shortNames: ['db'] });
    expect(made.spec.versions[0]).toMatchObject({
      name: 'v1', served: true, storage: true,
      subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' } },
      additionalPrinterColumns: [{ name: 'Replicas', type: 'integer', jsonPath: '.status.replicas', priority: 1 }],
      schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { metadata: { type: 'object' }, spec: { properties: { replicas: { minimum: 0, exclusiveMinimum: true, default: 1 } } } } } },
    });
  });

  test('is an object of the kind CustomResourceDefinition', () => {
    const made = structuredClone(definitionOf(Database)) as unknown as { [field: string]: unknown };

    expect(pruneObject(made, CustomResourceDefinition[definition].schema)).toEqual([]);
    expect(validators().check(CustomResourceDefinition[definition].schema, made)).toEqual([]);
  });
});
