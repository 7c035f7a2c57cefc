import type { Message } from './message.js';

/** meta/v1 messages that other messages contain. A kind's own metadata belongs to the api, not to this table. */
export const metaMessages = (): readonly Message[] => [
  { name: 'ObjectMeta', fields: [
    ['name', 'string', ''],
    ['generateName', 'string', ''],
    ['namespace', 'string', ''],
    ['uid', 'string', ''],
    ['resourceVersion', 'string', ''],
    ['generation', 'int64', ''],
    ['creationTimestamp', 'Time', ''],
    ['deletionTimestamp', 'Time', ''],
    ['deletionGracePeriodSeconds', 'int64', ''],
    ['labels', '{}string', ''],
    ['annotations', '{}string', ''],
    ['ownerReferences', '[]OwnerReference', '', undefined, 'merge:uid', 'map:uid'],
    ['finalizers', '[]string', '', undefined, 'merge', 'set'],
  ] },
  { name: 'OwnerReference', atomic: true, fields: [
    ['apiVersion', 'string', 'r'],
    ['kind', 'string', 'r'],
    ['name', 'string', 'r'],
    ['uid', 'string', 'r'],
    ['controller', 'bool', ''],
    ['blockOwnerDeletion', 'bool', ''],
  ] },
  { name: 'LabelSelector', atomic: true, fields: [
    ['matchLabels', '{}string', ''],
    ['matchExpressions', '[]LabelSelectorRequirement', ''],
  ] },
  { name: 'LabelSelectorRequirement', fields: [
    ['key', 'string', 'r'],
    ['operator', 'string', 'r'],
    ['values', '[]string', ''],
  ] },
  { name: 'Condition', fields: [
    ['type', 'string', 'r'],
    ['status', 'True|False|Unknown', 'r'],
    ['observedGeneration', 'int64', ''],
    ['lastTransitionTime', 'Time', 'r'],
    ['reason', 'string', 'r'],
    ['message', 'string', 'r'],
  ] },
  { name: 'LocalObjectReference', atomic: true, fields: [['name', 'string', '', '']] },
  { name: 'ObjectReference', atomic: true, fields: [
    ['kind', 'string', ''],
    ['namespace', 'string', ''],
    ['name', 'string', ''],
    ['uid', 'string', ''],
    ['apiVersion', 'string', ''],
    ['resourceVersion', 'string', ''],
    ['fieldPath', 'string', ''],
  ] },
];
