import { defineBuiltinKind } from '../core/resource/builtin-kind.js';
import type { Kind } from '../core/resource/kind.js';
import { kindSchema } from './messages/table.js';
import { deploymentStrategy, replicaSetStrategy } from './plugs/workload.js';
import type { ReplicaSet as ReplicaSetObject, Deployment as DeploymentObject } from './apps-v1-objects.js';

export type * from './apps-v1-objects.js';

const scale = { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' };

export type ReplicaSet = ReplicaSetObject;
export const ReplicaSet: Kind<ReplicaSet> = defineBuiltinKind<ReplicaSet>({
  group: 'apps', version: 'v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true, schema: () => kindSchema('apps/v1.ReplicaSet'),
  shortNames: ['rs'], categories: ['all'],
  statusSubresource: true, hasGeneration: true, scale, selectableFields: ['status.replicas'], conditions: ['ReplicaFailure'], plugs: { strategy: replicaSetStrategy },
});

export type Deployment = DeploymentObject;
export const Deployment: Kind<Deployment> = defineBuiltinKind<Deployment>({
  group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true, schema: () => kindSchema('apps/v1.Deployment'),
  shortNames: ['deploy'], categories: ['all'],
  statusSubresource: true, hasGeneration: true, scale, conditions: ['Available', 'Progressing', 'ReplicaFailure'], plugs: { strategy: deploymentStrategy },
});
