import type { Api } from '../api/api.js';
import type { Runnable, Running } from '../controller/runnable.js';
import type { ElectionOptions } from '../election/election.js';
import type { AnyKind } from '../resource/kind.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Token } from '../runtime/token.js';
import type { App } from './app.js';
import { AppShell } from './app-shell.js';
import type { HealthOptions } from './health.js';

/** What an app stands on. `run()` makes it with inversify; `simulate()` makes it by hand. */
export interface AppPorts {
  readonly api: Api;
  readonly runtime: Runtime;
  readonly services: {
    has(token: Token<unknown>): boolean;
    resolve<T>(token: Token<T>): T;
    resolveAll<T>(token: Token<T>): readonly T[];
  };
  readonly election?: ElectionOptions;
  readonly health?: HealthOptions;
  /** Asks for a stop while the app still starts (R45). */
  readonly signal?: AbortSignal;
  /** Kinds are made known to an api in process before anything starts. */
  serve(kinds: readonly AnyKind[]): Promise<void>;
  /** Ends what belongs to this app alone: api, store, container. */
  dispose(): Promise<void>;
  /** Is told of each part that was started, for those who look on from outside. */
  onStarted?(running: Running): void;
}

/**
 * Starts the parts; resolves when their caches have synced and, without election, work has begun. When it rejects,
 * everything is ended and disposed.
 * @throws ConfigError for names and services, before anything starts (R41, R54); Disposed when it was stopped before
 */
export async function createApp(parts: readonly Runnable[], ports: AppPorts): Promise<App> {
  const app = await shellOf(ports);
  const onAbort = () => { void app.stop({ deadline: 0 }); };
  ports.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await app.begin(parts);
    ports.signal?.throwIfAborted();
    return app;
  } catch (error) {
    await app.stop({ deadline: 0 });
    throw error;
  } finally {
    ports.signal?.removeEventListener('abort', onAbort);
  }
}

async function shellOf(ports: AppPorts): Promise<AppShell> {
  try {
    return new AppShell(ports);
  } catch (error) {
    await ports.dispose();
    throw error;
  }
}
