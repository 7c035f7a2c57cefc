import { describe, expect, test } from '@jest/globals';
import type { JsonSchema } from '../../../../src/core/resource/schema.js';
import { t } from '../../../../src/core/resource/schema-builder.js';
import { applyDefaults } from '../../../../src/core/resource/validation/defaulting.js';

function defaulted(value: unknown, schema: JsonSchema): unknown {
  const copy: unknown = structuredClone(value);
  applyDefaults(copy, schema);
  return copy;
}

describe('defaulting', () => {
  const schema = t.Object({
    replicas: t.Integer({ default: 1 }),
    tls: t.Optional(t.Object({ port: t.Integer({ default: 443 }) })),
    users: t.Optional(t.Array(t.Object({ name: t.String(), admin: t.Boolean({ default: false }) }))),
    note: t.Optional(t.Nullable(t.String())),
    plain: t.Optional(t.String()),
  }).json;

  test('A106 absent fields are filled in, where the parent exists', () => {
    expect(defaulted({}, schema)).toEqual({ replicas: 1 });
    expect(defaulted({ tls: {} }, schema)).toEqual({ replicas: 1, tls: { port: 443 } });
    expect(defaulted({ users: [{ name: 'a' }, { name: 'b', admin: true }] }, schema)).toEqual({ replicas: 1, users: [{ name: 'a', admin: false }, { name: 'b', admin: true }] });
  });

  test('A106 null becomes the default, is dropped without one, and stays where it is allowed', () => {
    expect(defaulted({ replicas: null, note: null, plain: null }, schema)).toEqual({ replicas: 1, note: null });
  });

  test('A106 null in a map is dropped, in a list it stays to be refused', () => {
    expect(defaulted({ a: null, b: 'x' }, t.Map(t.String()).json)).toEqual({ b: 'x' });
    expect(defaulted([null, 'x'], t.Array(t.String()).json)).toEqual([null, 'x']);
  });

  test('a default is a copy each time, with its own defaults filled in', () => {
    const shared: JsonSchema = { type: 'object', properties: { a: { type: 'object', default: {}, properties: { b: { type: 'integer', default: 2 } } } } };
    const [first, second] = [defaulted({}, shared), defaulted({}, shared)] as [{ a: object }, { a: object }];

    expect(first).toEqual({ a: { b: 2 } });
    expect(first.a).not.toBe(second.a);
  });

  test('A90 T15 quantities become canonical', () => {
    expect(defaulted({ a: '1024Mi', b: 2, c: 'x' }, t.Map(t.Quantity()).json)).toEqual({ a: '1Gi', b: '2', c: 'x' });
  });
});
