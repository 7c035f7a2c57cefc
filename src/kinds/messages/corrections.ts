import type { JsonSchema } from '../../core/resource/schema.js';

/** What the Go types do not say of a message, because upstream has it in code. */
export interface Correction {
  /** Fields that a validation asks for. */
  readonly required?: readonly string[];
  /** Fields without `omitempty` that may be left out all the same. */
  readonly optional?: readonly string[];
  readonly defaults?: { readonly [field: string]: unknown };
  /** Enumerations that have no marker. */
  readonly enums?: { readonly [field: string]: readonly string[] };
  /** Enumerations that nothing checks. */
  readonly open?: readonly string[];
  /** Fields that upstream does not have. */
  readonly more?: { readonly [field: string]: JsonSchema };
}

const volumeMode = { defaults: { defaultMode: 0o644 } };
// Upstream has no such field; the reconcile loop stamps it on every condition (C5), as meta/v1 has it.
const stamped = { more: { observedGeneration: { type: 'integer', format: 'int64' } } } as const;

/** By the message's full name. What depends on other fields is the business of a kind's strategy. Rules: T9, T10 */
export const corrections: { readonly [message: string]: Correction } = {
  'core/v1.ConfigMapVolumeSource': volumeMode,
  'core/v1.ContainerResizePolicy': { enums: { restartPolicy: ['NotRequired', 'RestartContainer'] } },
  'core/v1.ContainerRestartRule': { optional: ['action'] },
  'core/v1.ContainerRestartRuleOnExitCodes': { optional: ['operator'], enums: { operator: ['In', 'NotIn'] } },
  'core/v1.ContainerStatus': { open: ['stopSignal'] },
  'core/v1.DaemonEndpoint': { optional: ['Port'] },
  'core/v1.DownwardAPIVolumeSource': volumeMode,
  'core/v1.HTTPGetAction': { defaults: { path: '/', scheme: 'HTTP' } },
  'core/v1.HostPathVolumeSource': { defaults: { type: '' } },
  'core/v1.ISCSIVolumeSource': { optional: ['lun'] },
  'core/v1.LinuxContainerUser': { optional: ['gid', 'uid'] },
  'core/v1.Node': { defaults: { spec: {} } },
  'core/v1.NodeStatus': { open: ['phase'] },
  'core/v1.NodeSystemInfo': {
    optional: ['machineID', 'systemUUID', 'bootID', 'kernelVersion', 'osImage', 'containerRuntimeVersion', 'kubeletVersion', 'kubeProxyVersion', 'operatingSystem', 'architecture'],
  },
  'core/v1.ObjectFieldSelector': { defaults: { apiVersion: 'v1' } },
  // Inside a template it may say what it is.
  'core/v1.PersistentVolumeClaim': { more: { apiVersion: { type: 'string' }, kind: { type: 'string' } } },
  'core/v1.PersistentVolumeClaimSpec': { defaults: { volumeMode: 'Filesystem' } },
  'core/v1.Pod': { required: ['spec'] },
  'core/v1.PodSecurityContext': { enums: { seLinuxChangePolicy: ['MountOption', 'Recursive'] } },
  'core/v1.PodSpec': {
    enums: { restartPolicy: ['Always', 'OnFailure', 'Never'], dnsPolicy: ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] },
    defaults: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler' },
  },
  'core/v1.PodTemplateSpec': { required: ['spec'] },
  'core/v1.Probe': { defaults: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } },
  'core/v1.ProjectedVolumeSource': volumeMode,
  'core/v1.Secret': { defaults: { type: 'Opaque' } },
  'core/v1.SecretVolumeSource': volumeMode,
  'core/v1.ServiceAccountTokenProjection': { defaults: { expirationSeconds: 3600 } },
  'core/v1.Taint': { open: ['effect'] },
  'core/v1.Toleration': { enums: { operator: ['Equal', 'Exists'], effect: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] } },
  'core/v1.VolumeMount': { enums: { recursiveReadOnly: ['Disabled', 'Enabled', 'IfPossible'] } },
  'core/v1.Container': { defaults: { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' } },
  'core/v1.EndpointPort': { defaults: { protocol: 'TCP' } },
  'core/v1.LimitRangeSpec': { optional: ['limits'] },
  'core/v1.PersistentVolumeClaimStatus': { defaults: { phase: 'Pending' } },
  'core/v1.PersistentVolumeStatus': { defaults: { phase: 'Pending' } },
  'core/v1.PersistentVolumeSpec': { defaults: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  'core/v1.ReplicationControllerSpec': { required: ['template', 'selector'], defaults: { replicas: 1 } },
  'admissionregistration/v1.MutatingWebhook': { defaults: { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10, reinvocationPolicy: 'Never' } },
  'admissionregistration/v1.RuleWithOperations': { defaults: { scope: '*' } },
  'admissionregistration/v1.ServiceReference': { defaults: { port: 443 } },
  'admissionregistration/v1.ValidatingWebhook': { defaults: { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 } },
  'apps/v1.DaemonSetSpec': { defaults: { revisionHistoryLimit: 10 } },
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy': { defaults: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
  'apps/v1.StatefulSetSpec': { optional: ['serviceName'], defaults: { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', persistentVolumeClaimRetentionPolicy: {} } },
  'autoscaling/v2.HorizontalPodAutoscalerSpec': { defaults: { minReplicas: 1 } },
  'batch/v1.CronJobSpec': { defaults: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 } },
  'discovery/v1.EndpointPort': { defaults: { name: '', protocol: 'TCP' } },
  'flowcontrol/v1.FlowSchemaSpec': { optional: ['matchingPrecedence'], defaults: { matchingPrecedence: 1000 } },
  'flowcontrol/v1.LimitedPriorityLevelConfiguration': { defaults: { lendablePercent: 0, nominalConcurrencyShares: 30 } },
  'networking/v1.NetworkPolicyPort': { defaults: { protocol: 'TCP' } },
  'storage/v1.CSIDriverSpec': {
    defaults: { attachRequired: true, podInfoOnMount: false, requiresRepublish: false, storageCapacity: false, seLinuxMount: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', volumeLifecycleModes: ['Persistent'] },
  },
  'storage/v1.CSINodeSpec': { optional: ['drivers'] },
  'storage/v1.StorageClass': { defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  'apps/v1.Deployment': { required: ['spec'] },
  'apps/v1.DeploymentCondition': stamped,
  'apps/v1.DeploymentSpec': { defaults: { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } },
  'apps/v1.DeploymentStrategy': { open: ['type'], defaults: { type: 'RollingUpdate' } },
  'apps/v1.ReplicaSet': { required: ['spec'] },
  'apps/v1.ReplicaSetCondition': stamped,
  'apps/v1.ReplicaSetSpec': { required: ['template'], defaults: { replicas: 1 } },
  'apps/v1.ReplicaSetStatus': { optional: ['replicas'] },
  'scheduling/v1.PriorityClass': { required: ['value'], defaults: { preemptionPolicy: 'PreemptLowerPriority' } },
};
