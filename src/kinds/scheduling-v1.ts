import { defineBuiltinKind } from '../core/resource/builtin-kind.js';
import type { Kind } from '../core/resource/kind.js';
import { kindSchema } from './messages/table.js';
import { priorityClassStrategy, singleDefault } from './plugs/priority-class.js';
import type { PriorityClass as PriorityClassObject } from './priority-class-object.js';

export type * from './priority-class-object.js';

export type PriorityClass = PriorityClassObject;
export const PriorityClass: Kind<PriorityClass> = defineBuiltinKind<PriorityClass>({
  group: 'scheduling.k8s.io', version: 'v1', kind: 'PriorityClass', plural: 'priorityclasses', namespaced: false, schema: () => kindSchema('scheduling/v1.PriorityClass'),
  shortNames: ['pc'],
  plugs: { strategy: priorityClassStrategy, admission: [singleDefault] },
});
