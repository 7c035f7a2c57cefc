import { median, timeMs, type Benchmark, type BenchOptions, type Result } from '../harness.js';
import { run } from '../../src/index.js';
import { Node, Pod } from '../../src/kinds/index.js';
import { scheduler } from '../../src/scheduler/index.js';

type Client = Awaited<ReturnType<typeof run>>['client'];

/** Writes under way at a time while nodes and pods are made. */
const writers = 64;

/** Nodes of three sizes in three zones, as the figures of docs/rules/scheduler.md have them. */
async function createNodes(client: Client, count: number): Promise<void> {
  const sizes = [['4', '16Gi'], ['8', '32Gi'], ['16', '64Gi']] as const;
  await each(count, async (i) => {
    const [cpu, memory] = sizes[i % sizes.length] ?? sizes[0];
    const name = `node-${i}`;
    await client.create(Node, { metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${i % 3}` } }, spec: {} });
    // A new node is tainted as not ready until somebody says that it is.
    await client.patch(Node, name, { spec: { taints: null } });
    await client.subresource(Node, 'status').patch(name, { status: { capacity: { cpu, memory, pods: '110' }, allocatable: { cpu, memory, pods: '110' } } });
  });
}

async function createPods(client: Client, prefix: string, count: number): Promise<void> {
  await each(count, async (i) => {
    await client.create(Pod, {
      metadata: { name: `${prefix}${i}`, namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }] },
    });
  });
}

async function each(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: writers }, async () => {
    while (next < count) await work(next++);
  }));
}

/** A scheduler over an in-memory cluster of idle nodes. */
async function cluster(options: BenchOptions) {
  const app = await run(scheduler());
  await createNodes(app.client, options.nodes ?? 5_000);
  await app.settled({ timeout: 600_000 });
  return app;
}

/** Create → bound over the whole loop: api, store, informers, queue, framework, binding. Pods of earlier rounds stay. */
const basic: Benchmark = {
  type: 'once', name: 'Basic', unit: 'pods/s', better: 'higher',
  async start(options) {
    const app = await cluster(options);
    const pods = options.pods ?? 1_000;
    return {
      async run(round) {
        const placed = bound(app.client, `round-${round}-`, pods);
        const ms = await timeMs(async () => {
          await createPods(app.client, `round-${round}-`, pods);
          await placed;
        });
        return { value: pods / ms * 1_000 };
      },
      async end() { await app.stop(); },
    };
  },
};

/** One pod at a time: milliseconds from its create until its binding is seen. */
const idleLatency: Benchmark = {
  type: 'once', name: 'IdleLatency', unit: 'ms', better: 'lower',
  async start(options) {
    const app = await cluster(options);
    return {
      run: (round) => latencies(app.client, `idle-${round}-`),
      async end() { await app.stop(); },
    };
  },
};

async function latencies(client: Client, prefix: string): Promise<Result> {
  const measured: number[] = [];
  for (let i = 0; i < 20; i++) {
    const placed = bound(client, `${prefix}${i}-`, 1);
    measured.push(await timeMs(async () => {
      await createPods(client, `${prefix}${i}-`, 1);
      await placed;
    }));
  }
  measured.sort((a, b) => a - b);
  return { value: median(measured), p99: measured[Math.ceil(measured.length * 0.99) - 1] ?? NaN };
}

/** Resolves when so many pods whose name begins so have a node. */
function bound(client: Client, prefix: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const placed = new Set<string>();
    const watching = client.watch$(Pod).subscribe({
      next({ deltas }) {
        for (const delta of deltas) {
          if (delta.type === 'deleted' || delta.new.spec.nodeName === undefined) continue;
          if (delta.new.metadata.name.startsWith(prefix)) placed.add(delta.key);
        }
        if (placed.size >= count) { watching.unsubscribe(); resolve(); }
      },
      complete() { reject(new Error('the watch ended before every pod had a node')); },
    });
  });
}

export const benchmarks: readonly Benchmark[] = [basic, idleLatency];
