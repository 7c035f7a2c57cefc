import type { Ref } from '../../resource/object.js';

/** A value of a trigger: a key, or a key with wishes. `after` is in milliseconds. */
export interface TriggerValue {
  readonly key: Ref;
  readonly after?: number;
  readonly priority?: number;
  readonly reason?: string;
}
