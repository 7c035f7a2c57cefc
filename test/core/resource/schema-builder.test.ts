import { describe, expect, test } from '@jest/globals';
import { DefinitionError } from '../../../src/core/resource/definition-error.js';
import { t } from '../../../src/core/resource/schema-builder.js';

describe('t', () => {
  test('a field is required unless it is optional or has a default', () => {
    const schema = t.Object({ who: t.String(), times: t.Integer({ default: 1 }), note: t.Optional(t.String()), free: t.Nullable(t.Optional(t.String())) });

    expect(schema.json.required).toEqual(['who']);
    expect(schema.json.properties?.['free']).toEqual({ type: 'string', nullable: true });
  });

  test('A51 lists carry their topology', () => {
    expect(t.Array(t.String()).json['x-kubernetes-list-type']).toBe('atomic');
    expect(t.Set(t.String()).json['x-kubernetes-list-type']).toBe('set');
    expect(t.ListMap('name', t.Object({ name: t.String() })).json).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] });
  });

  test('rules become x-kubernetes-validations', () => {
    const rule = { rule: 'self == oldSelf', message: 'is immutable' };

    expect(t.String({ rules: [rule] }).json).toEqual({ type: 'string', 'x-kubernetes-validations': [rule] });
  });

  test.each([
    ['B73 look-behind', () => t.String({ pattern: '(?<=a)b' })],
    ['B73 look-ahead', () => t.String({ pattern: '(?=a)' })],
    ['B73 a back-reference', () => t.String({ pattern: '(a)\\1' })],
    ['B73 a huge repeat', () => t.String({ pattern: 'a{1,100000}' })],
    ['B73 a broken pattern', () => t.String({ pattern: '(' })],
    ['B77 a default below the minimum', () => t.Integer({ minimum: 2, default: 1 })],
    ['B77 a default that misses the pattern', () => t.String({ pattern: '^a', default: 'b' })],
    ['B77 a default that is no quantity', () => t.Quantity({ default: '1 Gi' })],
    ['B77 a list-map without key', () => t.ListMap([], t.Object({ name: t.String() }))],
    ['B77 a list-map with an optional key', () => t.ListMap('name', t.Object({ name: t.Optional(t.String()) }))],
    ['B77 a set of objects', () => t.Set(t.Object({ name: t.String() }))],
    ['B77 bounds that exclude each other', () => t.String({ minLength: 2, maxLength: 1 })],
    ['B77 a length that is no number', () => t.String({ minLength: Number.NaN })],
  ])('%s is refused', (_, make) => {
    expect(make).toThrow(DefinitionError);
  });

  test('a defaulted key will do for a list-map', () => {
    const ports = t.ListMap(['port', 'protocol'], t.Object({ port: t.Integer(), protocol: t.String({ default: 'TCP' }) }));

    expect(ports.json['x-kubernetes-list-map-keys']).toEqual(['port', 'protocol']);
  });

  test('what is made is frozen and can be used again', () => {
    const name = t.String({ maxLength: 63 });

    expect(Object.isFrozen(name.json)).toBe(true);
    expect(t.Object({ a: name, b: t.Optional(name) }).json.required).toEqual(['a']);
  });
});
