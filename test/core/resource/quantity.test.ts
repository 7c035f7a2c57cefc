import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addQuantities, canonicalQuantity, compareQuantities, formatQuantity, parseQuantity, quantityMilliValue, quantityValue } from '../../../src/core/resource/quantity.js';

describe('quantities', () => {
  test.each([
    ['1024Mi', '1Gi'], ['0.1', '100m'], ['1.5Gi', '1536Mi'], ['1000m', '1'], ['0.1m', '100u'], ['1.0000000001', '1000000001n'], ['0.1n', '1n'], ['-0.1n', '-1n'],
    ['0', '0'], ['-0', '0'], ['+1', '1'], ['1000', '1k'], ['1500', '1500'], ['1e3', '1e3'], ['1E3', '1e3'], ['1E', '1E'], ['1000e3', '1e6'], ['100e-3', '100e-3'],
    ['1023Ki', '1023Ki'], ['0.5Ki', '512'], ['1.0001Ki', '1024102400u'], ['.5', '500m'], ['5.', '5'], ['12Ei', undefined], ['9223372036854775807', '9223372036854775807'], ['2.5Gi', '2560Mi'],
    ['0e1000', '0'], ['1e-1000', '1e-9'],
  ])('A90 B80 %s is written %s', (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  test.each(['1e1000', '1E9999999999', '1'.repeat(65), '', ' 1', '1 Gi', '0x10', 'NaN', '١', '1.5.2', '+-1', '1ki', '.', '1e', 'Ki', '9223372036854775808', '1\n', '1K'])('B79 %j is refused', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  test('A90 equality is by value', () => {
    expect(compareQuantities('1000m', '1')).toBe(0);
    expect(compareQuantities('1Ki', '1k')).toBe(1);
    expect(compareQuantities(-1, '0')).toBe(-1);
  });

  test('whole and thousandth values round up', () => {
    expect([quantityValue('100m'), quantityValue('1.5Gi'), quantityMilliValue('250m'), quantityMilliValue('1n'), quantityMilliValue('2')]).toEqual([1, 1_610_612_736, 250, 1, 2_000]);
  });

  test('B80 sums are exact', () => {
    let sum = '0';
    for (let i = 0; i < 10_000; i++) sum = addQuantities(sum, '300m');

    expect(sum).toBe('3k');
  });

  test('A90 canonical text keeps the value, and is its own canonical text', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e2', 'E-3');
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(999), suffix, (whole, fraction, end) => {
      const text = `${whole}.${fraction}${end}`;
      const canonical = canonicalQuantity(text) ?? '';

      expect(parseQuantity(canonical)?.nano).toBe(parseQuantity(text)?.nano);
      expect(canonicalQuantity(canonical)).toBe(canonical);
    }));
  });

  test('any amount can be written and read', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n - 1n) * 10n ** 9n, max: (2n ** 63n - 1n) * 10n ** 9n }), fc.constantFrom('decimal' as const, 'binary' as const, 'exponent' as const), (nano, family) => {
      expect(parseQuantity(formatQuantity({ nano, family }))?.nano).toBe(nano);
    }));
  });
});
