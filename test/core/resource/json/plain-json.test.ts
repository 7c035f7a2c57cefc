import { describe, expect, test } from '@jest/globals';
import { InvalidJson, plainJson } from '../../../../src/core/resource/json/plain-json.js';

class Animal { legs = 4; }
const nested = (depth: number, list: boolean): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = list ? [value] : { a: value };
  return value;
};
const refusal = (value: unknown): InvalidJson => {
  try {
    plainJson(value);
  } catch (error) {
    if (error instanceof InvalidJson) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('plainJson', () => {
  test('B12 copies all, so that later changes of the caller are not seen', () => {
    const given = { a: [{ b: 1 }], c: 'x', d: null, e: true };
    const { value } = plainJson(given);

    expect(value).toEqual(given);
    expect((value as typeof given).a[0]).not.toBe(given.a[0]);
  });

  test.each([['lists', true], ['objects', false]])('B3 %s may be nested 512 levels deep, not 513', (_, list) => {
    expect(plainJson(nested(512, list)).value).toEqual(nested(512, list));
    for (const depth of [513, 5_000, 1_000_000]) expect(refusal(nested(depth, list)).fault).toBe('depth');
  });

  test.each([
    ['B5 a lone surrogate', { a: '\ud800' }], ['B5 a lone surrogate in a key', { '\udc00': 1 }], ['B7 infinity', { a: 1e400 }], ['B10 NaN', { a: Number.NaN }], ['B8 a large integer', { a: 2 ** 53 }],
    ['B10 a bigint', { a: 1n }], ['B10 a Date', { a: new Date(0) }], ['B10 a Map', { a: new Map() }], ['B10 a symbol', { a: Symbol('x') }], ['B10 a function', { a: () => 1 }],
    ['B10 a class instance', { a: new Animal() }], ['B12 toJSON', { a: { toJSON: () => 1 } }],
  ])('%s is refused with its path', (_, value) => {
    expect(refusal(value)).toMatchObject({ code: 'InvalidJson', fault: 'value' });
  });

  test('B10 paths lead to the value', () => {
    expect(refusal({ spec: { list: [1, { x: Number.NaN }] } })).toMatchObject({ path: 'spec.list[1].x', message: 'spec.list[1].x: NaN is no JSON number' });
  });

  test('B10 a sparse list and undefined in a list are refused, an undefined property is dropped', () => {
     
    expect(refusal({ a: [1, , 2] }).path).toBe('a[1]');
    expect(plainJson({ a: undefined, b: 1 }).value).toEqual({ b: 1 });
    expect(Object.keys(plainJson({ a: undefined }).value as object)).toEqual([]);
  });

  test('B9 minus zero is zero', () => {
    expect(Object.is((plainJson({ a: -0 }).value as { a: number }).a, 0)).toBe(true);
  });

  test('B11 a cycle, and one that branches, end', () => {
    const cyclic: { a?: unknown; b?: unknown } = {};
    cyclic.a = cyclic;
    cyclic.b = cyclic;

    expect(refusal(cyclic).fault).toBe('depth');
  });

  test('B11 A85 too much is refused', () => {
    expect(refusal(new Array(10_000_000).fill(1)).fault).toBe('value');
    expect(refusal({ a: 'x'.repeat(3_145_728) }).fault).toBe('size');
    expect(plainJson({ a: 'x'.repeat(3_000_000) }).sizeBytes).toBeGreaterThan(3_000_000);
  });

  test('B12 a getter is read once, and one that throws is the cause', () => {
    let reads = 0;
    expect(plainJson({ get a() { return ++reads; } }).value).toEqual({ a: 1 });
    expect(reads).toBe(1);
    const boom = new Error('boom');
    expect(refusal({ get a() { throw boom; } })).toMatchObject({ path: 'a', cause: boom });
  });

  test('B13 __proto__ and the like are own properties of data', () => {
    const { value } = plainJson(JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": "x"}'));

    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('objects without a prototype are fine', () => {
    expect(plainJson(Object.assign(Object.create(null) as object, { a: 1 })).value).toEqual({ a: 1 });
  });
});
