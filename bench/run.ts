import { readFileSync, writeFileSync } from 'node:fs';
import { measure, type Benchmark, type BenchOptions, type Figure } from './harness.js';

/** The benchmarks of each group; loaded when they are asked for. */
const groups: { readonly [group: string]: () => Promise<{ readonly benchmarks: readonly Benchmark[] }> } = {
  api: () => import('./api/api.bench.js'),
  watch: () => import('./watch/watch.bench.js'),
  list: () => import('./list/list.bench.js'),
  footprint: () => import('./footprint/footprint.bench.js'),
  store: () => import('./store/store.bench.js'),
  queue: () => import('./queue/queue.bench.js'),
  informer: () => import('./informer/informer.bench.js'),
  controller: () => import('./controller/controller.bench.js'),
  scheduler: () => import('./scheduler/scheduler.bench.js'),
};

interface Order {
  readonly groups: readonly string[];
  readonly options: BenchOptions;
  /** Where the figures go. */
  readonly out: string;
}

/** Started by `npm run bench` with its order in a file; figures go to a file, progress to standard error. */
async function main(orderFile: string): Promise<void> {
  const order = JSON.parse(readFileSync(orderFile, 'utf8')) as Order;
  const figures: Figure[] = [];
  for (const group of order.groups.length > 0 ? order.groups : Object.keys(groups)) {
    const load = groups[group];
    if (load === undefined) throw new Error(`no benchmarks in group ${group}`);
    for (const benchmark of (await load()).benchmarks) figures.push(await measure(group, benchmark, order.options, progress));
  }
  progress('');
  writeFileSync(order.out, JSON.stringify(figures));
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error('run benchmarks with npm run bench');
await main(orderFile);
