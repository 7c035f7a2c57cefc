import type { types } from '../runtime/brand.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Codec, StoreHandle } from './store.js';

/**
 * A store as an option of `run()`: `memory()`, `etcd(…)`, or one of your own. Opened once per app; a `memory()` value
 * given to two apps is one store that both use (two masters).
 */
export interface Store {
  readonly [types]?: 'Store';
  readonly name: string;
  /** What the keys of all objects begin with, when it is not the api's own default (A123). */
  readonly prefix?: string;
  open<V>(codec: Codec<V>, runtime: Runtime): Promise<StoreHandle<V>>;
}
