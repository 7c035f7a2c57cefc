import type { KubeObject, ObjectMeta } from '../core/resource/object.js';

/** A name for a pod priority. */
export interface PriorityClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}
