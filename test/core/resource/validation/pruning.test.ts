import { describe, expect, test } from '@jest/globals';
import { t } from '../../../../src/core/resource/schema-builder.js';
import { prune, pruneObject } from '../../../../src/core/resource/validation/pruning.js';

describe('pruning', () => {
  test('A86 A105 unknown fields go at every depth and are named', () => {
    const schema = { type: 'object', properties: { spec: t.Object({ list: t.Array(t.Object({ a: t.String() })), map: t.Map(t.Object({ b: t.String() })) }).json } } as const;
    const object = { apiVersion: 'v1', kind: 'A', metadata: { name: 'x', odd: 1 }, top: 1, spec: { foo: 1, list: [{ a: 'x', bar: 1 }], map: { k: { b: 'x', c: 1 } } } };

    expect(pruneObject(object, schema)).toEqual(['top', 'spec.foo', 'spec.list[0].bar', 'spec.map.k.c']);
    expect(object).toEqual({ apiVersion: 'v1', kind: 'A', metadata: { name: 'x', odd: 1 }, spec: { list: [{ a: 'x' }], map: { k: { b: 'x' } } } });
  });

  test('A105 below x-kubernetes-preserve-unknown-fields all is kept but what is declared', () => {
    const schema = t.Object({ free: t.Any() }).json;
    const value = { free: { z: { deep: 1 } } };

    expect(prune(value, schema)).toEqual([]);
    expect(prune({ a: { x: 1 }, b: 2 }, { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'object' } } })).toEqual(['a.x']);
  });

  test('A105 an embedded resource keeps apiVersion, kind and metadata', () => {
    const value = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: {}, odd: 1 };

    expect(prune(value, { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } })).toEqual(['odd']);
  });

  test('B13 own keys such as __proto__ are unknown fields like any other', () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "a": "x"}') as object;

    expect(prune(value, t.Object({ a: t.String() }).json)).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(value)).toEqual(['a']);
  });

  test('a value of another type is left for validation', () => {
    expect(prune({ a: { b: 1 } }, t.Object({ a: t.String() }).json)).toEqual([]);
  });
});
