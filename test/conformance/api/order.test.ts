import { describe, expect, test } from '@jest/globals';
import { ConfigMap, Deployment, Pod, ReplicaSet } from '../../../src/kinds/index.js';
import type { AdmissionPlugin } from '../../../src/core/api/plugs.js';
import { defineResource } from '../../../src/core/resource/define-resource.js';
import { t } from '../../../src/core/resource/schema-builder.js';
import { Widget, configMap, here, refusal } from '../../core/api/harness.js';
import { deployment, pod } from './objects.js';
import { worlds } from './stores.js';

const open = worlds();

const gate = (type: AdmissionPlugin['type']): AdmissionPlugin => ({
  name: `gate-${type}`, type, admit: ({ object, operation }) => (operation === 'CREATE' && object?.metadata.name?.includes(type) ? { deny: `${type} says no` } : undefined),
});

describe('the order of a request', () => {
  /** Each is wrong at its own stage and at all later ones. */
  const later = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mutating-validating', namespace: 'elsewhere', labels: { 'bad key': 'x' } }, data: { 'bad key': 'x' }, unknown: 1 };
  const stages: readonly (readonly [string, object, object, RegExp])[] = [
    ['the limit of a body', { ...later, data: { big: 'x'.repeat(3_145_729) } }, { dryRun: 'Nope' }, /^Request entity too large: limit is 3145728$/],
    ['options', later, { dryRun: 'Nope' }, /^CreateOptions\.meta\.k8s\.io "" is invalid: dryRun: /],
    ['fields', later, {}, /strict decoding error: unknown field "unknown"/],
    ['the address', { ...later, unknown: undefined }, {}, /^the namespace of the provided object does not match/],
    ['mutating admission', { ...later, unknown: undefined, metadata: { ...later.metadata, namespace: undefined } }, {}, /is forbidden: mutating says no$/],
    ['validation', { ...later, unknown: undefined, metadata: { ...later.metadata, namespace: undefined, name: 'validating' } }, {}, /^ConfigMap "validating" is invalid: \[metadata\.labels: .*data\[bad key\]: /],
    ['validating admission', { ...later, unknown: undefined, metadata: { name: 'validating' }, data: {} }, {}, /is forbidden: validating says no$/],
    ['the store', { ...later, unknown: undefined, metadata: { name: 'taken' }, data: {} }, {}, /^configmaps "taken" already exists$/],
  ];

  test.each(stages)('A1 %s refuses before what comes later, and nothing is written', async (_, body, options, message) => {
    await using world = await open({ admission: [gate('mutating'), gate('validating')] });
    await world.api.create(ConfigMap, here(), configMap('taken'));
    const before = await world.revision();

    const status = await refusal(world.api.create(ConfigMap, here(), JSON.parse(JSON.stringify(body)), options));

    expect(status.message).toMatch(message);
    expect(await world.revision()).toBe(before);
  });

  test('A1 a body that does not decode is refused before anything is said of its object', async () => {
    await using world = await open();
    const status = await refusal(world.api.update(ConfigMap, here('absent'), { ...configMap('other'), data: { a: 1 } }));
    expect(status).toMatchObject({ code: 400, message: expect.stringContaining('cannot be handled as a ConfigMap') });
  });

  test('A4 a failure is a Status with its details', async () => {
    await using world = await open();
    await world.api.create(Deployment, here(), deployment('a'));
    expect(await refusal(world.api.get(Deployment, here('b')))).toEqual({
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'deployments.apps "b" not found', reason: 'NotFound', code: 404, details: { group: 'apps', kind: 'deployments', name: 'b' },
    });
    expect(await refusal(world.api.create(Deployment, here(), deployment('c', { replicas: -1 })))).toEqual({
      kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Invalid', code: 422,
      message: 'Deployment.apps "c" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      details: { group: 'apps', kind: 'Deployment', name: 'c', causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' }] },
    });
    expect((await refusal(world.api.delete(Deployment, here('a'), { preconditions: { uid: 'x' } }))).details).toEqual({ group: 'apps', kind: 'Deployment', name: 'a' });
  });

  test('A8 warnings come in order, each once, beside the object that is stored all the same', async () => {
    await using world = await open();
    const env = ['A', 'B', 'A', 'A'].map((name) => ({ name, value: '1' }));
    const { object, warnings } = await world.api.create(Pod, here(), { ...pod('p', { containers: [{ name: 'a', image: 'a:1', env }] }), unknown: 1 }, { fieldValidation: 'Warn' });
    expect(warnings).toEqual([
      'unknown field "unknown"',
      'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
      'spec.containers[0].env[3]: hides previous definition of "A", which may be dropped when using apply',
    ]);
    expect((await world.api.get(Pod, here('p'))).metadata.uid).toBe(object.metadata.uid);
  });

  test('A8 many long warnings are cut to 256 characters each', async () => {
    await using world = await open();
    const unknown = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${'x'.repeat(300)}${String(i).padStart(2, '0')}`, 1]));
    const { warnings } = await world.api.create(ConfigMap, here(), { ...configMap('a'), ...unknown }, { fieldValidation: 'Warn' });
    expect(warnings).toHaveLength(20);
    expect(warnings.every((text) => text.length === 256)).toBe(true);
  });

  test('A62 a delete leaves dependents to the garbage collector', async () => {
    await using world = await open();
    const { object: owner } = await world.api.create(ConfigMap, here(), configMap('owner'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, blockOwnerDeletion: true }];
    const { object: dependent } = await world.api.create(ConfigMap, here(), configMap('dependent', {}, { ownerReferences }));
    await world.api.delete(ConfigMap, here('owner'), { propagationPolicy: 'Background' });
    expect((await world.api.get(ConfigMap, here('dependent'))).metadata.resourceVersion).toBe(dependent.metadata.resourceVersion);
  });
});

describe('scale', () => {
  const Fleet = defineResource({
    group: 'demo.example.com', version: 'v1', kind: 'Fleet', scale: { spec: '.spec.size', status: '.status.size', selector: '.status.selector' },
    spec: t.Object({ size: t.Optional(t.Integer()) }), status: t.Object({ size: t.Integer(), selector: t.String() }),
  });
  const scale = (name: string) => ({ ...here(name), subresource: 'scale' });

  test('A66 reads and writes the number alone, at the version of the object', async () => {
    await using world = await open();
    const { api } = world;
    await api.create(ReplicaSet, here(), { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'a' }, spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a' }] } } } });
    const shown = await api.get(ReplicaSet, scale('a'));
    const { object, resourceVersion } = await api.update(ReplicaSet, scale('a'), { ...shown, spec: { replicas: 4 }, metadata: { ...shown.metadata, labels: { no: 'way' } } });

    expect(shown).toMatchObject({ apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 1 }, status: { replicas: 0, selector: 'app=a' } });
    expect(object).toMatchObject({ kind: 'Scale', spec: { replicas: 4 }, metadata: { resourceVersion } });
    const stored = await api.get(ReplicaSet, here('a'));
    expect(stored).toMatchObject({ spec: { replicas: 4 }, metadata: { generation: 2 } });
    expect(stored.metadata.labels).toBeUndefined();
    expect((await refusal(api.update(ReplicaSet, scale('a'), shown))).code).toBe(409);
    expect((await refusal(api.update(ReplicaSet, scale('a'), { ...object, spec: { replicas: -1 } }))).message).toBe('Scale.autoscaling "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
  });

  test('A66 of a custom kind: its own paths, 0 for a status that is not there, 500 for a spec that is not there until PUT sets it', async () => {
    await using world = await open();
    const { api } = world;
    await api.create(Fleet, here(), { apiVersion: Fleet.apiVersion, kind: 'Fleet', metadata: { name: 'f' }, spec: {} });

    expect((await refusal(api.get(Fleet, scale('f')))).message).toBe('Internal error occurred: the spec replicas field ".spec.size" does not exist');
    const { object } = await api.update(Fleet, scale('f'), { metadata: { name: 'f' }, spec: { replicas: 2 } });
    expect(object).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 0 } });
    await api.patch(Fleet, { ...here('f'), subresource: 'status' }, { type: 'merge', value: { status: { size: 1, selector: 'a=b' } } });
    expect(await api.get(Fleet, scale('f'))).toMatchObject({ status: { replicas: 1, selector: 'a=b' } });
    expect((await refusal(api.get(Widget, scale('w')))).code).toBe(404);
  });

  test('A66 A39 a patch of the scale is tried again while the object changes', async () => {
    await using world = await open();
    const { api } = world;
    await api.create(Fleet, here(), { apiVersion: Fleet.apiVersion, kind: 'Fleet', metadata: { name: 'f' }, spec: { size: 1 } });
    await Promise.all([5, 6, 7, 8].map((replicas) => api.patch(Fleet, scale('f'), { type: 'merge', value: { spec: { replicas } } })));
    expect([5, 6, 7, 8]).toContain((await api.get(Fleet, here('f')) as { readonly spec?: { readonly size?: number } }).spec?.size);
  });
});
