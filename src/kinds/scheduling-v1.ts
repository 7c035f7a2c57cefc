import type { Kind } from '../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../core/resource/object.js';
import { builtinKind } from './builtin-kind.js';
import { priorityClassStrategy, singleDefault } from './plugs/priority-class.js';

/** A name for a pod priority. */
export interface PriorityClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}

export const PriorityClass: Kind<PriorityClass> = builtinKind<PriorityClass>({
  group: 'scheduling.k8s.io', kind: 'PriorityClass', plural: 'priorityclasses', singular: 'priorityclass', shortNames: ['pc'],
  namespaced: false, plugs: { strategy: priorityClassStrategy, admission: [singleDefault] },
});
