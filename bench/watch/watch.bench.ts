import type { WatchEvent } from '../../src/core/api/api.js';
import { ConfigMap, Pod } from '../../src/kinds/index.js';
import { configMap, here, openApi, pod } from '../api/objects.js';
import { percentile99, timeMs, type Benchmark } from '../harness.js';

const watchers = 1_000;
const changes = 500;
/** The latency is taken at every so manieth watch, for the clock costs more than an event. */
const sampled = 20;

/** Events that reach 1,000 watches of one resource; p99 in ms from the start of the write to the watch. */
const watchFanout: Benchmark = {
  type: 'once', name: 'watch-fanout-1k', unit: 'events/s', better: 'higher',
  async start() {
    const api = await openApi();
    const wanted = changes * watchers;
    const life = new AbortController();
    let seen = 0;
    let done = () => {};
    let latencies: number[] = [];
    let startOf = new Map<string, number>();
    const note = (events: readonly WatchEvent[]) => {
      const now = performance.now();
      for (const event of events) {
        const start = 'object' in event ? startOf.get(event.object.metadata.name) : undefined;
        if (start !== undefined) latencies.push(now - start);
      }
    };
    const read = async (watch: AsyncIterable<readonly WatchEvent[]>, samples: boolean) => {
      for await (const events of watch) {
        if (samples) note(events);
        seen += events.length;
        if (seen >= wanted) done();
      }
    };
    for (let i = 0; i < watchers; i++) void read(api.watch(ConfigMap, here, { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan', signal: life.signal }), i % sampled === 0);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    return {
      async run(round) {
        seen = 0;
        latencies = [];
        startOf = new Map();
        const ms = await timeMs(async () => {
          const finished = new Promise<void>((resolve) => { done = resolve; });
          for (let i = 0; i < changes; i++) {
            const name = `w-${round}-${i}`;
            startOf.set(name, performance.now());
            await api.create(ConfigMap, here, configMap(name));
          }
          await finished;
        });
        return { value: wanted / (ms / 1_000), p99: percentile99(latencies) };
      },
      end: async () => {
        life.abort();
        await api[Symbol.asyncDispose]();
      },
    };
  },
};

/** A streaming list of 10,000 pods, to the bookmark that ends it. */
const watchlist10k: Benchmark = {
  type: 'once', name: 'watchlist-10k', unit: 'ms', better: 'lower', rounds: 15,
  async start() {
    const api = await openApi();
    for (let i = 0; i < 10_000; i++) await api.create(Pod, here, pod(`p-${i}`));
    return {
      async run() {
        let items = 0;
        const value = await timeMs(async () => {
          for await (const events of api.watch(Pod, {}, { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true })) {
            items += events.length;
            const last = events.at(-1);
            if (last?.type === 'BOOKMARK' && last.initialEventsEnd) break;
          }
        });
        if (items !== 10_001) throw new Error(`${items} events instead of 10,000 pods and a bookmark`);
        return { value };
      },
      end: () => api[Symbol.asyncDispose]() as Promise<void>,
    };
  },
};

export const benchmarks: readonly Benchmark[] = [watchFanout, watchlist10k];
