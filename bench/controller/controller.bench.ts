import type { Benchmark, Rounds } from '../harness.js';
import { timeMs } from '../harness.js';
import { controller, defineResource, t } from '../../src/core/index.js';
import { run } from '../../src/index.js';

const Site = defineResource({
  group: 'bench.example.com', version: 'v1', kind: 'Site', conditions: ['Ready'],
  spec: t.Object({ image: t.String({ default: 'web:1' }), replicas: t.Integer({ default: 2 }) }), status: t.Object({ replicas: t.Integer() }),
});
const objects = 10_000;

/** An app in memory with 10,000 objects; each round adds a controller, waits until it is at rest, and removes it. */
async function rounds(reconcile: (replicas: number) => { readonly status: { readonly replicas: number } } | undefined): Promise<Rounds> {
  const app = await run({ housekeeping: false });
  for (let i = 0; i < objects; i++) await app.client.create(Site, { metadata: { name: `site-${i}` }, spec: {} });
  return {
    async run() {
      let runs = 0;
      const ms = await timeMs(async () => {
        await app.add(controller(Site).reconcile(async ({ spec }) => { runs++; return reconcile(spec.replicas); }));
        await app.settled();
      });
      await app.remove('site');
      if (runs !== objects) throw new Error(`${runs} runs for ${objects} objects`);
      return { value: (ms / objects) * 1_000 };
    },
    async end() { await app.stop(); },
  };
}

export const benchmarks: readonly Benchmark[] = [
  { type: 'once', name: 'Reconcile10kObjects', unit: 'µs/run', better: 'lower', start: () => rounds(() => undefined) },
  { type: 'once', name: 'NoopStatusWrites10k', unit: 'µs/run', better: 'lower', start: () => rounds((replicas) => ({ status: { replicas } })) },
];
