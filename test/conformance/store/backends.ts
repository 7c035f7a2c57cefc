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
import type { Codec, StoreHandle } from '../../../src/core/store/store.js';
import type { MakeStore } from '../../../src/testing/store-conformance/context.js';
import { valueCodec as codec, type Value } from '../../../src/testing/store-conformance/values.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';

export { batchesUntil, endOf, get, put, remove, takeBatches, upTo, value, type Value } from '../../../src/testing/store-conformance/values.js';

export function valueCodec(): Codec<Value> {
  return codec;
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

/** New stores of each backend that is asked for, for the rules that every store keeps. */
export const makers: { readonly [name: string]: readonly (readonly [Backend['name'], MakeStore])[] } = {
  memory: [
    ['memory', () => {
      const clock = systemClock({ speed: 50 });
      return { store: memory({ checks: 'deep' }), runtime: systemRuntime({ clock, random: keyedRandom(1) }) };
    }],
    ['memory, virtual clock', () => {
      const clock = virtualClock();
      return { store: memory({ checks: 'deep' }), runtime: systemRuntime({ clock, random: keyedRandom(1) }), pass: (ms) => clock.advance(ms) };
    }],
  ],
  'memory-dir': [['memory, folder', () => {
    const [clock, dir] = [systemClock({ speed: 50 }), mkdtempSync(join(tmpdir(), 'setpoint-store-'))];
    return {
      store: memory({ checks: 'deep', dir }), runtime: systemRuntime({ clock, random: keyedRandom(1) }),
      remove: () => { rmSync(dir, { recursive: true, force: true }); return Promise.resolve(); },
    };
  }]],
  etcd: [['etcd', async () => {
    const server = await etcdForTests();
    return { store: etcd(server.endpoints, { checks: 'deep' }), runtime: systemRuntime({ random: keyedRandom(1) }), remove: () => server.stop() };
  }]],
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
