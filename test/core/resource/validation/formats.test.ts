import { describe, expect, test } from '@jest/globals';
import { base64Fault, formats } from '../../../../src/core/resource/validation/formats.js';

const fits = (format: string, value: string) => (formats[format] as { validate(value: string): boolean }).validate(value);

describe('base64', () => {
  test.each<[string, number | undefined]>([['YWJj', undefined], ['YW\nJj', undefined], ['!', 0], ['YWJj*', 4], ['YQ', 0], ['YWJjYQ=', 7], ['YQ==Y', 4], ['=', 0]])('A91 %j stops at %p', (text, at) => {
    expect(base64Fault(text)).toBe(at);
  });
});

describe('formats', () => {
  test.each([
    ['date', ['2024-02-29', '2030-12-31'], ['2023-02-29', '2024-13-01', '2024-1-1', '']],
    ['date-time', ['2024-02-29T00:00:00Z', '2024-02-29T23:59:59.123456+02:00'], ['2024-02-30T00:00:00Z', '10000-01-01T00:00:00Z', '2024-01-01T00:00:00', '2024-01-01T24:00:00Z']],
    ['duration', ['1h30m', '1.5s', '0', '100ms'], ['-5m', '1h-3m', '1000000000h', '5', '', 'h', '1e9h']],
    ['byte', ['', 'YQ==', 'YWJj', 'YWJj\n'], ['YQ=', '*', 'YQ==YQ==', 'Y=Q=', 'YWJ']],
    ['hostname', ['www.example.com', 'a'], ['', '-a', 'a..b', `${'a'.repeat(64)}.b`, 'a_b']],
    ['ipv4', ['10.0.0.1'], ['10.0.0', '10.0.0.256', '::1']],
    ['ipv6', ['::1', 'fe80::1'], ['10.0.0.1', ':::']],
    ['uri', ['http://example.com/x', '/path'], ['x', '']],
    ['email', ['a@example.com'], ['a', 'a@b@c', '@b']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
  ])('A107 B81 %s', (format, good, bad) => {
    for (const value of good) expect([value, fits(format, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, fits(format, value)]).toEqual([value, false]);
  });
});
