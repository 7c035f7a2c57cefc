import { createApi } from '../api/local-api.js';
import { objectCodec } from '../api/codec.js';
import type { Runnable } from '../controller/runnable.js';
import { electionOptions } from '../election/election.js';
import { onStopSignals } from '../runtime/signals.js';
import { memory } from '../store/memory/memory.js';
import type { App } from './app.js';
import { services, type Services } from './container.js';
import type { AppPorts } from './app-ports.js';
import { createApp } from './create-app.js';
import { healthServer } from './health-server.js';
import { flatten } from './parts.js';
import { checkRunOptions, type RunOptions } from './run-options.js';

/** `run(...parts)`, or `run(...parts, options)`. */
export interface Run {
  (...parts: readonly Runnable[]): Promise<App>;
  (...args: readonly [...parts: Runnable[], options: RunOptions]): Promise<App>;
}

/** `run` with parts that every api in process needs besides the user's; one of the same name replaces it. */
export function makeRun(housekeeping: () => readonly Runnable[]): Run {
  return async (...args: readonly (Runnable | RunOptions)[]) => {
    const { parts, options } = splitArguments(args);
    checkRunOptions(options);
    const names = new Set(flatten(parts).map((part) => part.name));
    const extra = options.housekeeping === false ? [] : flatten(housekeeping()).filter((part) => !names.has(part.name));
    return start([...parts, ...extra], options);
  };
}

/** The last argument is the options when it is nothing that can be run. */
export function splitArguments(args: readonly (Runnable | RunOptions)[]): { readonly parts: readonly Runnable[]; readonly options: RunOptions } {
  const last = args[args.length - 1];
  // A Runnable always has a name and options never do; both are checked again where they are used.
  const hasOptions = last !== undefined && !('name' in last) && !('reconcile' in last);
  return { parts: (hasOptions ? args.slice(0, -1) : args) as readonly Runnable[], options: hasOptions ? (last) : {} };
}

/** Whatever fails, what was opened before it is closed again (B89). */
async function start(parts: readonly Runnable[], options: RunOptions): Promise<App> {
  const stops = options.signals === true ? stopSignals() : undefined;
  try {
    const app = await createApp(parts, await open(options, stops?.early));
    stops?.attach(app);
    void app.closed.then(() => stops?.close(), () => stops?.close());
    return options.http ? await withHealthServer(app, options.http.port) : app;
  } catch (error) {
    stops?.close();
    throw error;
  }
}

/** What the app stands on; `dispose` closes it. */
async function open(options: RunOptions, signal: AbortSignal | undefined): Promise<AppPorts> {
  const closers: (() => PromiseLike<void>)[] = [];
  const dispose = async () => { for (const close of closers.splice(0).reverse()) await close(); };
  try {
    const bound = await services({ services: options.services ?? [], modules: options.modules ?? [], log: options.log });
    closers.push(() => bound.dispose());
    const election = electionOf(options, bound);
    const provider = options.store ?? memory();
    const store = await provider.open(objectCodec(options.readProtobuf), bound.runtime);
    closers.push(() => store[Symbol.asyncDispose]());
    const api = createApi({ store, runtime: bound.runtime, ...(provider.prefix === undefined ? {} : { prefix: provider.prefix }), ...(options.createNamespaces === undefined ? {} : { createNamespaces: options.createNamespaces }) });
    closers.push(() => api[Symbol.asyncDispose]());
    for (const kind of options.kinds ?? []) api.serve(kind);
    return {
      api, runtime: bound.runtime, services: bound, dispose,
      ...(election ? { election } : {}), ...(options.health ? { health: options.health } : {}), ...(signal ? { signal } : {}),
      serve: (kinds) => { for (const kind of kinds) api.serve(kind); return Promise.resolve(); },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function electionOf({ election }: RunOptions, { runtime }: Services): AppPorts['election'] {
  return election === undefined || election === false ? undefined : electionOptions(election === true ? { name: 'setpoint' } : election, runtime.random);
}

/** The first signal stops in order, also during the start; a second one is in a hurry (R44). */
function stopSignals() {
  const early = new AbortController();
  let app: App | undefined;
  let asked = 0;
  const close = onStopSignals((signal) => {
    early.abort(new Error(`stopped by ${signal}`));
    void app?.stop(asked++ === 0 ? {} : { deadline: 0 });
  });
  return { early: early.signal, close, attach: (started: App) => { app = started; } };
}

async function withHealthServer(app: App, port: number): Promise<App> {
  try {
    const server = await healthServer(app, port);
    void app.closed.then(() => server.close(), () => server.close());
    return app;
  } catch (error) {
    await app.stop({ deadline: 0 });
    throw error;
  }
}
