import type { LabelSelector, LocalObjectReference, ResourceList, TemplateMeta } from '../meta-v1.js';
import type { ObjectFieldSelector, ResourceFieldSelector } from './container.js';

/** A name, and exactly one source. */
export interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
  readonly secret?: { readonly secretName?: string; readonly items?: readonly KeyToPath[]; readonly defaultMode?: number; readonly optional?: boolean };
  readonly nfs?: { readonly server: string; readonly path: string; readonly readOnly?: boolean };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly downwardAPI?: { readonly items?: readonly DownwardApiFile[]; readonly defaultMode?: number };
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly defaultMode?: number; readonly optional?: boolean };
  readonly projected?: { readonly sources?: readonly VolumeProjection[]; readonly defaultMode?: number };
  readonly csi?: { readonly driver: string; readonly readOnly?: boolean; readonly fsType?: string; readonly volumeAttributes?: { readonly [name: string]: string }; readonly nodePublishSecretRef?: LocalObjectReference };
  readonly ephemeral?: { readonly volumeClaimTemplate?: { readonly metadata?: TemplateMeta; readonly spec: PersistentVolumeClaimSpec } };
  readonly image?: { readonly reference?: string; readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' };
}
export interface KeyToPath { readonly key: string; readonly path: string; readonly mode?: number }
export interface DownwardApiFile { readonly path: string; readonly fieldRef?: ObjectFieldSelector; readonly resourceFieldRef?: ResourceFieldSelector; readonly mode?: number }
export interface VolumeProjection {
  readonly secret?: ProjectedKeys;
  readonly configMap?: ProjectedKeys;
  readonly downwardAPI?: { readonly items?: readonly DownwardApiFile[] };
  readonly serviceAccountToken?: { readonly audience?: string; readonly expirationSeconds?: number; readonly path: string };
}
export interface ProjectedKeys { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean }
export interface PersistentVolumeClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelector;
  readonly resources?: { readonly limits?: ResourceList; readonly requests?: ResourceList };
  readonly volumeName?: string;
  readonly storageClassName?: string;
  readonly volumeMode?: 'Block' | 'Filesystem';
}
