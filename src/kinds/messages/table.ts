import type { JsonSchema } from '../../core/resource/schema.js';
import { Facts } from './facts.js';
import { schemaOf } from './message-schema.js';

/** The schema of a built-in kind's fields but apiVersion, kind and metadata, by its message: `apps/v1.Deployment`. The table is read at the call (T3). */
export function kindSchema(message: string): JsonSchema {
  return schemaOf(new Facts(), message);
}
