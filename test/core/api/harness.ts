import { createApi, type LocalApi, type LocalApiOptions } from '../../../src/core/api/local-api.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import type { WatchEvent } from '../../../src/core/api/api.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { defineBuiltinKind } from '../../../src/core/resource/builtin-kind.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom, type Random } from '../../../src/core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory, type MemoryOptions } from '../../../src/core/store/memory/memory.js';
import type { Store } from '../../../src/core/store/provider.js';
import type { StoreHandle } from '../../../src/core/store/store.js';

/** An api over its own store, on a clock that stands still until it is told. */
export interface World extends AsyncDisposable {
  readonly api: LocalApi;
  readonly store: StoreHandle<KubeObject>;
  readonly clock: VirtualClock;
  /** What keys begin with. */
  readonly prefix: string;
  /** The store's revision, as anybody sees it. */
  revision(): Promise<bigint>;
  /** Another process on the same store: it remembers nothing of what this one saw. */
  reopen(): Promise<World>;
  /** Lets everything run until `done`; fails when that takes too many turns. */
  until(done: () => boolean): Promise<void>;
}

export interface WorldOptions extends Partial<Omit<LocalApiOptions, 'store' | 'runtime'>> {
  readonly memory?: MemoryOptions;
  readonly seed?: number;
  readonly random?: Random;
  /** Where it is given the api works over this store. */
  readonly provider?: Store | undefined;
}

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const { memory: memoryOptions, seed = 1, random = keyedRandom(seed), provider = memory(memoryOptions), ...rest } = options;
  const clock = virtualClock();
  const runtime = { clock, random, log: silent };
  const store = await provider.open(objectCodec(), runtime);
  const prefix = rest.prefix ?? provider.prefix ?? '/registry';
  const api = createApi({ store, runtime, ...rest, prefix });
  return {
    api, store, clock, prefix,
    revision: async () => (await store.range({ prefix: `${prefix}/`, countOnly: true })).revision,
    reopen: () => openWorld({ ...options, provider }),
    async until(done) {
      for (let turn = 0; !done(); turn++) {
        if (turn > 200_000) throw new Error('what was waited for did not come');
        await clock.quiet();
      }
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** As the built-in one, with what these tests need of it. */
export const ConfigMap = defineBuiltinKind<KubeObject & { readonly data?: { readonly [key: string]: string } }>({
  group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true,
  schema: { type: 'object', properties: { data: { type: 'object', additionalProperties: { type: 'string' } }, immutable: { type: 'boolean' } } },
});

/** A custom kind with a status subresource and defaults. */
export const Widget = defineResource({
  group: 'demo.example.com', version: 'v1', kind: 'Widget',
  spec: t.Object({ size: t.Integer({ minimum: 0, default: 1 }), color: t.Optional(t.String()), parts: t.Optional(t.ListMap('name', t.Object({ name: t.String(), count: t.Optional(t.Integer()) }))) }),
  status: t.Object({ ready: t.Optional(t.Boolean()) }),
});

export function configMap(name: string, data?: { readonly [key: string]: string }, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata }, ...(data ? { data } : {}) };
}

export function widget(name: string, spec: object = {}, metadata: object = {}) {
  return { apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default', ...metadata }, spec };
}

export const here = (name?: string) => ({ namespace: 'default', name });

/** What a watch has sent so far; it reads as fast as it can. */
export function collect(watch: AsyncIterable<readonly WatchEvent[]>): { readonly events: WatchEvent[]; readonly batches: (readonly WatchEvent[])[]; readonly ended: Promise<void>; stop(): Promise<void> } {
  const iterator = watch[Symbol.asyncIterator]();
  const events: WatchEvent[] = [];
  const batches: (readonly WatchEvent[])[] = [];
  const ended = (async () => {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      batches.push(value);
      events.push(...value);
    }
  })();
  return { events, batches, ended, stop: async () => { await iterator.return?.(); await ended; } };
}

/** `ADDED a@5`, to compare at a glance. */
export function shown(event: WatchEvent): string {
  switch (event.type) {
    case 'BOOKMARK': return `BOOKMARK@${event.resourceVersion}${event.initialEventsEnd ? ' end' : ''}`;
    case 'ERROR': return `ERROR ${String(event.status.code)} ${event.status.reason}: ${event.status.message}`;
    default: return `${event.type} ${event.object.metadata.name}@${event.resourceVersion}`;
  }
}

/** The Status of the error that a promise rejects with. */
export async function refusal(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (error) {
    const { status } = error as { readonly status?: { readonly code: number; readonly reason: string; readonly message: string; readonly details?: { readonly causes?: readonly { readonly reason: string; readonly field?: string; readonly message: string }[]; readonly retryAfterSeconds?: number } } };
    if (status) return status;
    throw error;
  }
  throw new Error('it was not refused');
}
