// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import type { Toleration } from '../core-v1/placement.js';

export interface RuntimeClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly handler: string;
  readonly overhead?: Overhead;
  readonly scheduling?: Scheduling;
}
export const RuntimeClass: Kind<RuntimeClass> = defineBuiltinKind<RuntimeClass>({
  group: 'node.k8s.io', version: 'v1', kind: 'RuntimeClass', plural: 'runtimeclasses', namespaced: false, schema: () => kindSchema('node/v1.RuntimeClass'),
  unconditionalUpdate: false, createOnUpdate: true,
});

export interface Overhead {
  readonly podFixed?: { readonly [key: string]: string };
}

export interface Scheduling {
  readonly nodeSelector?: { readonly [key: string]: string };
  readonly tolerations?: readonly Toleration[];
}
