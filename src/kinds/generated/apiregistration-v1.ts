// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';

export interface APIService extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec?: APIServiceSpec;
  readonly status?: APIServiceStatus;
}
export const APIService: Kind<APIService> = defineBuiltinKind<APIService>({
  group: 'apiregistration.k8s.io', version: 'v1', kind: 'APIService', plural: 'apiservices', namespaced: false, schema: () => kindSchema('apiregistration/v1.APIService'),
  categories: ['api-extensions'], statusSubresource: true, unconditionalUpdate: false, storageKey: 'apiregistration.k8s.io/apiservices', nameRule: 'pathSegment',
});

export interface APIServiceCondition {
  readonly type: string;
  readonly status: 'False' | 'True' | 'Unknown';
  readonly lastTransitionTime?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

export interface APIServiceSpec {
  readonly service?: ApiregistrationServiceReference;
  readonly group?: string;
  readonly version?: string;
  readonly insecureSkipTLSVerify?: boolean;
  readonly caBundle?: string;
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

export interface APIServiceStatus {
  readonly conditions?: readonly APIServiceCondition[];
}

export interface ApiregistrationServiceReference {
  readonly namespace?: string;
  readonly name?: string;
  readonly port?: number;
}
