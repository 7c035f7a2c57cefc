import { describe, expect, test } from '@jest/globals';
import { body, schema, Written } from './object-builder.js';
import { ownFields } from '../../../../src/core/api/apply/own-fields.js';

const create = (web: Written, manager: string, spec: unknown) => { web.update(manager, (o) => ({ ...o, spec })); };

describe('ownFields', () => {
  test('A53 a create owns all it states, maps and lists included; identity is never tracked (A52)', () => {
    const web = new Written();

    web.update('edit', () => body({ labels: { app: 'web' }, finalizers: ['a/x'], spec: { replicas: 1, limits: { cpu: '1' }, ports: [{ port: 80 }] } }));

    expect(web.managed).toEqual([{
      manager: 'edit', operation: 'Update', apiVersion: 'apps/v1', time: '2030-01-01T00:00:00Z', fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a/x"': {} }, 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': { '.': {}, 'f:limits': { '.': {}, 'f:cpu': {} }, 'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }, 'f:replicas': {} },
      },
    }]);
  });

  test('A52 the fields are in canonical order', () => {
    const web = new Written();

    create(web, 'edit', { zones: ['b', 'a'], replicas: 1, args: ['x'] });

    expect(JSON.stringify(web.owns('edit', 'Update'))).toBe('{"f:spec":{".":{},"f:args":{},"f:replicas":{},"f:zones":{".":{},"v:\\"a\\"":{},"v:\\"b\\"":{}}}}');
  });

  test('A53 an update owns what it changed, and the one who owned it before does not any more', () => {
    const web = new Written();

    create(web, 'a', { replicas: 1, image: 'x' });
    web.update('b', (o) => ({ ...o, spec: { replicas: 2, image: 'x' } }));

    expect(web.owns('a', 'Update')).toEqual({ 'f:spec': { '.': {}, 'f:image': {} } });
    expect(web.owns('b', 'Update')).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  test('A53 a removed field is nobody\'s, and an owner without fields is gone', () => {
    const web = new Written();

    create(web, 'a', { replicas: 1 });
    web.update('b', (o) => ({ ...o, spec: { ...(o['spec'] as object), image: 'x' } }));
    web.update('c', (o) => ({ ...o, spec: { replicas: 1 } }));

    expect(web.managed.map(({ manager }) => manager)).toEqual(['a']);
  });

  test('A53 an update takes fields from an applier', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 1, image: 'x' } });
    web.update('b', (o) => ({ ...o, spec: { replicas: 2, image: 'x' } }));

    expect(web.owns('alice')).toEqual({ 'f:spec': { 'f:image': {} } });
    expect(web.apply('alice', { spec: { replicas: 1, image: 'x' } })).toMatchObject({ outcome: 'conflict' });
  });

  test('A53 a PUT of the same object leaves managedFields the same array', () => {
    const web = new Written();
    create(web, 'a', { replicas: 1, ports: [{ port: 80 }] });
    const before = web.managed;

    web.update('a', (o) => JSON.parse(JSON.stringify(o)) as object);
    expect(web.managed).toBe(before);

    web.update('a', (o) => ({ ...o }));
    expect(web.managed).toBe(before);
  });

  test('A53 updates through a subresource have an entry of their own', () => {
    const web = new Written();

    create(web, 'a', { replicas: 1 });
    web.update('a', (o) => ({ ...o, status: { ready: 1 } }), { subresource: 'status', resets: ['spec', 'metadata'] });

    expect(web.managed.map(({ manager, subresource, fieldsV1 }) => [manager, subresource, fieldsV1])).toEqual([
      ['a', undefined, { 'f:spec': { '.': {}, 'f:replicas': {} } }],
      ['a', 'status', { 'f:status': { '.': {}, 'f:ready': {} } }],
    ]);
  });

  test('A55 what this door resets is not owned', () => {
    const web = new Written();

    web.update('a', (o) => ({ ...o, spec: { replicas: 1 }, status: { ready: 1 } }), { resets: ['status'] });

    expect(web.owns('a', 'Update')).toEqual({ 'f:spec': { '.': {}, 'f:replicas': {} } });
  });

  test('A53 of more than ten updaters the oldest become ancient-changes', () => {
    const web = new Written();
    create(web, 'm0', { limits: { k0: '1' } });
    for (let i = 1; i <= 11; i++) {
      web.update(`m${i}`, (o) => ({ ...o, spec: { limits: { ...(o['spec'] as { limits: object }).limits, [`k${i}`]: '1' } } }));
    }

    expect(web.managed.map(({ manager }) => manager)).toEqual(['ancient-changes', ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => `m${i}`)]);
    expect(web.managed[0]).toMatchObject({ time: '2030-01-01T00:00:02Z', fieldsV1: { 'f:spec': { '.': {}, 'f:limits': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} } } } });
  });

  test.each<[string, unknown]>([['an empty list', []], ['one empty entry', [{}]]])('A53 %s clears the ownership', (_, sent) => {
    const web = new Written();
    create(web, 'a', { replicas: 1 });

    web.update('b', (o) => ({ ...o, metadata: { ...(o['metadata'] as object), managedFields: sent } }));

    expect(web.managed).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['absent entries', undefined],
    ['undecodable fields', [{ manager: 'x', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: { 'z:a': {} } }]],
    ['an unknown operation', [{ manager: 'x', operation: 'Frob', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: {} }]],
  ])('A53 %s leave the stored ones', (_, sent) => {
    const web = new Written();
    create(web, 'a', { replicas: 1 });
    const before = web.managed;

    web.update('b', (o) => ({ ...o, metadata: { ...(o['metadata'] as object), managedFields: sent } }));

    expect(web.managed).toBe(before);
  });

  test('A53 well-formed entries are taken, in canonical form; through a subresource never', () => {
    const web = new Written();
    create(web, 'a', { replicas: 1 });
    const before = web.managed;
    const sent = [{ manager: 'x', operation: 'Apply', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:ports': { 'k:{"protocol":"TCP", "port":80}': { '.': {} } } } } }];
    const withSent = (o: { readonly [part: string]: unknown }) => ({ ...o, metadata: { ...(o['metadata'] as object), managedFields: sent } });

    web.update('b', withSent, { subresource: 'status' });
    expect(web.managed).toBe(before);

    web.update('b', withSent);
    expect(web.managed).toEqual([{ ...sent[0], fieldsV1: { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': {} }, 'f:replicas': {} } } }]);
  });

  test('A53 an update walks only what is not the same reference', () => {
    const hidden = new Proxy({}, { ownKeys() { throw new Error('was walked'); } });
    const managedFields = [{ manager: 'a', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:metadata': { 'f:labels': {} } } }];
    const made = body({}) as { readonly metadata?: object };
    const before = { ...made, metadata: { ...made.metadata, managedFields }, spec: { free: hidden, replicas: 1 } };
    const after = { ...before, spec: { free: hidden, replicas: 2 } };

    expect(ownFields({ schema, before: before as never, after, manager: 'a', apiVersion: 'apps/v1', time: '2030-01-01T00:00:00Z' }))
      .toMatchObject([{ fieldsV1: { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:replicas': {} } } }]);
  });
});
