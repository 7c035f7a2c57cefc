import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/child.mjs';

const tool = join(root, 'tools', 'gen-kinds');
const kindsFile = join(root, 'docs', 'rules', 'builtin-kinds.tsv');
/** What the Go types of Kubernetes say of the built-in kinds, as it is committed. */
export const factsFile = join(tool, 'facts.json');

/** A hash of all that decides what is generated: the list of kinds and the generator with its versions (T7). */
export function stampOfSources() {
  const hash = createHash('sha256');
  const files = readdirSync(tool).filter((name) => name.endsWith('.go') || name === 'go.mod' || name === 'go.sum').sort();
  for (const file of [kindsFile, ...files.map((name) => join(tool, name))]) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** `group/version kind` of every row, a line each: what the generator reads. */
export function kindLines() {
  const [head, ...rows] = readFileSync(kindsFile, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  const [group, version, kind] = ['group', 'version', 'kind'].map((name) => head.indexOf(name));
  return rows.map((row) => `${row[group]}/${row[version]} ${row[kind]}\n`).join('');
}

/** The file's text: sorted, a line for each message, so that a change is read as data. */
export function factsText({ kinds, messages, enums }) {
  const lines = (value) => sorted(value).map(([name, inner]) => `${JSON.stringify(name)}: ${JSON.stringify(inner)}`).join(',\n');
  const groups = (value) => sorted(value).map(([name, inner]) => `${JSON.stringify(name)}: {\n${lines(inner)}\n}`).join(',\n');
  return `{\n"sources": ${JSON.stringify(stampOfSources())},\n"kinds": {\n${lines(kinds)}\n},\n"enums": {\n${groups(enums)}\n},\n"messages": {\n${groups(messages)}\n}\n}\n`;
}

export function committedFacts() {
  return existsSync(factsFile) ? JSON.parse(readFileSync(factsFile, 'utf8')) : undefined;
}

function sorted(value) {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
