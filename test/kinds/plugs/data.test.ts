import { describe, expect, test } from '@jest/globals';
import type { MutableObject } from '../../../src/core/api/plugs.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { configMapStrategy } from '../../../src/kinds/plugs/config-map.js';
import { secretStrategy } from '../../../src/kinds/plugs/secret.js';
import { deploymentStrategy, replicaSetStrategy } from '../../../src/kinds/plugs/workload.js';

const object = (fields: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'a' }, ...fields }) as unknown as KubeObject & MutableObject;
const fields = (causes: readonly { readonly field?: string }[] | undefined) => causes?.map((cause) => cause.field);

describe('Secret', () => {
  test('A91 stringData becomes data and wins over equal keys', () => {
    const secret = object({ data: { a: 'b2xk', b: 'a2VwdA==' }, stringData: { a: 'neü' } });

    secretStrategy.default?.(secret);

    expect(secret).toEqual(object({ data: { a: 'bmXDvA==', b: 'a2VwdA==' } }));
  });

  test('A91 data of 1 MiB fits, one byte more does not', () => {
    const of = (bytes: number) => object({ data: { a: Buffer.alloc(bytes).toString('base64') } });
    expect([fields(secretStrategy.validate?.(of(1_048_576))), fields(secretStrategy.validate?.(of(1_048_577)))]).toEqual([[], ['data']]);
  });

  test('A91 the type never changes', () => {
    expect(fields(secretStrategy.validateUpdate?.(object({ type: 'b' }), object({ type: 'a' })))).toEqual(['type']);
  });
});

describe('ConfigMap', () => {
  test('A91 a key is in data or in binaryData, not in both', () => {
    expect(fields(configMapStrategy.validate?.(object({ data: { k: 'v' }, binaryData: { k: 'dg==' } })))).toEqual(['data[k]']);
  });

  test('A91 immutable freezes the data and itself', () => {
    const old = object({ immutable: true, data: { a: '1' } });
    expect(configMapStrategy.validateUpdate?.(object({ immutable: false, data: { a: '2' } }), old)).toEqual([
      { reason: 'FieldValueForbidden', field: 'immutable', message: 'Forbidden: field is immutable when `immutable` is set' },
      { reason: 'FieldValueForbidden', field: 'data', message: 'Forbidden: field is immutable when `immutable` is set' },
    ]);
    expect(configMapStrategy.validateUpdate?.(object({ immutable: true, data: { a: '1' } }), old)).toEqual([]);
  });
});

describe('ReplicaSet and Deployment', () => {
  const template = (labels: object) => ({ metadata: { labels }, spec: { restartPolicy: 'Always', containers: [{ name: 'c', image: 'i' }] } });
  const spec = { replicas: 1, selector: { matchLabels: { app: 'a' } }, template: template({ app: 'a', more: 'b' }) };

  test('C43 the selector has to match the template', () => {
    expect(fields(replicaSetStrategy.validate?.(object({ spec })))).toEqual([]);
    expect(fields(replicaSetStrategy.validate?.(object({ spec: { ...spec, template: template({ app: 'b' }) } })))).toEqual(['spec.template.metadata.labels']);
  });

  test('C43 an empty selector is refused', () => {
    expect(fields(replicaSetStrategy.validate?.(object({ spec: { ...spec, selector: {} } })))).toEqual(['spec.selector']);
  });

  test('A16 the selector is immutable', () => {
    expect(fields(deploymentStrategy.validateUpdate?.(object({ spec: { ...spec, selector: { matchLabels: { app: 'b' } } } }), object({ spec })))).toEqual(['spec.selector']);
  });

  test('C47 a rolling update has its numbers', () => {
    const deployment = object({ spec: { ...spec } });
    deploymentStrategy.default?.(deployment);
    expect((deployment['spec'] as { strategy: unknown }).strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
  });
});
