/**
 * The built-in kinds: each name is a handle for the verbs of a client and the type of its objects.
 *
 * @example
 * const pods: readonly Pod[] = await client.list(Pod, { namespace: 'web' });
 */
export type { LabelSelector, LabelSelectorRequirement, LocalObjectReference, ObjectReference, ResourceList, TemplateMeta } from './meta-v1.js';
export * from './core-v1/container.js';
export * from './core-v1/volume.js';
export * from './core-v1/placement.js';
export * from './core-v1/pod.js';
export * from './core-v1/node.js';
export * from './core-v1/config-map.js';
export * from './core-v1/secret.js';
export * from './core-v1/service-account.js';
export * from './core-v1/binding.js';
export * from './apps-v1.js';
export * from './scheduling-v1.js';
export * from './generated/index.js';
export { protobufCodec, type ProtobufCodec } from './messages/protobuf.js';
export { CustomResourceDefinition } from '../core/resource/custom-resource-definition.js';
export { Event } from '../core/resource/event.js';
export { Lease } from '../core/resource/lease.js';
export { Namespace } from '../core/resource/namespace.js';
