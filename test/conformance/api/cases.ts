import { readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import type { World, WorldOptions } from '../../core/api/harness.js';
import { worlds } from './stores.js';

/** A row of cases.tsv. */
export interface Case {
  readonly id: string;
  readonly area: string;
  readonly given: string;
  readonly when: string;
  readonly then: string;
}

const file = new URL('cases.tsv', import.meta.url);

export function allCases(): readonly Case[] {
  return readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => {
    const [id = '', area = '', given = '', when = '', then = ''] = line.split('\t');
    return { id, area, given, when, then };
  });
}

/** Makes tests out of rows; call once in a file. */
export function cases(): (id: string, run: (world: World) => Promise<void>, options?: WorldOptions) => void {
  const open = worlds();
  const byId = new Map(allCases().map((row) => [row.id, row]));
  return (id, run, options) => {
    const row = byId.get(id);
    if (!row) throw new Error(`there is no row ${id}`);
    test(`${id} ${row.area}, given ${row.given}: ${row.when} → ${row.then}`, async () => {
      const world = await open(options);
      try {
        await run(world);
      } finally {
        await world[Symbol.asyncDispose]();
      }
    });
  };
}
