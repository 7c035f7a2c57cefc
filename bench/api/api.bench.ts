import { objectCodec } from '../../src/core/api/codec.js';
import { createApi, type LocalApi } from '../../src/core/api/local-api.js';
import type { WatchEvent } from '../../src/core/api/api.js';
import { silent } from '../../src/core/runtime/logger.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { memory } from '../../src/core/store/memory/memory.js';
import { ConfigMap, Deployment, Pod } from '../../src/kinds/index.js';
import { timeMs, type Benchmark } from '../harness.js';

/** Requests in flight at once (G12). */
const clients = 64;

async function openApi(): Promise<LocalApi & AsyncDisposable> {
  const runtime = systemRuntime({ log: silent });
  const store = await memory().open(objectCodec(), runtime);
  const api = createApi({ store, runtime });
  await api.list(ConfigMap, {});
  return api;
}

const here = { namespace: 'default' };
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { one: 'value-1', two: 'value-2' } });
const pod = (name: string) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web', tier: 'front' } },
  spec: {
    containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '100m', memory: '64Mi' } }, env: [{ name: 'A', value: 'b' }] }],
    nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }],
  },
});

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

const list10kPods: Benchmark = {
  type: 'once', name: 'list-10k-pods', unit: 'ms', better: 'lower',
  async start() {
    const api = await openApi();
    for (let i = 0; i < 10_000; i++) await api.create(Pod, here, pod(`p-${i}`));
    await api.list(Pod, {});
    return {
      async run(round) {
        await api.create(Pod, here, pod(`q-${round}`));
        return { value: await timeMs(async () => { await api.list(Pod, {}); }) };
      },
      end: () => api[Symbol.asyncDispose]() as Promise<void>,
    };
  },
};

/** Events that reach 1,000 watches of one resource. */
const watchFanout: Benchmark = {
  type: 'once', name: 'watch-fanout-1k', unit: 'events/s', better: 'higher',
  async start() {
    const api = await openApi();
    const watchers = 1_000;
    let seen = 0;
    let wanted = 0;
    let done = () => {};
    const life = new AbortController();
    const read = async (watch: AsyncIterable<readonly WatchEvent[]>) => {
      for await (const events of watch) {
        seen += events.length;
        if (seen >= wanted) done();
      }
    };
    for (let i = 0; i < watchers; i++) void read(api.watch(ConfigMap, here, { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan', signal: life.signal }));
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    const changes = 500;
    return {
      async run(round) {
        seen = 0;
        wanted = changes * watchers;
        const ms = await timeMs(async () => {
          const finished = new Promise<void>((resolve) => { done = resolve; });
          for (let i = 0; i < changes; i++) await api.create(ConfigMap, here, configMap(`w-${round}-${i}`));
          await finished;
        });
        return { value: wanted / (ms / 1_000) };
      },
      end: async () => {
        life.abort();
        await api[Symbol.asyncDispose]();
      },
    };
  },
};

export const benchmarks: readonly Benchmark[] = [createConfigMap, createPod, updateStatus, applyNoop, conflictRetry, list10kPods, watchFanout];
