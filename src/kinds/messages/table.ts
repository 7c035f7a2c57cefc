import type { JsonSchema } from '../../core/resource/schema.js';
import { appsMessages } from './apps.js';
import { containerMessages } from './container.js';
import { coreMessages } from './core.js';
import { schemaOf } from './message.js';
import { metaMessages } from './meta.js';
import { podMessages } from './pod.js';
import { volumeMessages } from './volume.js';

/** The schema of a built-in kind's fields but apiVersion, kind and metadata. The table is made at the call (T3). */
export function kindSchema(kind: string): JsonSchema {
  return schemaOf([metaMessages(), containerMessages(), volumeMessages(), podMessages(), coreMessages(), appsMessages()].flat(), kind);
}
