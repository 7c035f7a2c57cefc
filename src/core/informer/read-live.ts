import type { ClientSettings } from '../client/client.js';
import type { AnyKind } from '../resource/kind.js';
import { splitKey, type Key, type ResourceVersion } from '../resource/object.js';

/**
 * What the api holds under a key now. A list of one name, because its answer bears a version for an absence as well,
 * which a 404 does not. Without a key: the newest version of the kind. Rule: I39.
 */
export async function readLive(settings: ClientSettings, kind: AnyKind, key: Key | undefined): Promise<{ readonly rv: ResourceVersion; readonly absent: boolean }> {
  const signal = settings.signal;
  if (key === undefined) {
    const { resourceVersion } = await settings.api.list(kind, {}, { limit: 1, signal });
    return { rv: resourceVersion, absent: false };
  }
  const { namespace, name } = splitKey(key);
  const { items, resourceVersion } = await settings.api.list(kind, { namespace }, { fieldSelector: `metadata.name=${name}`, signal });
  const found = items[0];
  return found ? { rv: found.metadata.resourceVersion, absent: false } : { rv: resourceVersion, absent: true };
}
