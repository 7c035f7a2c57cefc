import type { LocalApi } from '../../src/core/api/local-api.js';
import { ConfigMap, Deployment, Pod } from '../../src/kinds/index.js';
import { timeMs, type Benchmark } from '../harness.js';
import { configMap, here, openApi, pod } from './objects.js';

/** Requests in flight at once (G12). */
const clients = 64;

/** `count` requests by 64 clients, each waiting for its answer; the figure is requests a second. */
async function perSecond(count: number, send: (i: number) => Promise<unknown>): Promise<{ readonly value: number; readonly p99: number }> {
  const latencies: number[] = [];
  let next = 0;
  const ms = await timeMs(async () => {
    await Promise.all(Array.from({ length: clients }, async () => {
      while (next < count) {
        const i = next++;
        const start = performance.now();
        await send(i);
        latencies.push(performance.now() - start);
      }
    }));
  });
  latencies.sort((a, b) => a - b);
  return { value: count / (ms / 1_000), p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0 };
}

function rate(name: string, count: number, prepare: (api: LocalApi) => Promise<(i: number, round: number) => Promise<unknown>>): Benchmark {
  return {
    type: 'once', name, unit: 'requests/s', better: 'higher',
    async start() {
      const api = await openApi();
      const send = await prepare(api);
      return {
        run: (round) => perSecond(count, (i) => send(i, round)),
        end: () => api[Symbol.asyncDispose]() as Promise<void>,
      };
    },
  };
}

const createConfigMap = rate('create-configmap', 20_000, async (api) => async (i, round) => api.create(ConfigMap, here, configMap(`a-${round}-${i}`)));
const createPod = rate('create-pod', 5_000, async (api) => async (i, round) => api.create(Pod, here, pod(`p-${round}-${i}`)));

const updateStatus = rate('update-status', 20_000, async (api) => {
  const names = Array.from({ length: 1_000 }, (_, i) => `d-${i}`);
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
  for (const name of names) await api.create(Deployment, here, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { selector: { matchLabels: { app: 'a' } }, template } });
  return async (i, round) => {
    const at = { ...here, name: `d-${i % names.length}`, subresource: 'status' };
    return api.patch(Deployment, at, { type: 'merge', value: { status: { observedGeneration: round * 20_000 + i } } });
  };
});

const applyNoop = rate('apply-noop', 20_000, async (api) => {
  // Without tolerations, which are one value: the api adds its own, and so each apply would change them and back.
  const { tolerations: _, ...spec } = pod('p').spec;
  const value = { ...pod('p'), spec };
  await api.patch(Pod, { ...here, name: 'p' }, { type: 'apply', value }, { fieldManager: 'bench' });
  return async () => api.patch(Pod, { ...here, name: 'p' }, { type: 'apply', value }, { fieldManager: 'bench' });
});

const conflictRetry = rate('conflict-retry-64', 5_000, async (api) => {
  await api.create(ConfigMap, here, configMap('a'));
  return async (i, round) => api.patch(ConfigMap, { ...here, name: 'a' }, { type: 'merge', value: { data: { one: `${round}-${i}` } } });
});

export const benchmarks: readonly Benchmark[] = [createConfigMap, createPod, updateStatus, applyNoop, conflictRetry];
