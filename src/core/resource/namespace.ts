import { defineBuiltinKind } from './builtin-kind.js';
import type { Kind } from './kind.js';
import type { Condition, KubeObject, ObjectMeta } from './object.js';
import { conditionsSchema } from './conditions.js';
import type { JsonSchema } from './schema.js';

/** A room for names. Deleting it deletes what is in it (A97, A98). */
export interface Namespace extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec?: NamespaceSpec;
  readonly status?: NamespaceStatus;
}
export interface NamespaceSpec {
  /** Holds the namespace until it is empty: `kubernetes`. */
  readonly finalizers?: readonly string[];
}
export interface NamespaceStatus {
  readonly phase?: 'Active' | 'Terminating';
  readonly conditions?: readonly Condition[];
}

const schema: JsonSchema = {
  type: 'object', 'x-setpoint-always': ['spec', 'status'],
  properties: {
    spec: { type: 'object', properties: { finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic', 'x-setpoint-omitempty': true } } },
    status: { type: 'object', properties: {
      phase: { type: 'string', enum: ['Active', 'Terminating'], 'x-setpoint-omitempty': true },
      conditions: { ...conditionsSchema, 'x-setpoint-omitempty': true },
    } },
  },
};

export const Namespace: Kind<Namespace> = defineBuiltinKind<Namespace>({
  group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false, shortNames: ['ns'],
  schema, statusSubresource: true, nameRule: 'label', selectableFields: ['status.phase'],
  columns: [{ name: 'Status', path: '.status.phase' }],
});

/** There from the start (A98). */
export const initialNamespaces: readonly string[] = Object.freeze(['default', 'kube-system', 'kube-public', 'kube-node-lease']);
