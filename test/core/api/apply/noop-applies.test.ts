import { describe, expect, test } from '@jest/globals';
import { NoopApplies } from '../../../../src/core/api/apply/noop-applies.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';

const live = () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { one: '1' } }) as unknown as KubeObject;
const applier = { manager: 'alice', apiVersion: 'v1', subresource: undefined };
const body = () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { one: '1' } });

describe('applies that changed nothing', () => {
  test('A54 an equal body of the same manager to the very same object is known, in whatever order its fields are', () => {
    const noops = new NoopApplies();
    const stored = live();

    noops.remember(stored, applier, body());

    expect(noops.has(stored, applier, body())).toBe(true);
    expect(noops.has(stored, applier, Object.fromEntries(Object.entries(body()).reverse()))).toBe(true);
  });

  test.each([
    ['another body', { applied: { ...body(), data: { one: '2' } } }],
    ['a body that says less, so that fields are given up', { applied: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } }],
    ['another manager', { by: { ...applier, manager: 'bob' } }],
    ['another door', { by: { ...applier, subresource: 'status' } }],
    ['an object written since, though it is equal', { object: live() }],
  ])('A54 %s is not', (_, { applied = body(), by = applier, object }: { applied?: object; by?: { manager: string; apiVersion: string; subresource: string | undefined }; object?: KubeObject }) => {
    const noops = new NoopApplies();
    const stored = live();

    noops.remember(stored, applier, body());

    expect(noops.has(object ?? stored, by, applied)).toBe(false);
  });
});
