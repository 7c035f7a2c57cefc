import { afterAll, beforeAll, describe } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock } from '../../../src/core/runtime/clock.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime, type Runtime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { etcd, type EtcdOptions } from '../../../src/core/store/etcd/index.js';
import { memory, type MemoryOptions } from '../../../src/core/store/memory/memory.js';
import type { Codec, Delivery, Item, Revision, StoreBatch, StoreHandle, StoreWatch, TxnResult } from '../../../src/core/store/store.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';

/** What the tests store: JSON with a place for its revision, as the api's objects have. */
export interface Value {
  readonly data: unknown;
  readonly revision?: string;
}

export function value(data: unknown): Value {
  return Object.freeze({ data: freeze(data) });
}

function freeze<T>(data: T): T {
  if (typeof data === 'object' && data !== null) {
    for (const part of Object.values(data)) freeze(part);
    Object.freeze(data);
  }
  return data;
}

export function valueCodec(): Codec<Value> {
  const stamp = ({ data }: Value, revision: Revision): Value => Object.freeze({ data, revision: revision.toString() });
  return {
    encode: ({ data }) => new TextEncoder().encode(JSON.stringify({ data })),
    decode: (bytes, revision) => stamp(freeze(JSON.parse(new TextDecoder().decode(bytes))) as Value, revision),
    stamp,
  };
}

/** One backend as the tests see it. */
export interface Backend {
  readonly name: 'memory' | 'memory, virtual clock' | 'memory, folder' | 'etcd';
  /** The store that the file's tests share. */
  readonly store: StoreHandle<Value>;
  /** Another handle on the same store. */
  open(codec?: Codec<Value>): Promise<StoreHandle<Value>>;
  /** A store of its own, with these options. */
  fresh(options?: MemoryOptions & EtcdOptions): Promise<StoreHandle<Value>>;
  /** A prefix that no other test uses. */
  prefix(): string;
  /** Lets time pass: virtual, fast or real. */
  pass(ms: number): Promise<void>;
}

type Opened = Pick<Backend, 'open' | 'fresh' | 'pass'> & { stop(): Promise<void> };

function openMemory(runtime: Runtime, pass: (ms: number) => Promise<void>): Opened {
  const shared = memory({ checks: 'deep' });
  return {
    open: (codec = valueCodec()) => shared.open(codec, runtime),
    fresh: (options) => memory(options).open(valueCodec(), runtime),
    pass, stop: () => Promise.resolve(),
  };
}

function openFolder(): Opened {
  const clock = systemClock({ speed: 50 });
  const runtime = systemRuntime({ clock, random: keyedRandom(1) });
  const folders: string[] = [];
  const folder = () => {
    const dir = mkdtempSync(join(tmpdir(), 'setpoint-store-'));
    folders.push(dir);
    return dir;
  };
  const shared = memory({ checks: 'deep', dir: folder() });
  return {
    open: (codec = valueCodec()) => shared.open(codec, runtime),
    fresh: (options) => memory({ ...options, dir: folder() }).open(valueCodec(), runtime),
    pass: (ms) => sleep(clock, ms),
    stop: () => {
      for (const dir of folders) rmSync(dir, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function openEtcd(): Promise<Opened> {
  const given = (process.env['SETPOINT_ENDPOINTS'] ?? '').split(',').filter((url) => url !== '');
  const running: EtcdProcess[] = [];
  const started = async () => {
    const one = await etcdForTests();
    running.push(one);
    return one.endpoints;
  };
  const endpoints = given.length > 0 ? given : await started();
  const runtime = systemRuntime({ random: keyedRandom(1) });
  return {
    open: (codec = valueCodec()) => etcd(endpoints, { checks: 'deep' }).open(codec, runtime),
    fresh: async (options) => etcd(await started(), options).open(valueCodec(), runtime),
    pass: (ms) => sleep(runtime.clock, ms),
    stop: async () => { await Promise.all(running.map((one) => one.stop())); },
  };
}

const openers: { readonly [name: string]: readonly (readonly [Backend['name'], () => Promise<Opened>])[] } = {
  memory: [
    ['memory', () => {
      const clock = systemClock({ speed: 50 });
      return Promise.resolve(openMemory(systemRuntime({ clock, random: keyedRandom(1) }), (ms) => sleep(clock, ms)));
    }],
    ['memory, virtual clock', () => {
      const clock = virtualClock();
      return Promise.resolve(openMemory(systemRuntime({ clock, random: keyedRandom(1) }), (ms) => clock.advance(ms)));
    }],
  ],
  'memory-dir': [['memory, folder', () => Promise.resolve(openFolder())]],
  etcd: [['etcd', openEtcd]],
};

/** The names in SETPOINT_STORE, or all. */
export function wanted(): readonly string[] {
  return (process.env['SETPOINT_STORE'] ?? 'memory,memory-dir,etcd').split(',');
}

/** The same tests for each backend that is asked for by SETPOINT_STORE (default: all), at SETPOINT_ENDPOINTS if given. */
export function eachBackend(title: string, tests: (backend: Backend) => void): void {
  for (const [name, open] of wanted().flatMap((one) => openers[one] ?? [])) {
    describe(`${title} (${name})`, () => {
      let opened: Opened | undefined;
      let store: StoreHandle<Value> | undefined;
      const now = () => { if (!opened || !store) throw new Error('used outside a test'); return { opened, store }; };
      const handles: StoreHandle<Value>[] = [];
      const kept = async (opening: Promise<StoreHandle<Value>>) => {
        const handle = await opening;
        handles.push(handle);
        return handle;
      };
      let count = 0;
      const run = randomBytes(4).toString('hex');

      beforeAll(async () => {
        opened = await open();
        store = await kept(opened.open());
      });
      afterAll(async () => {
        await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
        await opened?.stop();
      });

      tests({
        name,
        get store() { return now().store; },
        open: (codec) => kept(now().opened.open(codec)),
        fresh: (options) => kept(now().opened.fresh(options)),
        prefix: () => `/${run}/${String(++count)}/`,
        pass: (ms) => now().opened.pass(ms),
      });
    });
  }
}

export function put(store: StoreHandle<Value>, key: string, data: unknown): Promise<TxnResult<Value>> {
  return store.txn({ compare: [], then: [{ type: 'put', key, value: value(data) }] });
}

export function remove(store: StoreHandle<Value>, key: string): Promise<TxnResult<Value>> {
  return store.txn({ compare: [], then: [{ type: 'delete', key }] });
}

export async function get(store: StoreHandle<Value>, key: string): Promise<Item<Value> | undefined> {
  return (await store.range({ key })).items[0];
}

/** The next batches of a watch, progress left out, until `done` holds. */
export async function batchesUntil(watch: StoreWatch<Value>, done: (batches: readonly StoreBatch<Value>[]) => boolean): Promise<StoreBatch<Value>[]> {
  const iterator = watch[Symbol.asyncIterator]();
  const batches: StoreBatch<Value>[] = [];
  while (!done(batches)) {
    const { done: ended, value: delivery } = await iterator.next();
    if (ended === true) throw new Error('the watch ended');
    if (delivery.type === 'batches') batches.push(...delivery.batches);
  }
  return batches;
}

export function takeBatches(watch: StoreWatch<Value>, count: number): Promise<StoreBatch<Value>[]> {
  return batchesUntil(watch, ({ length }) => length >= count);
}

/** Everything up to this revision; ends the watch. */
export async function upTo(watch: StoreWatch<Value>, revision: Revision): Promise<StoreBatch<Value>[]> {
  const batches = await batchesUntil(watch, (all) => (all[all.length - 1]?.revision ?? 0n) >= revision);
  await watch[Symbol.asyncIterator]().return?.();
  return batches;
}

/** How the watch ends: the error, or undefined. */
export async function endOf(watch: StoreWatch<Value>): Promise<unknown> {
  const deliveries: Delivery<Value>[] = [];
  try {
    for await (const delivery of watch) deliveries.push(delivery);
  } catch (error) {
    return error;
  }
  return undefined;
}
