// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { daemonSetPlugs, statefulSetPlugs } from '../plugs/templates.js';
import type { PodTemplateSpec } from '../core-v1/pod-object.js';
import type { PersistentVolumeClaimSpec } from '../core-v1/volume.js';
import type { LabelSelector, TemplateMeta } from '../meta-v1.js';
import type { PersistentVolumeClaimStatus } from './core-v1.js';

export interface ControllerRevision extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly data?: { readonly [field: string]: unknown };
  readonly revision: number;
}
export const ControllerRevision: Kind<ControllerRevision> = defineBuiltinKind<ControllerRevision>({
  group: 'apps', version: 'v1', kind: 'ControllerRevision', plural: 'controllerrevisions', namespaced: true, schema: () => kindSchema('apps/v1.ControllerRevision'),
});

export interface DaemonSet extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: DaemonSetSpec;
  readonly status?: DaemonSetStatus;
}
export const DaemonSet: Kind<DaemonSet> = defineBuiltinKind<DaemonSet>({
  group: 'apps', version: 'v1', kind: 'DaemonSet', plural: 'daemonsets', namespaced: true, schema: () => kindSchema('apps/v1.DaemonSet'),
  shortNames: ['ds'], categories: ['all'], statusSubresource: true, hasGeneration: true, plugs: daemonSetPlugs,
});

export interface StatefulSet extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: StatefulSetSpec;
  readonly status?: StatefulSetStatus;
}
export const StatefulSet: Kind<StatefulSet> = defineBuiltinKind<StatefulSet>({
  group: 'apps', version: 'v1', kind: 'StatefulSet', plural: 'statefulsets', namespaced: true, schema: () => kindSchema('apps/v1.StatefulSet'),
  shortNames: ['sts'], categories: ['all'], statusSubresource: true, scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' }, hasGeneration: true, plugs: statefulSetPlugs,
});

export interface DaemonSetCondition {
  readonly type: string;
  readonly status: 'False' | 'True' | 'Unknown';
  readonly lastTransitionTime?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

export interface DaemonSetSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly updateStrategy?: DaemonSetUpdateStrategy;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
}

export interface DaemonSetStatus {
  readonly currentNumberScheduled?: number;
  readonly numberMisscheduled?: number;
  readonly desiredNumberScheduled?: number;
  readonly numberReady?: number;
  readonly observedGeneration?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberUnavailable?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly DaemonSetCondition[];
}

export interface DaemonSetUpdateStrategy {
  readonly type?: 'OnDelete' | 'RollingUpdate';
  readonly rollingUpdate?: RollingUpdateDaemonSet;
}

export interface RollingUpdateDaemonSet {
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
}

export interface RollingUpdateStatefulSetStrategy {
  readonly partition?: number;
  readonly maxUnavailable?: number | string;
}

export interface StatefulSetCondition {
  readonly type: string;
  readonly status: 'False' | 'True' | 'Unknown';
  readonly lastTransitionTime?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

export interface StatefulSetOrdinals {
  readonly start?: number;
}

export interface StatefulSetPersistentVolumeClaimRetentionPolicy {
  readonly whenDeleted?: string;
  readonly whenScaled?: string;
}

export interface StatefulSetSpec {
  readonly replicas?: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly volumeClaimTemplates?: readonly ({ readonly apiVersion?: string; readonly kind?: string; readonly metadata?: TemplateMeta; readonly spec?: PersistentVolumeClaimSpec; readonly status?: PersistentVolumeClaimStatus; })[];
  readonly serviceName?: string;
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly updateStrategy?: StatefulSetUpdateStrategy;
  readonly revisionHistoryLimit?: number;
  readonly minReadySeconds?: number;
  readonly persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy;
  readonly ordinals?: StatefulSetOrdinals;
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly currentReplicas?: number;
  readonly updatedReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly conditions?: readonly StatefulSetCondition[];
  readonly availableReplicas?: number;
}

export interface StatefulSetUpdateStrategy {
  readonly type?: 'OnDelete' | 'RollingUpdate';
  readonly rollingUpdate?: RollingUpdateStatefulSetStrategy;
}
