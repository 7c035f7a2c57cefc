import { describe, expect, test } from '@jest/globals';
import { body, Written } from './object-builder.js';

describe('applyFields', () => {
  test('A49 the first apply creates the object, and its fields are owned by the manager', () => {
    const web = new Written();

    web.apply('alice', { labels: { app: 'web' }, spec: { replicas: 2, image: 'a' } });

    expect(web.live).toMatchObject({ metadata: { name: 'web', labels: { app: 'web' } }, spec: { replicas: 2, image: 'a' } });
    expect(web.managed).toEqual([{
      manager: 'alice', operation: 'Apply', apiVersion: 'apps/v1', time: '2030-01-01T00:00:00Z', fieldsType: 'FieldsV1',
      fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:image': {}, 'f:replicas': {} } },
    }]);
  });

  test('A49 a field left out of the next apply is removed', () => {
    const web = new Written();

    web.apply('alice', { labels: { app: 'web', tier: 'x' }, spec: { replicas: 2, image: 'a' } });
    web.apply('alice', { labels: { app: 'web' }, spec: { replicas: 2 } });

    expect(web.spec).toEqual({ replicas: 2 });
    expect(web.live?.metadata.labels).toEqual({ app: 'web' });
    expect(web.owns('alice')).toEqual({ 'f:metadata': { 'f:labels': { 'f:app': {} } }, 'f:spec': { 'f:replicas': {} } });
  });

  test('A49 a field left out that another manager owns stays; only the ownership goes', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 2, image: 'a' } });
    web.apply('bob', { spec: { image: 'a' } });
    web.apply('alice', { spec: { replicas: 2 } });

    expect(web.spec).toEqual({ replicas: 2, image: 'a' });
    expect(web.owns('alice')).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(web.owns('bob')).toEqual({ 'f:spec': { 'f:image': {} } });
  });

  test('A49 a list item left out goes with what an updater put into it, and the updater owns it no more', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 1, ports: [{ port: 80 }] } });
    web.update('allocator', (o) => ({ ...o, spec: { replicas: 1, ports: [{ port: 80, node: 30_080 }] } }));
    web.apply('alice', { spec: { replicas: 1 } });

    expect(web.spec).toEqual({ replicas: 1 });
    expect(web.managed.map(({ manager }) => manager)).toEqual(['alice']);
  });

  test('A49 a list item left out stays while another applier states a part of it', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 1, ports: [{ port: 80, name: 'http' }] } });
    web.apply('bob', { spec: { ports: [{ port: 80, node: 30_080 }] } });
    web.apply('alice', { spec: { replicas: 1 } });

    expect(web.spec).toEqual({ replicas: 1, ports: [{ port: 80, node: 30_080 }] });
  });

  test('A49 a struct whose last field goes, goes too', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 1, template: { a: 'x' } } });
    web.apply('alice', { spec: { replicas: 1 } });

    expect(web.spec).toEqual({ replicas: 1 });
  });

  test('A50 one conflict, with the text and the cause of the reference', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 2 } });
    const outcome = web.apply('bob', { spec: { replicas: 3 } });

    expect(outcome).toEqual({
      outcome: 'conflict',
      message: 'Apply failed with 1 conflict: conflict with "alice": .spec.replicas',
      conflicts: [{ manager: '"alice"', field: '.spec.replicas' }],
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.spec.replicas' }],
    });
    expect(web.spec).toEqual({ replicas: 2 });
  });

  test('A50 many conflicts are grouped by sorted managers; an updater is named with its version and subresource', () => {
    const web = new Written();

    web.apply('zoe', { spec: { ports: [{ port: 80, name: 'http' }], zones: ['a'] } });
    web.update('edit', (o) => ({ ...o, spec: { ...(o['spec'] as object), replicas: 1, args: ['x'] } }));
    web.update('kubelet', (o) => ({ ...o, status: { ready: 1 } }), { subresource: 'status' });
    const outcome = web.apply('bob', { spec: { ports: [{ port: 80, name: 'web' }], replicas: 2, args: ['y'] }, status: { ready: 2 } });

    expect(outcome).toMatchObject({
      outcome: 'conflict',
      message: 'Apply failed with 4 conflicts: conflicts with "edit" using apps/v1:\n- .spec.args\n- .spec.replicas\n'
        + 'conflicts with "kubelet" with subresource "status" using apps/v1:\n- .status.ready\n'
        + 'conflicts with "zoe":\n- .spec.ports[port=80,protocol="TCP"].name',
    });
  });

  test('A50 the same value is shared without conflict', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 2 } });
    web.apply('bob', { spec: { replicas: 2 } });

    expect(web.owns('alice')).toEqual(web.owns('bob'));
    expect(web.apply('bob', { spec: { replicas: 3 } })).toMatchObject({ outcome: 'conflict' });
  });

  test('A50 force takes the ownership from all others', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 2, image: 'a' } });
    web.apply('bob', { spec: { replicas: 2 } });
    web.apply('carol', { spec: { replicas: 3 } }, { force: true });

    expect(web.spec).toEqual({ replicas: 3, image: 'a' });
    expect(web.managed.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['alice', { 'f:spec': { 'f:image': {} } }],
      ['carol', { 'f:spec': { 'f:replicas': {} } }],
    ]);
  });

  test('A51 a list of maps is merged by its keys, with their defaults', () => {
    const web = new Written();

    web.apply('alice', { spec: { ports: [{ port: 80, name: 'http' }, { port: 53, protocol: 'UDP' }] } });
    web.apply('bob', { spec: { ports: [{ port: 443, protocol: 'TCP' }, { port: 80, node: 1 }] } });

    expect(web.spec).toEqual({ ports: [{ port: 443, protocol: 'TCP' }, { port: 80, name: 'http', node: 1 }, { port: 53, protocol: 'UDP' }] });
    expect(web.owns('bob')).toEqual({ 'f:spec': { 'f:ports': {
      'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:node': {}, 'f:port': {} },
      'k:{"port":443,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:protocol': {} },
    } } });
    expect(Object.keys((web.owns('bob')?.['f:spec'] ?? {})['f:ports'] ?? {})).toEqual(['k:{"port":80,"protocol":"TCP"}', 'k:{"port":443,"protocol":"TCP"}']);

    web.apply('bob', { spec: { ports: [{ port: 80 }] } });
    expect(web.spec).toEqual({ ports: [{ port: 80, name: 'http' }, { port: 53, protocol: 'UDP' }] });
  });

  test('A51 a set is merged by value', () => {
    const web = new Written();

    web.apply('alice', { finalizers: ['a/x', 'b/y'], spec: { zones: ['n', 's'] } });
    web.apply('bob', { spec: { zones: ['w', 's'] } });
    web.apply('alice', { finalizers: ['a/x'], spec: { zones: ['n'] } });

    expect(web.spec).toEqual({ zones: ['n', 'w', 's'] });
    expect(web.live?.metadata.finalizers).toEqual(['a/x']);
    expect(web.owns('bob')).toEqual({ 'f:spec': { 'f:zones': { 'v:"s"': {}, 'v:"w"': {} } } });
  });

  test('A51 an atomic list and an atomic map are owned whole; an unset topology is atomic', () => {
    const web = new Written();

    web.apply('alice', { spec: { args: ['a', 'b'], selector: { app: 'web' } } });

    expect(web.owns('alice')).toEqual({ 'f:spec': { 'f:args': {}, 'f:selector': {} } });
    expect(web.apply('bob', { spec: { args: ['a'], selector: { app: 'web' } } })).toMatchObject({ causes: [{ field: '.spec.args' }] });
    web.apply('bob', { spec: { selector: { tier: 'x' } } }, { force: true });
    expect(web.spec).toEqual({ args: ['a', 'b'], selector: { tier: 'x' } });
  });

  test('A51 where no schema is known maps are granular and lists atomic', () => {
    const web = new Written();

    web.apply('alice', { spec: { free: { a: { b: 1 }, list: [1, 2] } } });
    web.apply('bob', { spec: { free: { a: { c: 2 } } } });

    expect(web.spec).toEqual({ free: { a: { b: 1, c: 2 }, list: [1, 2] } });
    expect(web.owns('alice')).toEqual({ 'f:spec': { 'f:free': { 'f:a': { '.': {}, 'f:b': {} }, 'f:list': {} } } });
  });

  test.each<[string, object, unknown]>([
    ['equal keys', { ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] }, { reason: 'FieldValueDuplicate', field: 'spec.ports[1]', message: 'Duplicate value: {"port":80,"protocol":"TCP"}' }],
    ['equal values', { zones: ['a', 'b', 'a'] }, { reason: 'FieldValueDuplicate', field: 'spec.zones[2]', message: 'Duplicate value: "a"' }],
  ])('A51 %s in the applied list are refused as duplicates', (_, spec, cause) => {
    const web = new Written();

    expect(web.apply('alice', { spec })).toEqual({ outcome: 'invalid', causes: [cause] });
    expect(web.live).toBeUndefined();
  });

  test('A51 duplicates in the live object are tolerated, kept while nobody applies them, and become one when applied', () => {
    const web = new Written();

    web.update('old', (o) => ({ ...o, spec: { ports: [{ port: 80, name: 'a' }, { port: 80, name: 'b' }, { port: 1 }] } }));
    web.apply('alice', { spec: { replicas: 1 } });
    expect(web.spec).toEqual({ replicas: 1, ports: [{ port: 80, name: 'a' }, { port: 80, name: 'b' }, { port: 1 }] });

    web.apply('alice', { spec: { ports: [{ port: 80, name: 'c' }] } }, { force: true });
    expect(web.spec).toEqual({ ports: [{ port: 80, name: 'c' }, { port: 1 }] });
  });

  test('A54 an apply that changes nothing gives the same managedFields, time included', () => {
    const web = new Written();
    const given = { labels: { app: 'web' }, spec: { replicas: 2, ports: [{ port: 80 }], zones: ['a'] } };

    web.apply('alice', given);
    const first = web.live;
    const outcome = web.apply('alice', given);

    expect(outcome).toMatchObject({ outcome: 'applied', managedFields: first?.metadata.managedFields });
    expect(web.live).toEqual(first);
    expect(web.managed).toBe(first?.metadata.managedFields);
    expect(web.spec).toBe(first?.spec);
  });

  test('A55 an entry of another apiVersion is dropped, not an error', () => {
    const web = new Written();

    web.apply('alice', { spec: { replicas: 2 } }, { apiVersion: 'apps/v1beta1' });
    expect(web.apply('bob', { spec: { replicas: 3 } })).toMatchObject({ outcome: 'applied' });

    expect(web.managed.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([['bob', 'apps/v1']]);
  });

  test('A55 what this door resets is not owned, and its change is none', () => {
    const web = new Written();
    const resets = ['status'];

    web.apply('alice', { spec: { replicas: 2 }, status: { ready: 1 } }, { resets });
    expect(web.owns('alice')).toEqual({ 'f:spec': { 'f:replicas': {} } });

    const time = web.managed[0]?.time;
    web.apply('alice', { spec: { replicas: 2 }, status: { ready: 2 } }, { resets });
    expect(web.managed[0]?.time).toBe(time);
  });

  test('A56 kubectl takes over what client-side apply had set; nobody else does', () => {
    const last = JSON.stringify(body({ spec: { replicas: 2, image: 'a' } }));
    const made = () => {
      const web = new Written();
      web.update('kubectl-client-side-apply', (o) => ({ ...o, ...body({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last }, spec: { replicas: 2, image: 'a' } }) }));
      return web;
    };

    expect(made().apply('alice', { spec: { replicas: 3, image: 'a' } })).toMatchObject({ outcome: 'conflict' });

    const web = made();
    expect(web.apply('kubectl', { spec: { replicas: 3, image: 'a' } })).toMatchObject({ outcome: 'applied' });
    expect(web.spec).toEqual({ replicas: 3, image: 'a' });
    expect(web.live?.metadata.annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"apps/v1","kind":"Web","metadata":{"name":"web"},"spec":{"image":"a","replicas":3}}\n',
    });
  });

  test('A56 a field that was changed since client-side apply is a conflict for kubectl too', () => {
    const web = new Written();
    const last = JSON.stringify(body({ spec: { replicas: 2 } }));
    web.update('kubectl-client-side-apply', (o) => ({ ...o, ...body({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last }, spec: { replicas: 2 } }) }));
    web.update('autoscaler', (o) => ({ ...o, spec: { replicas: 5 } }));

    expect(web.apply('kubectl', { spec: { replicas: 3 } })).toMatchObject({ message: 'Apply failed with 1 conflict: conflict with "autoscaler" using apps/v1: .spec.replicas' });
  });

  test('A49 neither the live nor the applied object is changed, and what did not change is shared', () => {
    const web = new Written();
    web.apply('alice', { spec: { template: { a: 'x' }, replicas: 1 } });
    const before = web.live as { readonly spec: { readonly template: unknown } };

    web.apply('alice', { spec: { template: { a: 'x' }, replicas: 2 } });

    expect((web.spec as { readonly template: unknown }).template).toBe(before.spec.template);
  });
});
