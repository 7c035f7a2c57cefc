// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';

export interface LeaseCandidate extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec: LeaseCandidateSpec;
}
export const LeaseCandidate: Kind<LeaseCandidate> = defineBuiltinKind<LeaseCandidate>({
  group: 'coordination.k8s.io', version: 'v1beta1', kind: 'LeaseCandidate', plural: 'leasecandidates', namespaced: true, schema: () => kindSchema('coordination/v1beta1.LeaseCandidate'),
  unconditionalUpdate: false, createOnUpdate: true, selectableFields: ['spec.leaseName'],
});

export interface LeaseCandidateSpec {
  readonly leaseName: string;
  readonly pingTime?: string;
  readonly renewTime?: string;
  readonly binaryVersion: string;
  readonly emulationVersion?: string;
  readonly strategy: string;
}
