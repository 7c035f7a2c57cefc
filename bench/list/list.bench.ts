import { Pod } from '../../src/kinds/index.js';
import { here, openApi, pod } from '../api/objects.js';
import { timeMs, type Benchmark } from '../harness.js';

/** All pods of the cluster, right after a change of one. */
const list10kPods: Benchmark = {
  type: 'once', name: 'list-10k-pods', unit: 'ms', better: 'lower', rounds: 15,
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

export const benchmarks: readonly Benchmark[] = [list10kPods];
