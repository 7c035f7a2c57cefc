import { describe, expect, test } from '@jest/globals';
import { InvalidOutcome } from '../../../../src/core/controller/errors.js';
import type { Observed } from '../../../../src/core/controller/outcome.js';
import { statusPatch } from '../../../../src/core/controller/run/status-patch.js';
import { defineResource } from '../../../../src/core/resource/define-resource.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';
import { t } from '../../../../src/core/resource/schema-builder.js';

const Site = defineResource({
  group: 'web.example.com', version: 'v1', kind: 'Site', conditions: ['Ready', 'Degraded'],
  spec: t.Object({}),
  status: t.Object({ ready: t.Integer(), url: t.Optional(t.String()), zones: t.Optional(t.Map(t.Integer())) }),
});
const wall = 1_700_000_000_000;

function site(o: { readonly generation?: number; readonly status?: object; readonly share?: object; readonly manager?: string } = {}): KubeObject {
  const managedFields = o.share ? [{ manager: o.manager ?? 'site', operation: 'Update', apiVersion: 'web.example.com/v1', fieldsType: 'FieldsV1', subresource: 'status', fieldsV1: { 'f:status': o.share } }] : [];
  return { apiVersion: 'web.example.com/v1', kind: 'Site', metadata: { name: 'a', namespace: 'default', generation: o.generation ?? 1, managedFields }, status: o.status } as unknown as KubeObject;
}

function patchOf(object: KubeObject, observed: Observed<unknown>, generation = object.metadata.generation) {
  return statusPatch({ kind: Site, object, manager: 'site', generation, wallMs: wall }, observed);
}

describe('statusPatch', () => {
  test('R31 an equal status needs no request', () => {
    const status = { ready: 1, url: 'x', observedGeneration: 1 };
    expect(patchOf(site({ status }), { status: { ready: 1, url: 'x' } })).toBeUndefined();
  });

  test('R31 only what differs is written, with the generation that the run has read', () => {
    const object = site({ generation: 3, status: { ready: 1, url: 'x', observedGeneration: 2 } });
    expect(patchOf(object, { status: { ready: 2, url: 'x' } })).toEqual({ ready: 2, observedGeneration: 3 });
  });

  test('R31 what it wrote before and does not give now goes away; what others wrote stays', () => {
    const mine = site({ status: { ready: 1, url: 'x', zones: { a: 1, b: 2 }, observedGeneration: 1 }, share: { 'f:ready': {}, 'f:url': {}, 'f:zones': { 'f:a': {} } } });
    expect(patchOf(mine, { status: { ready: 1, zones: { c: 3 } } })).toEqual({ url: null, zones: { a: null, c: 3 } });
    const theirs = site({ status: { ready: 1, url: 'x', observedGeneration: 1 }, share: { 'f:url': {} }, manager: 'other' });
    expect(patchOf(theirs, { status: { ready: 1 } })).toBeUndefined();
  });

  test('R31 a share is what was written in any way: updated, applied, in an older version', () => {
    const both = site({ status: { ready: 1, url: 'x', zones: { a: 1 }, observedGeneration: 1 }, share: { 'f:ready': {} } });
    const applied = { ...both.metadata.managedFields?.[0], operation: 'Apply', fieldsV1: { 'f:status': { 'f:url': {}, 'f:zones': { 'f:a': {} } } } };
    const object = { ...both, metadata: { ...both.metadata, managedFields: [...(both.metadata.managedFields ?? []), applied] } } as KubeObject;
    expect(patchOf(object, { status: { ready: 1 } })).toEqual({ url: null, zones: null });
  });

  test('R31 the SDK\'s own fields are no part of a share; a field of theirs further down is', () => {
    const object = site({ status: { ready: 1, zones: { conditions: 1 }, conditions: [], observedGeneration: 1 }, share: { 'f:conditions': {}, 'f:observedGeneration': {}, 'f:zones': { 'f:conditions': {} } } });
    expect(patchOf(object, { status: { ready: 1, zones: {} } })).toEqual({ zones: { conditions: null } });
  });

  test('R31 null where there is nothing is no request', () => {
    expect(patchOf(site({ status: { ready: 1, observedGeneration: 1 } }), { status: { ready: 1, url: null } })).toBeUndefined();
  });

  test('R31 R33 the generation is that which was acted on', () => {
    const object = site({ generation: 5, status: { observedGeneration: 3 } });
    expect(patchOf(object, { status: {}, conditions: { Ready: { status: true, reason: 'Ok' } } }, 4)).toMatchObject({ observedGeneration: 4, conditions: [{ observedGeneration: 4 }] });
  });

  test('R31 an undefined field is a field not given', () => {
    const object = site({ status: { ready: 1, observedGeneration: 1 } });
    expect(patchOf(object, { status: { ready: 1, url: undefined } })).toBeUndefined();
  });

  test('R33 conditions merge by type, and their time moves only with their status', () => {
    const ready = { type: 'Ready', status: 'True', reason: 'Ok', message: '', lastTransitionTime: '2020-01-01T00:00:00Z', observedGeneration: 1 };
    const object = site({ status: { observedGeneration: 1, conditions: [ready] } });

    expect(patchOf(object, { conditions: { Ready: { status: true, reason: 'Ok' } } })).toBeUndefined();
    const patch = patchOf(object, { conditions: { Ready: { status: true, reason: 'Better' }, Degraded: { status: false, reason: 'No' } } });
    expect(patch).toEqual({ conditions: [
      { ...ready, reason: 'Better' },
      { type: 'Degraded', status: 'False', reason: 'No', message: '', lastTransitionTime: '2023-11-14T22:13:20Z', observedGeneration: 1 },
    ] });
  });

  test('R18 R33 a status that is no object, the SDK\'s own fields and a bad reason are no outcome', () => {
    expect(() => patchOf(site(), { status: 'up' })).toThrow(InvalidOutcome);
    expect(() => patchOf(site(), { status: { conditions: [] } })).toThrow(/kept by the SDK/);
    expect(() => patchOf(site(), { conditions: { Ready: { status: true, reason: 'not one word' } } })).toThrow(InvalidOutcome);
  });
});
