import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEtcd } from '../../src/cli/etcd-process.js';
import { objectCodec } from '../../src/core/api/codec.js';
import type { KubeObject } from '../../src/core/resource/object.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { memory } from '../../src/core/store/memory/memory.js';
import type { StoreHandle } from '../../src/core/store/store.js';
import { percentile99, timeMs, type Benchmark, type Result } from '../harness.js';
import { etcdClient, putArgs } from './peer.js';
import { sizeBytes, value } from './value.js';

const codec = objectCodec();

function folder(): { readonly dir: string; remove(): Promise<void> } {
  const dir = mkdtempSync(join(tmpdir(), 'setpoint-bench-store-'));
  return { dir, remove: async () => { rmSync(dir, { recursive: true, force: true }); } };
}

async function put(store: StoreHandle<KubeObject>, key: string): Promise<void> {
  await store.txn({ compare: [], then: [{ type: 'put', key, value, sizeBytes }] });
}

const writers = 64;
const writesOfEach = 400;

/** 64 writers, each waiting for its acknowledgement; every write is on disk before that (S64). Beside one etcd on the same disk. */
const txnGroup: Benchmark = {
  type: 'once', name: 'dir/txn-group', unit: 'txn/s', better: 'higher', peerName: 'etcd, by Go clientv3',
  async start({ peers }) {
    const { dir, remove } = folder();
    const store = await memory({ dir }).open(codec, systemRuntime());
    const server = peers === undefined ? undefined : await startEtcd();
    const [endpoint = ''] = server?.endpoints ?? [];
    return {
      run: () => writeAll(store),
      peer: (_, programs) => etcdClient(programs, endpoint, putArgs(writers * writesOfEach, writers, sizeBytes)),
      async end() {
        await server?.stop();
        await store[Symbol.asyncDispose]();
        await remove();
      },
    };
  },
};

/** `p99` in milliseconds. */
async function writeAll(store: StoreHandle<KubeObject>): Promise<Result> {
  const latencies: number[] = [];
  const ms = await timeMs(async () => {
    await Promise.all(Array.from({ length: writers }, async (_, writer) => {
      for (let i = 0; i < writesOfEach; i++) latencies.push(await timeMs(() => put(store, `/w${writer}/${i % 100}`)));
    }));
  });
  return { value: writers * writesOfEach / ms * 1_000, p99: percentile99(latencies) };
}

const items = 100_000;

/** Opening a folder of 100 000 pods of 2 KiB (S68: below 2 s). */
const open100k: Benchmark = {
  type: 'once', name: 'dir/open-100k', unit: 'ms', better: 'lower',
  async start() {
    const { dir, remove } = folder();
    const store = await memory({ dir, sync: 'off' }).open(codec, systemRuntime());
    for (let i = 0; i < items; i++) await put(store, `/registry/pods/default/pod-${i}`);
    await store[Symbol.asyncDispose]();
    return {
      async run() {
        let found = 0;
        const value = await timeMs(async () => {
          const again = await memory({ dir, sync: 'off' }).open(codec, systemRuntime());
          found = (await again.range({ prefix: '', countOnly: true })).count;
          await again[Symbol.asyncDispose]();
        });
        if (found !== items) throw new Error(`${found} items were there again`);
        return { value };
      },
      end: remove,
    };
  },
};

export const folderBenchmarks: readonly Benchmark[] = [txnGroup, open100k];
