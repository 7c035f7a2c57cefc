import { describe, expect, test } from '@jest/globals';
import { distinctOwners, metadataWarnings, validateMetadata, validateMetadataUpdate, type MetadataFields, type MetadataRules } from '../../../src/core/resource/metadata.js';

const custom: MetadataRules = { namespaced: true, nameRule: 'subdomain', builtin: false };
const found = (meta: MetadataFields, rules = custom) => validateMetadata({ name: 'a', namespace: 'default', ...meta }, rules).map((cause) => `${cause.field} ${cause.reason}`);
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', uid: '1' };

describe('metadata', () => {
  test.each(['a'.repeat(253), 'a.b-c', '0'])('A9 the name %j passes', (name) => {
    expect(found({ name })).toEqual([]);
  });

  test.each(['a'.repeat(254), 'A', 'a_b', '-a', 'a-', 'a..b', '.', '..', 'a/b', 'a%2fb', 'a\u0000', 'a\nb', 'a\n', '\u202ea', 'ａ'])('A9 B22 B23 the name %j is refused', (name) => {
    expect(found({ name })).toEqual(['metadata.name FieldValueInvalid']);
  });

  test('A9 a name that is too long is told its limit', () => {
    expect(validateMetadata({ name: 'a'.repeat(254), namespace: 'x' }, custom)[0]?.message).toMatch(/: must be no more than 253 characters$/);
  });

  test('A9 names of namespaces and services follow other rules', () => {
    expect(found({ name: 'a.b' }, { ...custom, nameRule: 'label' })).toHaveLength(1);
    expect(found({ name: '1a' }, { ...custom, nameRule: 'label1035' })).toHaveLength(1);
    expect(found({ name: 'system:node' }, { ...custom, nameRule: 'pathSegment' })).toEqual([]);
    expect(found({ name: '..' }, { ...custom, nameRule: 'pathSegment' })).toHaveLength(1);
  });

  test('A10 no name', () => {
    expect(validateMetadata({ namespace: 'default' }, custom)).toEqual([{ reason: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' }]);
  });

  test('A19 a base may end in a dash', () => {
    expect(found({ generateName: 'web-' })).toEqual([]);
    expect(found({ generateName: 'Web-', name: 'Web-x7bcd' })).toEqual(['metadata.generateName FieldValueInvalid', 'metadata.name FieldValueInvalid']);
  });

  test('A11 labels', () => {
    expect(found({ labels: { 'example.com/app': 'web', a: '', A_b: 'x'.repeat(63) } })).toEqual([]);
    for (const labels of [{ ['x'.repeat(64)]: '' }, { a: 'x'.repeat(64) }, { a: 'x\n' }, { a: 'x y' }, { 'a/b/c': '' }, { 'Ex.com/a': '' }, { '': '' }, { a: '😀' }]) {
      expect(found({ labels: labels })[0]).toBe('metadata.labels FieldValueInvalid');
    }
  });

  test('B36 100,000 bad labels are answered in brief', () => {
    const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`bad key ${i}`, 'v']));

    expect(validateMetadata({ name: 'a', namespace: 'x', labels }, custom)).toHaveLength(101);
  });

  test('A11 B37 annotations are counted in bytes', () => {
    expect(found({ annotations: { 'Upper.Case/Key': 'x' } })).toEqual([]);
    expect(found({ annotations: { a: 'x'.repeat(262_143) } })).toEqual([]);
    expect(validateMetadata({ name: 'a', namespace: 'x', annotations: { a: 'é'.repeat(131_072) } }, custom)).toEqual([
      { reason: 'FieldValueTooLong', field: 'metadata.annotations', message: 'Too long: may not be more than 262144 bytes' },
    ]);
  });

  test('A12 B38 owner references', () => {
    expect(found({ ownerReferences: [{ ...owner, controller: true }, owner] })).toEqual([]);
    expect(found({ ownerReferences: [{ ...owner, uid: '' }] })).toEqual(['metadata.ownerReferences.uid FieldValueInvalid']);
    expect(found({ ownerReferences: [{ ...owner, apiVersion: '' }] })).toEqual(['metadata.ownerReferences.apiVersion FieldValueInvalid']);
    expect(found({ ownerReferences: [{ ...owner, controller: true }, { ...owner, uid: '2', controller: true }] })).toEqual(['metadata.ownerReferences FieldValueInvalid']);
    expect(found({ ownerReferences: [{ ...owner, apiVersion: 'v1', kind: 'Event' }] })).toEqual(['metadata.ownerReferences FieldValueInvalid']);
  });

  test('A12 fully equal references are kept once, with a warning', () => {
    const { owners, warnings } = distinctOwners([owner, { ...owner, controller: true }, { uid: '1', name: 'a', kind: 'ReplicaSet', apiVersion: 'apps/v1' }]);

    expect(owners).toEqual([owner, { ...owner, controller: true }]);
    expect(warnings).toHaveLength(1);
  });

  test('A13 B41 finalizers', () => {
    expect(found({ finalizers: ['example.com/x', 'orphan'] })).toEqual([]);
    for (const finalizers of [['a b'], ['/x'], ['x'.repeat(64)], ['orphan', 'foregroundDeletion']]) expect(found({ finalizers })[0]).toBe('metadata.finalizers FieldValueInvalid');
    expect(found({ finalizers: ['mine'] }, { ...custom, builtin: true })).toEqual(['metadata.finalizers[0] FieldValueInvalid']);
    expect(found({ finalizers: ['mine'] })).toEqual([]);
    expect(metadataWarnings({ finalizers: ['mine', 'a.b/c'] }, custom)).toHaveLength(1);
  });

  test('namespaces are needed where the kind has them, and nowhere else', () => {
    expect(validateMetadata({ name: 'a' }, custom)).toEqual([{ reason: 'FieldValueRequired', field: 'metadata.namespace', message: 'Required value' }]);
    expect(found({ namespace: 'A' })).toEqual(['metadata.namespace FieldValueInvalid']);
    expect(found({}, { ...custom, namespaced: false })).toEqual(['metadata.namespace FieldValueForbidden']);
  });

  test('A16 A36 A37 what an update may not change', () => {
    const old = { name: 'a', namespace: 'x', uid: '1', deletionTimestamp: '2030-01-01T00:00:00Z', finalizers: ['x/y'] };

    expect(validateMetadataUpdate(old, old)).toEqual([]);
    expect(validateMetadataUpdate({ ...old, name: 'b' }, old)).toEqual([{ reason: 'FieldValueInvalid', field: 'metadata.name', message: 'Invalid value: "b": field is immutable' }]);
    expect(validateMetadataUpdate({ ...old, finalizers: ['x/y', 'x/z'] }, old)).toEqual([{
      reason: 'FieldValueForbidden', field: 'metadata.finalizers',
      message: 'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/z"}',
    }]);
  });
});

describe('the words of upstream, recorded from 1.36.3', () => {
  const messages = (meta: object, rules: Parameters<typeof validateMetadata>[1] = custom) => validateMetadata({ name: 'a', namespace: 'x', ...meta }, rules).map(({ message }) => message);

  test('A9 a namespace with a dot', () => {
    expect(messages({ namespace: 'a.b' })).toEqual(['Invalid value: "a.b": must not contain dots']);
  });

  test('A11 label keys are counted in bytes, and said to be label keys', () => {
    expect(messages({ labels: { 'a/b/c': 'x' } })[0]).toContain('"a/b/c": a valid label key must consist of');
    expect(messages({ labels: { [`${'a'.repeat(254)}/b`]: 'x' } })[0]).toContain('prefix part must be no more than 253 bytes');
    expect(messages({ labels: { a: 'x'.repeat(64) } })[0]).toContain('must be no more than 63 bytes');
  });

  test('A12 two controllers are named with their kinds', () => {
    const owner = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: name, controller: true });
    expect(messages({ ownerReferences: [owner('p1'), owner('p2')] })[0]).toContain('Found "true" in references for Pod/p1 and Pod/p2');
  });
});
