import type { Message } from './message.js';

/** core/v1 messages but those of pods. */
export const coreMessages = (): readonly Message[] => [
  { name: 'Node', fields: [['spec', 'NodeSpec', '', {}], ['status', 'NodeStatus', '']] },
  { name: 'NodeSpec', fields: [
    ['podCIDR', 'string', ''],
    ['podCIDRs', '[]string', '', undefined, 'merge', 'set'],
    ['providerID', 'string', ''],
    ['unschedulable', 'bool', ''],
    ['taints', '[]Taint', ''],
  ] },
  { name: 'Taint', fields: [['key', 'string', 'r'], ['value', 'string', ''], ['effect', 'NoSchedule|PreferNoSchedule|NoExecute', 'r'], ['timeAdded', 'Time', '']] },
  { name: 'NodeStatus', fields: [
    ['capacity', '{}Quantity', ''],
    ['allocatable', '{}Quantity', ''],
    ['phase', 'string', ''],
    ['conditions', '[]NodeCondition', '', undefined, 'merge:type', 'map:type'],
    ['addresses', '[]NodeAddress', '', undefined, 'merge:type', 'map:type'],
    ['daemonEndpoints', 'NodeDaemonEndpoints', ''],
    ['nodeInfo', 'NodeSystemInfo', ''],
    ['images', '[]ContainerImage', ''],
    ['volumesInUse', '[]string', ''],
    ['volumesAttached', '[]AttachedVolume', ''],
  ] },
  { name: 'NodeCondition', fields: [
    ['type', 'string', 'r'],
    ['status', 'True|False|Unknown', 'r'],
    ['lastHeartbeatTime', 'Time', ''],
    ['lastTransitionTime', 'Time', ''],
    ['reason', 'string', ''],
    ['message', 'string', ''],
  ] },
  { name: 'NodeAddress', fields: [['type', 'string', 'r'], ['address', 'string', 'r']] },
  { name: 'NodeDaemonEndpoints', fields: [['kubeletEndpoint', 'DaemonEndpoint', '']] },
  { name: 'DaemonEndpoint', fields: [['Port', 'int32', 'r']] },
  { name: 'NodeSystemInfo', fields: [
    ['machineID', 'string', 'r'],
    ['systemUUID', 'string', 'r'],
    ['bootID', 'string', 'r'],
    ['kernelVersion', 'string', 'r'],
    ['osImage', 'string', 'r'],
    ['containerRuntimeVersion', 'string', 'r'],
    ['kubeletVersion', 'string', 'r'],
    ['kubeProxyVersion', 'string', ''],
    ['operatingSystem', 'string', 'r'],
    ['architecture', 'string', 'r'],
  ] },
  { name: 'ContainerImage', fields: [['names', '[]string', ''], ['sizeBytes', 'int64', '']] },
  { name: 'AttachedVolume', fields: [['name', 'string', 'r'], ['devicePath', 'string', 'r']] },

  { name: 'ConfigMap', fields: [['immutable', 'bool', ''], ['data', '{}string', ''], ['binaryData', '{}Bytes', '']] },
  { name: 'Secret', fields: [['immutable', 'bool', ''], ['data', '{}Bytes', ''], ['stringData', '{}string', ''], ['type', 'string', '', 'Opaque']] },
  { name: 'ServiceAccount', fields: [
    ['secrets', '[]ObjectReference', '', undefined, 'merge:name', 'map:name'],
    ['imagePullSecrets', '[]LocalObjectReference', ''],
    ['automountServiceAccountToken', 'bool', ''],
  ] },
];
