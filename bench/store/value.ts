import { deepFreeze } from '../../src/core/resource/json/deep-freeze.js';
import type { KubeObject } from '../../src/core/resource/object.js';

export const sizeBytes = 2_048;

/** A pod of 2 KiB, of many small members as pods are. */
export const value = deepFreeze(padded({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { name: 'pod', namespace: 'default', labels: { app: 'web', tier: 'front' }, annotations: { note: '' } },
  spec: {
    containers: Array.from({ length: 4 }, (_, i) => ({
      name: `web-${i}`, image: 'nginx:1.27', ports: [{ containerPort: 80 + i }], resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
      env: [{ name: 'A', value: 'b' }, { name: 'C', value: 'd' }],
    })),
    tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b', operator: 'Equal', value: 'c', effect: 'NoSchedule' }],
  },
})) as unknown as KubeObject;

function padded<T extends { readonly metadata: { readonly annotations: { note: string } } }>(object: T): T {
  object.metadata.annotations.note = 'x'.repeat(sizeBytes - JSON.stringify(object).length);
  return object;
}
