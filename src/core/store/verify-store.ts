import { systemRuntime, type Runtime } from '../runtime/runtime.js';
import { bytesCodec } from './bytes-codec.js';
import { NoMembers } from './errors.js';
import type { Store } from './provider.js';
import type { Verification } from './store.js';

/**
 * Asks every member of a store's cluster, by its endpoints, for a hash of all that it holds at one revision.
 * @throws NoMembers for a store of one copy; Unavailable when the members' compactions differed each time; or what
 * opening the store throws. Rule: S87.
 */
export async function verifyStore(store: Store, options: { readonly signal?: AbortSignal; readonly runtime?: Runtime } = {}): Promise<Verification> {
  const handle = await store.open(bytesCodec, options.runtime ?? systemRuntime());
  try {
    if (!handle.verify) throw new NoMembers(store.name);
    return await handle.verify(options.signal);
  } finally {
    await handle[Symbol.asyncDispose]();
  }
}
