// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import type { Condition } from '../../core/resource/object.js';
import type { GroupResource } from './meta-v1.js';

export interface StorageVersionMigration extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec?: StorageVersionMigrationSpec;
  readonly status?: StorageVersionMigrationStatus;
}
export const StorageVersionMigration: Kind<StorageVersionMigration> = defineBuiltinKind<StorageVersionMigration>({
  group: 'storagemigration.k8s.io', version: 'v1beta1', kind: 'StorageVersionMigration', plural: 'storageversionmigrations', namespaced: false, schema: () => kindSchema('storagemigration/v1beta1.StorageVersionMigration'),
  statusSubresource: true, unconditionalUpdate: false,
});

export interface StorageVersionMigrationSpec {
  readonly resource: GroupResource;
}

export interface StorageVersionMigrationStatus {
  readonly conditions?: readonly Condition[];
  readonly resourceVersion?: string;
}
