import { defineBuiltinKind } from '../core/resource/builtin-kind.js';
import type { Kind } from '../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../core/resource/object.js';
import { kindSchema } from './messages/table.js';
import { priorityClassStrategy, singleDefault } from './plugs/priority-class.js';

/** A name for a pod priority. */
export interface PriorityClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}

export const PriorityClass: Kind<PriorityClass> = defineBuiltinKind<PriorityClass>({
  group: 'scheduling.k8s.io', version: 'v1', kind: 'PriorityClass', plural: 'priorityclasses', namespaced: false, schema: () => kindSchema('PriorityClass'),
  shortNames: ['pc'],
  plugs: { strategy: priorityClassStrategy, admission: [singleDefault] },
});
