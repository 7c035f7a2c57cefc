import { describe, expect, test } from '@jest/globals';
import { applyJsonPatch } from '../../../../src/core/api/patch/json-patch.js';
import { PatchError } from '../../../../src/core/api/patch/patch-error.js';

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PatchError) return error.code;
    throw error;
  }
  return 'none';
}

describe('applyJsonPatch', () => {
  test.each<[string, unknown, unknown, unknown]>([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['adds replace a member that exists', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['inserts into an array', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['appends with -', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['counts negative indexes from the end', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/-1' }], { a: [1, 2] }],
    ['unescapes ~0 and ~1', { 'a/b': 1, 'c~d': 2 }, [{ op: 'remove', path: '/a~1b' }, { op: 'replace', path: '/c~0d', value: 3 }], { 'c~d': 3 }],
    ['reads ~01 as ~1', { '~1': 1 }, [{ op: 'test', path: '/~01', value: 1 }], { '~1': 1 }],
    ['moves', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    ['copies', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    ['replaces the whole document', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['tests deeply', { a: { b: [1, { c: 2 }] } }, [{ op: 'test', path: '/a', value: { b: [1, { c: 2 }] } }], { a: { b: [1, { c: 2 }] } }],
    ['replaces a missing member', { a: 1 }, [{ op: 'replace', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['copies a missing member as null', { a: 1 }, [{ op: 'copy', from: '/x', path: '/b' }], { a: 1, b: null }],
    ['takes a value that is left out as null', { a: 1 }, [{ op: 'add', path: '/b' }], { a: 1, b: null }],
    ['reads an index as a number', { a: [1] }, [{ op: 'replace', path: '/a/00', value: 2 }], { a: [2] }],
    ['takes a missing member as null in a test', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
  ])('A42 %s', (_, target, ops, expected) => {
    expect(applyJsonPatch(target, ops)).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['no array', { op: 'add' }],
    ['an operation that is no object', [null]],
  ])('A42 a malformed patch is refused as such: %s', (_, ops) => {
    expect(faultOf(() => applyJsonPatch({ a: 1 }, ops))).toBe('PatchMalformed');
  });

  test.each<[string, unknown]>([
    ['a missing path', [{ op: 'remove', path: '/x' }]],
    ['a missing parent', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['a failed test', [{ op: 'test', path: '/a', value: [2] }]],
    ['an index out of bounds', [{ op: 'add', path: '/a/2', value: 1 }]],
    ['an index that is no number', [{ op: 'replace', path: '/a/x', value: 1 }]],
    ['an unknown op', [{ op: 'frob', path: '/a' }]],
    ['a path without a slash', [{ op: 'remove', path: 'a' }]],
    ['no path', [{ op: 'remove' }]],
    ['no from', [{ op: 'copy', path: '/a' }]],
    ['adding the document', [{ op: 'add', path: '', value: {} }]],
    ['removing the document', [{ op: 'remove', path: '' }]],
    ['moving into itself', [{ op: 'move', from: '/a', path: '/a/0' }]],
  ])('A42 an operation that cannot be done is not applicable: %s', (_, ops) => {
    expect(faultOf(() => applyJsonPatch({ a: [1] }, ops))).toBe('PatchNotApplicable');
  });

  test('A42 more than 10 000 operations are too large, with the count', () => {
    const ops = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));

    expect(() => applyJsonPatch({ a: 1 }, ops)).toThrow('The allowed maximum operations in a JSON patch is 10000, got 10001');
    expect(faultOf(() => applyJsonPatch({ a: 1 }, ops))).toBe('PatchTooLarge');
    expect(applyJsonPatch({ a: 1 }, ops.slice(1))).toEqual({ a: 1 });
  });

  test('A42 copies of more than 3 145 728 bytes together are not applicable', () => {
    const target = { a: 'x'.repeat(1_048_574) }; // with its quotes a third of the limit

    expect(faultOf(() => applyJsonPatch(target, [1, 2, 3].map((i) => ({ op: 'copy', from: '/a', path: `/c${i}` }))))).toBe('none');
    expect(faultOf(() => applyJsonPatch(target, [1, 2, 3, 4].map((i) => ({ op: 'copy', from: '/a', path: `/c${i}` }))))).toBe('PatchNotApplicable');
  });

  test('A42 a failed test leaves everything unchanged', () => {
    const target = Object.freeze({ a: Object.freeze([1]) });

    expect(faultOf(() => applyJsonPatch(target, [{ op: 'add', path: '/a/-', value: 2 }, { op: 'test', path: '/a/0', value: 9 }]))).toBe('PatchNotApplicable');
    expect(target).toEqual({ a: [1] });
  });

  test('A42 the result shares what did not change', () => {
    const target = Object.freeze({ kept: Object.freeze({ x: 1 }), changed: Object.freeze({ y: 1 }) });

    const result = applyJsonPatch(target, [{ op: 'replace', path: '/changed/y', value: 2 }]) as typeof target;

    expect(result.kept).toBe(target.kept);
    expect(result.changed).toEqual({ y: 2 });
  });

  test.each(['/constructor/prototype/x', '/__proto__/x', '/toString/x', '/hasOwnProperty/x'])('A44 %s does not exist on an object without such members', (path) => {
    expect(faultOf(() => applyJsonPatch({}, [{ op: 'add', path, value: 1 }]))).toBe('PatchNotApplicable');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test('A44 __proto__ is added as an own member', () => {
    const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }]) as object;

    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect((result as { x?: unknown }).x).toBeUndefined();
    expect(JSON.stringify(result)).toBe('{"__proto__":{"x":1}}');
    expect(JSON.stringify(applyJsonPatch(result, [{ op: 'add', path: '/a', value: 1 }]))).toBe('{"__proto__":{"x":1},"a":1}');
  });
});
