import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { factsDiff } from '../../scripts/generate/diff.mjs';
import { committedFacts, factsAreFresh, factsFile, factsText } from '../../scripts/generate/facts.mjs';

const facts = (fields: readonly unknown[]) => ({ messages: { 'core/v1': { Thing: { fields } } }, enums: {} });

describe('npm run generate', () => {
  test('T8 says what comes, goes and changes; changed numbers and lists are breaking', () => {
    const before = facts([['gone', 'string', 'o', 1], ['kept', 'string', 'o', 2], ['moved', 'string', 'o', 3], ['listed', '[]string', 'o', 4, { ssa: 'set' }]]);
    const after = facts([['kept', 'int32', 'o', 2], ['moved', 'string', 'o', 9], ['listed', '[]string', 'o', 4], ['new', 'bool', 'po', 5]]);

    expect(factsDiff(before, after)).toEqual({
      lines: ['- core/v1.Thing.gone string', '~ core/v1.Thing.kept type int32, before string', '+ core/v1.Thing.new bool'],
      breaking: ['! core/v1.Thing.listed is applied as atomic, before set', '! core/v1.Thing.moved has number 9, before 3'],
    });
    expect(factsDiff(before, before)).toEqual({ lines: [], breaking: [] });
  });

  test('T6 the committed facts are written as they would be again, byte by byte', () => {
    const text = readFileSync(factsFile, 'utf8');
    expect(factsText(committedFacts())).toBe(text);
    expect(text).not.toContain('\r');
  });

  test('T7 the committed facts carry the hash of the lists, the hand tables and the generator of now', () => {
    expect(factsAreFresh()).toBe(true);
  });
});
