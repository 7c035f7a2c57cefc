import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './program.js';
import { programs } from './programs.js';
import { randomPrograms } from './random-programs.js';

/** The programs whose answers are kept: all that are written by hand, and some that a seed makes. */
export const recordedPrograms: readonly Program[] = [...programs, ...randomPrograms(1, 97)];

/** One line for each program: its id, a tab, and what kube-apiserver showed of it, made comparable. */
const file = join('test', 'oracles', 'apiserver', 'recorded.tsv');

export function readRecorded(): ReadonlyMap<string, unknown> {
  return new Map(readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => {
    const tab = line.indexOf('\t');
    return [line.slice(0, tab), JSON.parse(line.slice(tab + 1)) as unknown];
  }));
}

export function writeRecorded(traces: ReadonlyMap<string, unknown>): void {
  writeFileSync(file, recordedPrograms.map(({ id }) => `${id}\t${JSON.stringify(traces.get(id))}\n`).join(''));
}
