import type { Api } from '../api/api.js';
import type { Running } from '../controller/runnable.js';
import type { ElectionOptions } from '../election/election.js';
import type { AnyKind } from '../resource/kind.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Token } from '../runtime/token.js';
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
