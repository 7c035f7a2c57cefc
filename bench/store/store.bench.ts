import type { Benchmark } from '../harness.js';
import { etcdBenchmarks } from './etcd.bench.js';
import { folderBenchmarks } from './folder.bench.js';
import { memoryBenchmarks } from './memory.bench.js';

export const benchmarks: readonly Benchmark[] = [...memoryBenchmarks, ...folderBenchmarks, ...etcdBenchmarks];
