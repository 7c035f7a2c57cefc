import { objectSchema } from '../../../../src/core/api/apply/object-schema.js';
import type { ApplyOutcome } from '../../../../src/core/api/apply/ownership.js';
import { applyFields } from '../../../../src/core/api/apply/apply-fields.js';
import { ownFields } from '../../../../src/core/api/apply/own-fields.js';
import type { JsonSchema } from '../../../../src/core/resource/schema.js';
import type { FieldsV1, KubeObject, ManagedFieldsEntry } from '../../../../src/core/resource/object.js';

/** A kind with one field of each topology. */
const spec: JsonSchema = {
  type: 'object',
  properties: {
    replicas: { type: 'integer' },
    image: { type: 'string' },
    ports: {
      type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' }, node: { type: 'integer' } } },
    },
    zones: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    args: { type: 'array', items: { type: 'string' } },
    limits: { type: 'object', additionalProperties: { type: 'string' } },
    selector: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
    template: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
export const schema = objectSchema({ type: 'object', properties: { spec, status: { type: 'object', properties: { ready: { type: 'integer' } } } } });
export const apiVersion = 'apps/v1';

export interface Body {
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly spec?: unknown;
  readonly status?: unknown;
}

export function body({ labels, annotations, finalizers, spec: given, status }: Body): object {
  const metadata = { name: 'web', ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}), ...(finalizers ? { finalizers } : {}) };
  return { apiVersion, kind: 'Web', metadata, ...(given === undefined ? {} : { spec: given }), ...(status === undefined ? {} : { status }) };
}

/** An object that is written as the api writes it; time counts the writes. */
export class Written {
  live: KubeObject | undefined;
  #writes = 0;

  apply(manager: string, given: Body, options: { readonly force?: boolean; readonly subresource?: string; readonly resets?: readonly string[]; readonly apiVersion?: string } = {}): ApplyOutcome {
    const outcome = applyFields({ schema, live: this.live, applied: body(given), manager, apiVersion, time: this.#time(), ...options });
    if (outcome.outcome === 'applied') this.#store(outcome.object, outcome.managedFields);
    return outcome;
  }

  update(manager: string, change: (object: { readonly [part: string]: unknown }) => object, options: { readonly subresource?: string; readonly resets?: readonly string[]; readonly apiVersion?: string } = {}): void {
    const after = change((this.live ?? body({})) as unknown as { readonly [part: string]: unknown });
    const managed = ownFields({ schema, before: this.live, after, manager, apiVersion, time: this.#time(), ...options });
    this.#store(after as KubeObject, managed);
  }

  get spec(): unknown {
    return this.live?.spec;
  }
  get managed(): readonly ManagedFieldsEntry[] {
    return this.live?.metadata.managedFields ?? [];
  }
  /** The set of this manager's entry. */
  owns(manager: string, operation: 'Apply' | 'Update' = 'Apply'): FieldsV1 | undefined {
    return this.managed.find((entry) => entry.manager === manager && entry.operation === operation)?.fieldsV1;
  }

  #time(): string {
    return `2030-01-01T00:${String(Math.floor(this.#writes / 60)).padStart(2, '0')}:${String(this.#writes++ % 60).padStart(2, '0')}Z`;
  }
  #store(object: KubeObject, managedFields: readonly ManagedFieldsEntry[]): void {
    this.live = deepFreeze({ ...object, metadata: { ...object.metadata, managedFields } });
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
