import { objectCodec } from '../../src/core/api/codec.js';
import { createApi, type LocalApi } from '../../src/core/api/local-api.js';
import { silent } from '../../src/core/runtime/logger.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { memory } from '../../src/core/store/memory/memory.js';
import { ConfigMap } from '../../src/kinds/index.js';

/** An api over a store in memory, which serves every kind of the benchmarks. */
export async function openApi(): Promise<LocalApi & AsyncDisposable> {
  const runtime = systemRuntime({ log: silent });
  const store = await memory().open(objectCodec(), runtime);
  const api = createApi({ store, runtime });
  await api.list(ConfigMap, {});
  return api;
}

export const here = { namespace: 'default' };
export const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { one: 'value-1', two: 'value-2' } });
export const pod = (name: string) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web', tier: 'front' } },
  spec: {
    containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '100m', memory: '64Mi' } }, env: [{ name: 'A', value: 'b' }] }],
    nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }],
  },
});
