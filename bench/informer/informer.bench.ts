import type { Benchmark } from '../harness.js';
import { createObjectCache, type ObjectCache } from '../../src/core/informer/object-cache.js';
import { labelMatcher } from '../../src/core/resource/selector/label-selector.js';
import type { KubeObject, ResourceVersion } from '../../src/core/resource/object.js';

interface Placed extends KubeObject {
  readonly spec: { readonly nodeName: string };
}

const objectCount = 100_000;
const nodeCount = 1_000;

function placed(i: number, version: number): Placed {
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name: `pod-${i}`, namespace: `ns-${i % 100}`, uid: `uid-${i}`, resourceVersion: String(version), generation: 1,
      creationTimestamp: '2030-01-01T00:00:00Z', labels: { app: `app-${i % 50}`, tier: i % 2 === 0 ? 'web' : 'batch' },
    },
    spec: { nodeName: `node-${i % nodeCount}` },
  } as unknown as Placed; // uid and resourceVersion are branded strings
}

function filled(): ObjectCache<Placed> {
  const cache = createObjectCache<Placed>({ kind: 'pods', shape: (item) => item as Placed, onFault: (fault) => { throw fault; } });
  cache.addIndex('node', ({ spec }) => [spec.nodeName]);
  cache.replace(Array.from({ length: objectCount }, (_, i) => placed(i, i + 1)), '100000' as ResourceVersion);
  if (cache.size !== objectCount) throw new Error('the cache is not filled');
  return cache;
}

/** One changed object, filed under namespace and node. */
const indexerUpdate: Benchmark = {
  type: 'repeated', name: 'IndexerUpdate', unit: 'ns', perCall: 1_000,
  setup() {
    const cache = filled();
    let version = objectCount + 1;
    let batch: { readonly type: 'MODIFIED'; readonly object: Placed; readonly resourceVersion: ResourceVersion }[] = [];
    return {
      before() {
        batch = Array.from({ length: 1_000 }, (_, i) => {
          const object = placed((version * 31 + i * 97) % objectCount, version++);
          return { type: 'MODIFIED' as const, object, resourceVersion: object.metadata.resourceVersion };
        });
      },
      fn() { cache.apply(batch); },
    };
  },
};

const listMatch: Benchmark = {
  type: 'repeated', name: 'ListMatch100k', unit: 'ms',
  setup() {
    const cache = filled();
    const selector = labelMatcher({ matchLabels: { app: 'app-7' } });
    return {
      fn() {
        const found = cache.list().filter(({ metadata }) => selector.matches(metadata.labels));
        if (found.length !== objectCount / 50) throw new Error(`${found.length} objects match`);
      },
    };
  },
};

const byIndex: Benchmark = {
  type: 'repeated', name: 'ByIndex', unit: 'ns', perCall: nodeCount,
  setup() {
    const cache = filled();
    const names = Array.from({ length: nodeCount }, (_, i) => `node-${i}`);
    return {
      fn() {
        for (const name of names) if (cache.byIndex('node', name)?.length !== objectCount / nodeCount) throw new Error(`index of ${name}`);
      },
    };
  },
};

/** After each change of a bucket its list is made anew. */
const byIndexAfterUpdate: Benchmark = {
  type: 'repeated', name: 'ByIndexAfterUpdate', unit: 'µs',
  setup() {
    const cache = filled();
    let version = objectCount + 1;
    let object = placed(0, version);
    return {
      before() { object = placed(version % objectCount, ++version); },
      fn() {
        cache.apply([{ type: 'MODIFIED', object, resourceVersion: object.metadata.resourceVersion }]);
        if (cache.byIndex('node', object.spec.nodeName)?.length !== objectCount / nodeCount) throw new Error('index');
      },
    };
  },
};

export const benchmarks: readonly Benchmark[] = [indexerUpdate, listMatch, byIndex, byIndexAfterUpdate];
