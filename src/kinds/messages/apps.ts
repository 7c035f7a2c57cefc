import type { Message } from './message.js';

/** apps/v1, scheduling/v1 and policy/v1 messages. */
export const appsMessages = (): readonly Message[] => [
  { name: 'ReplicaSet', fields: [['spec', 'ReplicaSetSpec', 'r'], ['status', 'ReplicaSetStatus', '']] },
  { name: 'ReplicaSetSpec', fields: [
    ['replicas', 'int32', '', 1],
    ['minReadySeconds', 'int32', ''],
    ['selector', 'LabelSelector', 'r'],
    ['template', 'PodTemplateSpec', 'r'],
  ] },
  { name: 'ReplicaSetStatus', fields: [
    ['replicas', 'int32', '', 0],
    ['fullyLabeledReplicas', 'int32', ''],
    ['readyReplicas', 'int32', ''],
    ['availableReplicas', 'int32', ''],
    ['terminatingReplicas', 'int32', ''],
    ['observedGeneration', 'int64', ''],
    ['conditions', '[]ReplicaSetCondition', '', undefined, 'merge:type', 'map:type'],
  ] },
  { name: 'ReplicaSetCondition', fields: [
    ['type', 'string', 'r'],
    ['status', 'True|False|Unknown', 'r'],
    ['lastTransitionTime', 'Time', ''],
    ['reason', 'string', ''],
    ['message', 'string', ''],
    // Upstream has no such field; the reconcile loop stamps it on every condition (C5), as meta/v1 has it.
    ['observedGeneration', 'int64', ''],
  ] },
  { name: 'Deployment', fields: [['spec', 'DeploymentSpec', 'r'], ['status', 'DeploymentStatus', '']] },
  { name: 'DeploymentSpec', fields: [
    ['replicas', 'int32', '', 1],
    ['selector', 'LabelSelector', 'r'],
    ['template', 'PodTemplateSpec', 'r'],
    ['strategy', 'DeploymentStrategy', '', {}, 'retainKeys'],
    ['minReadySeconds', 'int32', ''],
    ['revisionHistoryLimit', 'int32', '', 10],
    ['paused', 'bool', ''],
    ['progressDeadlineSeconds', 'int32', '', 600],
  ] },
  { name: 'DeploymentStrategy', fields: [['type', 'RollingUpdate|Recreate', '', 'RollingUpdate'], ['rollingUpdate', 'RollingUpdateDeployment', '']] },
  { name: 'RollingUpdateDeployment', fields: [['maxUnavailable', 'IntOrString', ''], ['maxSurge', 'IntOrString', '']] },
  { name: 'DeploymentStatus', fields: [
    ['observedGeneration', 'int64', ''],
    ['replicas', 'int32', ''],
    ['updatedReplicas', 'int32', ''],
    ['readyReplicas', 'int32', ''],
    ['availableReplicas', 'int32', ''],
    ['unavailableReplicas', 'int32', ''],
    ['terminatingReplicas', 'int32', ''],
    ['conditions', '[]DeploymentCondition', '', undefined, 'merge:type', 'map:type'],
    ['collisionCount', 'int32', ''],
  ] },
  { name: 'DeploymentCondition', fields: [
    ['type', 'string', 'r'],
    ['status', 'True|False|Unknown', 'r'],
    ['lastUpdateTime', 'Time', ''],
    ['lastTransitionTime', 'Time', ''],
    ['reason', 'string', ''],
    ['message', 'string', ''],
    ['observedGeneration', 'int64', ''],
  ] },
  { name: 'PriorityClass', fields: [
    ['value', 'int32', 'r'],
    ['globalDefault', 'bool', ''],
    ['description', 'string', ''],
    ['preemptionPolicy', 'PreemptLowerPriority|Never', '', 'PreemptLowerPriority'],
  ] },
];
