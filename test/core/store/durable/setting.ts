import { keyedRandom } from '../../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { virtualClock, type VirtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { durableStore } from '../../../../src/core/store/durable/durable-store.js';
import type { DurableOptions } from '../../../../src/core/store/durable/open-folder.js';
import type { Item, StoreHandle } from '../../../../src/core/store/store.js';
import { valueCodec, type Value } from '../../../conformance/store/backends.js';
import type { FakeDisk } from './fake-disk.js';

export { get, put, remove, value, valueCodec, type Value } from '../../../conformance/store/backends.js';

/** Opens the store on a disk, under a clock of its own that nobody moves. */
export async function openOn(disk: FakeDisk, options: Partial<DurableOptions> = {}, clock: VirtualClock = virtualClock()): Promise<StoreHandle<Value>> {
  const runtime = systemRuntime({ clock, random: keyedRandom(1) });
  return durableStore({ dir: '/store', ...options }, disk).open(valueCodec(), runtime);
}

/** All that a store holds now, for comparison. */
export async function contentOf(store: StoreHandle<Value>): Promise<{ readonly revision: bigint; readonly items: readonly Item<Value>[] }> {
  const { revision, items } = await store.range({ prefix: '' });
  // As plain objects: an item from disk has its value behind a getter.
  return { revision, items: items.map(({ key, value, createRevision, modRevision, version, lease, corrupt }) => ({ key, value, createRevision, modRevision, version, lease, ...(corrupt ? { corrupt } : {}) })) };
}
