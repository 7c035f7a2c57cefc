import { defineBuiltinKind } from './builtin-kind.js';
import type { Kind } from './kind.js';
import type { KubeObject, ObjectMeta } from './object.js';
import type { JsonSchema } from './schema.js';

/** A timed claim: who leads, which node lives. */
export interface Lease extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: LeaseSpec;
}
export interface LeaseSpec {
  readonly holderIdentity?: string;
  /** Whole seconds that a claim lasts, counted from `renewTime`. */
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often the holder changed. */
  readonly leaseTransitions?: number;
  readonly strategy?: string;
  readonly preferredHolder?: string;
}

const time: JsonSchema = { type: 'string', format: 'micro-time', 'x-setpoint-time': 'micros' };
const schema: JsonSchema = {
  type: 'object', 'x-setpoint-always': ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties: {
        holderIdentity: { type: 'string' },
        leaseDurationSeconds: { type: 'integer', format: 'int32' },
        acquireTime: time,
        renewTime: time,
        leaseTransitions: { type: 'integer', format: 'int32' },
        strategy: { type: 'string' },
        preferredHolder: { type: 'string' },
      },
    },
  },
};

export const Lease: Kind<Lease> = defineBuiltinKind<Lease>({
  group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true,
  schema, unconditionalUpdate: false, createOnUpdate: true,
  columns: [{ name: 'Holder', path: '.spec.holderIdentity' }],
});
