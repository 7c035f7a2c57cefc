import type { Condition, KubeObject, ObjectMeta } from '../core/resource/object.js';
import type { PodTemplateSpec } from './core-v1/pod-object.js';
import type { LabelSelector } from './meta-v1.js';

/** Keeps a number of equal pods. */
export interface ReplicaSet extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec: ReplicaSetSpec;
  readonly status?: ReplicaSetStatus;
}
export interface ReplicaSetSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector: LabelSelector;
  readonly template?: PodTemplateSpec;
}
export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition<'ReplicaFailure'>[];
}

/** Rolls a template out over ReplicaSets. */
export interface Deployment extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec: DeploymentSpec;
  readonly status?: DeploymentStatus;
}
export interface DeploymentSpec {
  readonly replicas?: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly strategy?: DeploymentStrategy;
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly paused?: boolean;
  readonly progressDeadlineSeconds?: number;
}
export interface DeploymentStrategy {
  readonly type?: 'RollingUpdate' | 'Recreate';
  readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
}
export interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly unavailableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly collisionCount?: number;
  readonly conditions?: readonly (Condition<'Available' | 'Progressing' | 'ReplicaFailure'> & { readonly lastUpdateTime?: string | null })[];
}
