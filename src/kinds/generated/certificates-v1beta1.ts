// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import type { Condition } from '../../core/resource/object.js';

export interface ClusterTrustBundle extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: ClusterTrustBundleSpec;
}
export const ClusterTrustBundle: Kind<ClusterTrustBundle> = defineBuiltinKind<ClusterTrustBundle>({
  group: 'certificates.k8s.io', version: 'v1beta1', kind: 'ClusterTrustBundle', plural: 'clustertrustbundles', namespaced: false, schema: () => kindSchema('certificates/v1beta1.ClusterTrustBundle'),
  unconditionalUpdate: false, selectableFields: ['spec.signerName'],
});

export interface PodCertificateRequest extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec: PodCertificateRequestSpec;
  readonly status?: PodCertificateRequestStatus;
}
export const PodCertificateRequest: Kind<PodCertificateRequest> = defineBuiltinKind<PodCertificateRequest>({
  group: 'certificates.k8s.io', version: 'v1beta1', kind: 'PodCertificateRequest', plural: 'podcertificaterequests', namespaced: true, schema: () => kindSchema('certificates/v1beta1.PodCertificateRequest'),
  statusSubresource: true, unconditionalUpdate: false, selectableFields: ['spec.signerName', 'spec.podName', 'spec.nodeName'],
});

export interface ClusterTrustBundleSpec {
  readonly signerName?: string;
  readonly trustBundle: string;
}

export interface PodCertificateRequestSpec {
  readonly signerName: string;
  readonly podName: string;
  readonly podUID: string;
  readonly serviceAccountName: string;
  readonly serviceAccountUID: string;
  readonly nodeName: string;
  readonly nodeUID: string;
  readonly maxExpirationSeconds?: number;
  readonly pkixPublicKey?: string;
  readonly proofOfPossession?: string;
  readonly stubPKCS10Request: string;
  readonly unverifiedUserAnnotations?: { readonly [key: string]: string };
}

export interface PodCertificateRequestStatus {
  readonly conditions?: readonly Condition[];
  readonly certificateChain?: string;
  readonly notBefore?: string;
  readonly beginRefreshAt?: string;
  readonly notAfter?: string;
}
