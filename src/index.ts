/**
 * setpoint: write a controller, and run it against a complete API in process.
 *
 * Start with `defineResource` and `t` for a kind, `controller` for its loop, and `run`.
 */
import { housekeeping } from './controllers/housekeeping.js';
import { makeRun } from './core/manager/run.js';

export * from './core/index.js';

/**
 * Runs controllers, schedulers and other parts; resolves when their caches have synced. In memory unless `store` says
 * otherwise. With an API in process the garbage collector and the namespace controller run along, since a deletion
 * that never completes is not an API; `housekeeping: false` leaves them out. Rules: R44, C67, C79.
 *
 * @throws ConfigError for bad options, names and services, before anything starts
 */
export const run = makeRun(housekeeping);
