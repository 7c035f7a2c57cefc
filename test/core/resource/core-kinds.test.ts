import { describe, expect, test } from '@jest/globals';
import { defineBuiltinKind, withPlugs } from '../../../src/core/resource/builtin-kind.js';
import { CustomResourceDefinition } from '../../../src/core/resource/custom-resource-definition.js';
import { Event } from '../../../src/core/resource/event.js';
import { definition, qualifiedResource } from '../../../src/core/resource/kind.js';
import { Lease } from '../../../src/core/resource/lease.js';
import { Namespace } from '../../../src/core/resource/namespace.js';
import { checkSchema } from '../../../src/core/resource/schema-check.js';
import { validators } from '../../../src/core/resource/validation/validators.js';

const kinds = [Namespace, Lease, Event, CustomResourceDefinition];

describe('the kinds of core', () => {
  test.each(kinds.map((kind) => [qualifiedResource(kind), kind] as const))('T5 %s has a structural schema', (name, kind) => {
    checkSchema(kind[definition].schema, name);
  });

  test('A32 A33 A123 facts that differ from kind to kind', () => {
    expect(kinds.map((kind) => [kind.apiVersion, kind.namespaced, kind[definition].unconditionalUpdate, kind[definition].createOnUpdate, kind[definition].hasGeneration, kind[definition].storageKey])).toEqual([
      ['v1', false, true, false, false, 'namespaces'], ['coordination.k8s.io/v1', true, false, true, false, 'leases'], ['v1', true, true, true, false, 'events'],
      ['apiextensions.k8s.io/v1', false, false, false, true, 'apiextensions.k8s.io/customresourcedefinitions'],
    ]);
  });

  test('a lease is checked', () => {
    const spec = { holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: '2030-01-01T00:00:00.000000Z', renewTime: '2030-01-01T00:00:00.000000Z', leaseTransitions: 0 };

    expect(validators().check(Lease[definition].schema, { spec })).toEqual([]);
    expect(validators().check(Lease[definition].schema, { spec: { ...spec, leaseDurationSeconds: 2 ** 31, renewTime: 'now' } })).toHaveLength(2);
  });

  test('T3 a schema given as a function is made at first use, once, and kept with plugs', () => {
    let made = 0;
    const kind = defineBuiltinKind({ group: '', version: 'v1', kind: 'A', plural: 'as', namespaced: true, schema: () => { made++; return { type: 'object' }; } });
    const plugged = withPlugs(kind, { strategy: {} });

    expect(made).toBe(0);
    expect([kind[definition].schema, kind[definition].schema, plugged[definition].schema, made]).toEqual([{ type: 'object' }, { type: 'object' }, { type: 'object' }, 1]);
    expect(plugged[definition].plugs).toEqual({ strategy: {} });
    expect(kind[definition].plugs).toBeUndefined();
  });
});
