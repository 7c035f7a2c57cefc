import type { Runnable } from '../controller/runnable.js';
import type { App } from './app.js';
import type { AppPorts } from './app-ports.js';
import { AppShell } from './app-shell.js';

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
