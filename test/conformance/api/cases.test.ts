import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { allCases } from './cases.js';
import { leftOut } from './left-out.js';

const folder = new URL('.', import.meta.url);

describe('the case table of the api', () => {
  test('each row has one test, or is left out for a reason', () => {
    const texts = readdirSync(folder).filter((name) => name.endsWith('.test.ts')).map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const tested = texts.flatMap((text) => [...text.matchAll(/^row\('([^']+)'/gm)].map((found) => found[1] ?? ''));

    expect([...tested, ...Object.keys(leftOut)].sort()).toEqual(allCases().map(({ id }) => id).sort());
  });
});
