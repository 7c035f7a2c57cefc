// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { bindingPlugs } from '../plugs/plain.js';
import type { LabelSelector } from '../meta-v1.js';

export interface ClusterRole extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: AggregationRule;
}
export const ClusterRole: Kind<ClusterRole> = defineBuiltinKind<ClusterRole>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false, schema: () => kindSchema('rbac/v1.ClusterRole'),
  createOnUpdate: true, nameRule: 'pathSegment',
});

export interface ClusterRoleBinding extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly subjects?: readonly RbacSubject[];
  readonly roleRef: RoleRef;
}
export const ClusterRoleBinding: Kind<ClusterRoleBinding> = defineBuiltinKind<ClusterRoleBinding>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false, schema: () => kindSchema('rbac/v1.ClusterRoleBinding'),
  createOnUpdate: true, nameRule: 'pathSegment', plugs: bindingPlugs,
});

export interface Role extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly rules?: readonly PolicyRule[] | null;
}
export const Role: Kind<Role> = defineBuiltinKind<Role>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role', plural: 'roles', namespaced: true, schema: () => kindSchema('rbac/v1.Role'),
  createOnUpdate: true, nameRule: 'pathSegment',
});

export interface RoleBinding extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly subjects?: readonly RbacSubject[];
  readonly roleRef: RoleRef;
}
export const RoleBinding: Kind<RoleBinding> = defineBuiltinKind<RoleBinding>({
  group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'RoleBinding', plural: 'rolebindings', namespaced: true, schema: () => kindSchema('rbac/v1.RoleBinding'),
  createOnUpdate: true, nameRule: 'pathSegment', plugs: bindingPlugs,
});

export interface AggregationRule {
  readonly clusterRoleSelectors?: readonly LabelSelector[];
}

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface RoleRef {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

export interface RbacSubject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}
