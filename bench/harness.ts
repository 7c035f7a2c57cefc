import { Bench } from 'tinybench';

/** What the command was asked for, as far as a benchmark looks at it. */
export interface BenchOptions {
  /** The folder with the programs of the peers, when they are to be measured too. */
  readonly peers?: string | undefined;
  readonly store: 'memory' | 'etcd';
  readonly nodes: number | undefined;
  readonly pods: number | undefined;
}

/** One figure of ours (X5). */
export interface Figure {
  readonly group: string;
  readonly name: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly ours: number;
  readonly p99?: number;
  readonly peer?: number;
  readonly peerName?: string;
  /** Below 1 we are ahead. */
  readonly ratio?: number;
}

/** Something to measure. */
export type Benchmark =
  /** A function that is called over and over; the figure is the median time of one call, divided by `perCall`. */
  | {
    readonly type: 'repeated';
    readonly name: string;
    readonly unit: 'ns' | 'µs' | 'ms';
    /** Things done in one call; default 1. */
    readonly perCall?: number;
    /** Prepares what `fn` works on; not measured. */
    setup(options: BenchOptions): { readonly fn: () => void; readonly before?: () => void };
  }
  /** A run of its own that measures itself; the figure is the median of at least five. */
  | {
    readonly type: 'once';
    readonly name: string;
    readonly unit: string;
    readonly better: 'lower' | 'higher';
    readonly rounds?: number;
    /** What `peer` of its rounds measures. */
    readonly peerName?: string;
    /** Prepares what all rounds share; not measured. */
    start(options: BenchOptions): Promise<Rounds>;
  };

/** The rounds of one benchmark. */
export interface Rounds {
  run(round: number): Promise<Result>;
  /** The same work by the upstream implementation; takes turns with `run`. */
  peer?(round: number, peers: string): Promise<Result>;
  /** Ends what `start` began. */
  end?(): Promise<void>;
}

export interface Result {
  readonly value: number;
  readonly p99?: number;
}

const msIn = { ns: 1e-6, µs: 1e-3, ms: 1 };
/** A figure is the median of at least this many (X5). */
const leastRounds = 5;

/** Measures one benchmark. `report` is told what is being done. */
export async function measure(group: string, benchmark: Benchmark, options: BenchOptions, report: (text: string) => void): Promise<Figure> {
  report(`${group}/${benchmark.name}`);
  if (benchmark.type === 'once') return measureRuns(group, benchmark, options, report);
  const { fn, before } = benchmark.setup(options);
  const bench = new Bench({ time: 500, warmupTime: 200, iterations: 20, retainSamples: true, throws: true });
  bench.add(benchmark.name, fn, before ? { beforeEach: before } : {});
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`${group}/${benchmark.name} did not complete`);
  const scale = msIn[benchmark.unit] * (benchmark.perCall ?? 1);
  const { p50, p99 } = task.result.latency;
  return { group, name: benchmark.name, unit: benchmark.unit, better: 'lower', ours: p50 / scale, p99: p99 / scale };
}

async function measureRuns(group: string, benchmark: Benchmark & { readonly type: 'once' }, options: BenchOptions, report: (text: string) => void): Promise<Figure> {
  const rounds = Math.max(leastRounds, benchmark.rounds ?? leastRounds);
  const results: Result[] = [];
  const peers: Result[] = [];
  const started = await benchmark.start(options);
  try {
    for (let round = 1; round <= rounds; round++) {
      report(`${group}/${benchmark.name}, round ${round} of ${rounds}`);
      results.push(await started.run(round));
      if (options.peers !== undefined && started.peer) peers.push(await started.peer(round, options.peers));
    }
  } finally {
    await started.end?.();
  }
  const ours = median(results.map(({ value }) => value));
  const peer = peers.length > 0 ? median(peers.map(({ value }) => value)) : undefined;
  const p99s = results.flatMap(({ p99 }) => (p99 === undefined ? [] : [p99]));
  return {
    group, name: benchmark.name, unit: benchmark.unit, better: benchmark.better,
    ours, ...(p99s.length > 0 ? { p99: median(p99s) } : {}),
    ...(peer === undefined ? {} : { peer, peerName: benchmark.peerName ?? '', ratio: benchmark.better === 'lower' ? ours / peer : peer / ours }),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function percentile99(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}

/** How many milliseconds `work` takes. */
export async function timeMs(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
