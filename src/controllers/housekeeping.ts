import type { Runnable } from '../core/index.js';
import { garbageCollectorController } from './garbage-collector/index.js';
import { namespaceController } from './namespace/index.js';

/** What every api in process needs: without them deletions would never complete. */
export function housekeeping(): readonly Runnable[] {
  return [garbageCollectorController(), namespaceController()];
}
