import type { Api, Written } from '../../../src/core/api/api.js';
import { createApi } from '../../../src/core/api/local-api.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import type { Runnable } from '../../../src/core/controller/runnable.js';
import type { App } from '../../../src/core/manager/app.js';
import { createApp } from '../../../src/core/manager/create-app.js';
import { sleep } from '../../../src/core/runtime/clock.js';
import { UnknownOutcome } from '../../../src/core/runtime/errors.js';
import type { Logger } from '../../../src/core/runtime/logger.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';

/** What goes wrong on the way; changed while the app runs. */
export interface Network {
  /** Answers of writes are late by so many milliseconds. */
  answersMs: number;
  /** Events are late by so many milliseconds. */
  eventsMs: number;
  /** So many of the next writes are done, and their answers lost. */
  loseAnswers: number;
  /** Requests that were made: `patch Site`. */
  readonly requests: string[];
}

export interface RemoteWorld extends AsyncDisposable {
  readonly app: App;
  readonly api: Api;
  readonly clock: VirtualClock;
  readonly network: Network;
}

/** An app whose api is far away: the same controllers must do there. */
export async function remoteWorld(parts: readonly Runnable[], o: { readonly log?: Logger } = {}): Promise<RemoteWorld> {
  const clock = virtualClock();
  const runtime = { clock, random: keyedRandom(1), log: o.log ?? silent };
  const store = await memory().open(objectCodec(), runtime);
  const api = createApi({ store, runtime });
  const network: Network = { answersMs: 0, eventsMs: 0, loseAnswers: 0, requests: [] };
  const app = await createApp(parts, {
    api: far(api, clock, network), runtime,
    services: { has: () => false, resolve: () => { throw new Error('no services'); }, resolveAll: () => [] },
    serve: (kinds) => { for (const kind of kinds) api.serve(kind); return Promise.resolve(); },
    dispose: async () => { await api[Symbol.asyncDispose](); await store[Symbol.asyncDispose](); },
  });
  return {
    app, api, clock, network,
    async [Symbol.asyncDispose]() {
      let isDone = false;
      const stopping = app.stop().finally(() => { isDone = true; });
      while (!isDone) { await clock.quiet(); await clock.step(); }
      await stopping;
    },
  };
}

function far(api: Api, clock: VirtualClock, network: Network): Api {
  const write = async (what: string, send: () => Promise<Written>): Promise<Written> => {
    network.requests.push(what);
    const isLost = network.loseAnswers > 0;
    if (isLost) network.loseAnswers--;
    const written = await send();
    if (network.answersMs > 0) await sleep(clock, network.answersMs);
    if (isLost) throw new UnknownOutcome(what);
    return written;
  };
  return {
    kinds$: api.kinds$, fencing: api.fencing,
    get: (kind, at, p) => { network.requests.push(`get ${kind.kind}`); return api.get(kind, at, p); },
    list: (kind, at, p) => { network.requests.push(`list ${kind.kind}`); return api.list(kind, at, p); },
    async *watch(kind, at, p) {
      network.requests.push(`watch ${kind.kind}`);
      for await (const events of api.watch(kind, at, p)) {
        if (network.eventsMs > 0) await sleep(clock, network.eventsMs, p?.signal);
        yield events;
      }
    },
    create: (kind, at, object, p) => write(`create ${kind.kind}`, () => api.create(kind, at, object, p)),
    update: (kind, at, object, p) => write(`update ${kind.kind}`, () => api.update(kind, at, object, p)),
    patch: (kind, at, patch, p) => write(`${patch.type === 'apply' ? 'apply' : 'patch'} ${kind.kind}`, () => api.patch(kind, at, patch, p)),
    delete: (kind, at, p) => write(`delete ${kind.kind}`, () => api.delete(kind, at, p)),
    deleteCollection: (kind, at, p) => api.deleteCollection(kind, at, p),
  };
}
