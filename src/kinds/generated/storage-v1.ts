// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { returnsDeletedPlugs } from '../plugs/plain.js';
import { volumeAttributesClassPlugs } from '../plugs/storage.js';
import type { LabelSelector } from '../meta-v1.js';
import type { PersistentVolumeSpec, TopologySelectorTerm } from './core-v1.js';

export interface StorageClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly provisioner: string;
  readonly parameters?: { readonly [key: string]: string };
  readonly reclaimPolicy?: 'Delete' | 'Recycle' | 'Retain';
  readonly mountOptions?: readonly string[];
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowedTopologies?: readonly TopologySelectorTerm[];
}
export const StorageClass: Kind<StorageClass> = defineBuiltinKind<StorageClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'StorageClass', plural: 'storageclasses', namespaced: false, schema: () => kindSchema('storage/v1.StorageClass'),
  shortNames: ['sc'], plugs: returnsDeletedPlugs,
});

export interface CSINode extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: CSINodeSpec;
}
export const CSINode: Kind<CSINode> = defineBuiltinKind<CSINode>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSINode', plural: 'csinodes', namespaced: false, schema: () => kindSchema('storage/v1.CSINode'),
  unconditionalUpdate: false, plugs: returnsDeletedPlugs,
});

export interface CSIDriver extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: CSIDriverSpec;
}
export const CSIDriver: Kind<CSIDriver> = defineBuiltinKind<CSIDriver>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIDriver', plural: 'csidrivers', namespaced: false, schema: () => kindSchema('storage/v1.CSIDriver'),
  unconditionalUpdate: false, plugs: returnsDeletedPlugs,
});

export interface CSIStorageCapacity extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly nodeTopology?: LabelSelector;
  readonly storageClassName: string;
  readonly capacity?: string;
  readonly maximumVolumeSize?: string;
}
export const CSIStorageCapacity: Kind<CSIStorageCapacity> = defineBuiltinKind<CSIStorageCapacity>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIStorageCapacity', plural: 'csistoragecapacities', namespaced: true, schema: () => kindSchema('storage/v1.CSIStorageCapacity'),
  unconditionalUpdate: false,
});

export interface VolumeAttachment extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: VolumeAttachmentSpec;
  readonly status?: VolumeAttachmentStatus;
}
export const VolumeAttachment: Kind<VolumeAttachment> = defineBuiltinKind<VolumeAttachment>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttachment', plural: 'volumeattachments', namespaced: false, schema: () => kindSchema('storage/v1.VolumeAttachment'),
  statusSubresource: true, unconditionalUpdate: false, plugs: returnsDeletedPlugs,
});

export interface VolumeAttributesClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly driverName: string;
  readonly parameters?: { readonly [key: string]: string };
}
export const VolumeAttributesClass: Kind<VolumeAttributesClass> = defineBuiltinKind<VolumeAttributesClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttributesClass', plural: 'volumeattributesclasses', namespaced: false, schema: () => kindSchema('storage/v1.VolumeAttributesClass'),
  shortNames: ['vac'], plugs: volumeAttributesClassPlugs,
});

export interface CSIDriverSpec {
  readonly attachRequired?: boolean;
  readonly podInfoOnMount?: boolean;
  readonly volumeLifecycleModes?: readonly string[];
  readonly storageCapacity?: boolean;
  readonly fsGroupPolicy?: string;
  readonly tokenRequests?: readonly TokenRequest[];
  readonly requiresRepublish?: boolean;
  readonly seLinuxMount?: boolean;
  readonly nodeAllocatableUpdatePeriodSeconds?: number;
  readonly serviceAccountTokenInSecrets?: boolean;
  readonly preventPodSchedulingIfMissing?: boolean;
}

export interface CSINodeDriver {
  readonly name: string;
  readonly nodeID: string;
  readonly topologyKeys?: readonly string[] | null;
  readonly allocatable?: VolumeNodeResources;
}

export interface CSINodeSpec {
  readonly drivers?: readonly CSINodeDriver[] | null;
}

export interface TokenRequest {
  readonly audience: string;
  readonly expirationSeconds?: number;
}

export interface VolumeAttachmentSource {
  readonly persistentVolumeName?: string;
  readonly inlineVolumeSpec?: PersistentVolumeSpec;
}

export interface VolumeAttachmentSpec {
  readonly attacher: string;
  readonly source: VolumeAttachmentSource;
  readonly nodeName: string;
}

export interface VolumeAttachmentStatus {
  readonly attached?: boolean;
  readonly attachmentMetadata?: { readonly [key: string]: string };
  readonly attachError?: VolumeError;
  readonly detachError?: VolumeError;
}

export interface VolumeError {
  readonly time?: string | null;
  readonly message?: string;
  readonly errorCode?: number;
}

export interface VolumeNodeResources {
  readonly count?: number;
}
