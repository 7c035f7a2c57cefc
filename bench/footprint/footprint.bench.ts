import { informers } from '../../src/core/informer/informers.js';
import { silent } from '../../src/core/runtime/logger.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { ConfigMap } from '../../src/kinds/index.js';
import { here, openApi } from '../api/objects.js';
import type { Benchmark } from '../harness.js';

const objects = 20_000;
const objectBytes = 1_024;
const informerCount = 3;

/** What an object of 1 KiB of JSON costs in the heap: store, watch cache and three informers together. */
const objectFootprint: Benchmark = {
  type: 'once', name: 'bytes-per-1KiB-object', unit: 'B', better: 'lower',
  start: () => Promise.resolve({
    async run() {
      const api = await openApi();
      const sets = Array.from({ length: informerCount }, () => informers(api, systemRuntime({ log: silent })));
      const handles = sets.map((set) => set.for(ConfigMap));
      await Promise.all(handles.map((handle) => handle.ready()));
      // What every object shares is not counted.
      await api.create(ConfigMap, here, kibibyte(objects));
      const before = heapBytes();
      for (let i = 0; i < objects; i++) await api.create(ConfigMap, here, kibibyte(i));
      const { resourceVersion } = await api.list(ConfigMap, here);
      await Promise.all(sets.map((set) => set.caughtUp(resourceVersion)));
      const value = (heapBytes() - before) / objects;
      for (const { cache } of handles) if (cache.size !== objects + 1) throw new Error(`an informer has ${cache.size} objects`);
      for (const set of sets) await set[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      return { value };
    },
  }),
};

function kibibyte(i: number) {
  const object = (text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${i}`, namespace: 'default' }, data: { one: text } });
  // The text is made new for each object, and flat: no object shares it.
  return object(Buffer.alloc(objectBytes - JSON.stringify(object('')).length, `${i},`).toString());
}

function heapBytes(): number {
  if (!gc) throw new Error('footprints are measured with --expose-gc');
  for (let i = 0; i < 3; i++) gc();
  return process.memoryUsage().heapUsed;
}

export const benchmarks: readonly Benchmark[] = [objectFootprint];
