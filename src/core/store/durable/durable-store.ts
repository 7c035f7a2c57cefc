import type { Runtime } from '../../runtime/runtime.js';
import type { Store } from '../provider.js';
import type { Codec, StoreHandle } from '../store.js';
import type { DiskPorts } from './file-system.js';
import { DurableHandle } from './handle.js';
import { openFolder, type DurableOptions, type OpenFolder } from './open-folder.js';

/** `memory({ dir })` over these ports. Opened by the first app that asks for it, closed by the last. Rules: S64–S70. */
export function durableStore(options: DurableOptions, ports: DiskPorts): Store {
  const shared = new SharedFolder(options, ports);
  return {
    name: 'memory',
    // One store holds the values of one codec's type; who opens it twice opens it with the same.
    open: <V>(codec: Codec<V>, runtime: Runtime) => (shared as SharedFolder<V>).open(codec, runtime),
  };
}

/** The folder, while anybody has it open. */
class SharedFolder<V> {
  readonly #options: DurableOptions;
  readonly #ports: DiskPorts;
  #handles = 0;
  #opened: Promise<OpenFolder<V>> | undefined;
  /** The last closing. */
  #closed: Promise<void> = Promise.resolve();

  constructor(options: DurableOptions, ports: DiskPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  async open(codec: Codec<V>, runtime: Runtime): Promise<StoreHandle<V>> {
    this.#handles++;
    try {
      const folder = await (this.#opened ??= this.#closed.then(() => openFolder(this.#options, this.#ports, codec, runtime)));
      return new DurableHandle<V>(folder, codec, () => this.#release());
    } catch (error) {
      // The next one who opens it tries again.
      if (--this.#handles === 0) this.#opened = undefined;
      throw error;
    }
  }

  #release(): Promise<void> {
    if (--this.#handles > 0) return Promise.resolve();
    const opened = this.#opened;
    this.#opened = undefined;
    this.#closed = (async () => { await (await opened)?.close(); })();
    return this.#closed;
  }
}
