import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyMergePatch } from '../../../../src/core/api/patch/merge-patch.js';
import { PatchError } from '../../../../src/core/api/patch/patch-error.js';

describe('applyMergePatch', () => {
  // The table of RFC 7386, appendix A, as far as its patches are objects.
  test.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('A43 %j patched with %j is %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected);
  });

  test.each([[null], [[1]], ['a'], [1]])('A43 a patch that is no object is malformed: %j', (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(PatchError);
  });

  test('A46 an empty patch gives the very same object', () => {
    const target = Object.freeze({ a: Object.freeze({ b: 1 }) });

    expect(applyMergePatch(target, {})).toBe(target);
    expect(applyMergePatch(target, { a: { b: 1 }, c: null })).toBe(target);
    expect(applyMergePatch(target, { c: undefined })).toBe(target);
  });

  test('A44 __proto__ and constructor are plain data', () => {
    const result = applyMergePatch({}, JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}'));

    expect(JSON.stringify(result)).toBe('{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}');
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect(({} as { y?: unknown }).y).toBeUndefined();
    expect(JSON.stringify(applyMergePatch(result, JSON.parse('{"__proto__":{"x":null}}')))).toBe('{"__proto__":{},"constructor":{"prototype":{"y":1}}}');
  });

  test('A43 equals a slow, obvious merge on random values, and patching twice is patching once', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', 'toString');
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof({ depthSize: 'small' }, fc.constantFrom(null, 1, 'x', true), fc.array(tie('json'), { maxLength: 2 }), entries(key, tie('json'))),
    }));
    fc.assert(fc.property(json, entries(key, json), (target, patch) => {
      const result = applyMergePatch(target, patch);

      expect(text(result)).toBe(text(model(target, patch)));
      expect(text(applyMergePatch(result, patch))).toBe(text(result));
    }));
  });
});

/** Objects by JSON.parse, so that `__proto__` is an own member. */
function entries(key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.uniqueArray(fc.tuple(key, value), { maxLength: 3, selector: ([k]) => k })
    .map((pairs): unknown => JSON.parse(`{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`));
}

function model(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out = new Map(typeof target === 'object' && target !== null && !Array.isArray(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) out.delete(key);
    else out.set(key, model(out.get(key), value));
  }
  return JSON.parse(`{${[...out].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`);
}

function text(value: unknown): string {
  const sort = (v: unknown): unknown => (Array.isArray(v) ? v.map(sort) : typeof v === 'object' && v !== null ? Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, x]) => [k, sort(x)]) : v);
  return JSON.stringify(sort(value));
}
