import { createApi } from '../api/local-api.js';
import { objectCodec } from '../api/codec.js';
import type { Runnable } from '../controller/runnable.js';
import { electionOptions } from '../election/election.js';
import { onStopSignals } from '../runtime/signals.js';
import { memory } from '../store/memory/memory.js';
import type { App } from './app.js';
import { services } from './container.js';
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
    const given = flatten(parts);
    const names = new Set(given.map((part) => part.name));
    const extra = options.housekeeping === false ? [] : flatten(housekeeping()).filter((part) => !names.has(part.name));
    return start([...given, ...extra], options);
  };
}

/** The last argument is the options when it is nothing that can be run. */
export function splitArguments(args: readonly (Runnable | RunOptions)[]): { readonly parts: readonly Runnable[]; readonly options: RunOptions } {
  const last = args[args.length - 1];
  // A Runnable always has a name and options never do; both are checked again where they are used.
  const hasOptions = last !== undefined && !('name' in last) && !('reconcile' in last);
  return { parts: (hasOptions ? args.slice(0, -1) : args) as readonly Runnable[], options: hasOptions ? (last as RunOptions) : {} };
}

async function start(parts: readonly Runnable[], options: RunOptions): Promise<App> {
  const bound = await services({ services: options.services ?? [], modules: options.modules ?? [], log: options.log });
  const store = await (options.store ?? memory()).open(objectCodec(), bound.runtime);
  const api = await createApi({ store, runtime: bound.runtime, ...(options.createNamespaces === undefined ? {} : { createNamespaces: options.createNamespaces }) });
  const dispose = async () => {
    await api[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    await bound.dispose();
  };
  const election = options.election === undefined || options.election === false ? undefined : electionOptions(options.election === true ? { name: 'setpoint' } : options.election, bound.runtime.random);
  for (const kind of options.kinds ?? []) api.serve(kind);
  let app: App;
  try {
    app = await createApp(parts, {
      api, runtime: bound.runtime, services: bound, dispose, ...(election ? { election } : {}),
      serve: (kinds) => { for (const kind of kinds) api.serve(kind); return Promise.resolve(); },
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return attach(app, options);
}

/** What surrounds an app only when asked for: signals and a port for health. */
async function attach(app: App, options: RunOptions): Promise<App> {
  const closers: (() => unknown)[] = [];
  if (options.signals === true) {
    let asked = 0;
    closers.push(onStopSignals(() => { void app.stop(asked++ === 0 ? {} : { deadline: 0 }); }));
  }
  if (options.http) {
    const server = await healthServer(app, options.http.port);
    closers.push(() => server.close());
  }
  void app.closed.then(async () => { for (const close of closers) await close(); });
  return app;
}
