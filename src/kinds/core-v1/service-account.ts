import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import type { LocalObjectReference, ObjectReference } from '../meta-v1.js';

/** Who a pod is when it talks to the api. */
export interface ServiceAccount extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly secrets?: readonly ObjectReference[];
  readonly imagePullSecrets?: readonly LocalObjectReference[];
  readonly automountServiceAccountToken?: boolean;
}

export const ServiceAccount: Kind<ServiceAccount> = defineBuiltinKind<ServiceAccount>({
  group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true, schema: () => kindSchema('core/v1.ServiceAccount'),
  shortNames: ['sa'], plugs: { strategy: { returnsDeleted: true } },
});
