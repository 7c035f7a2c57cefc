import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/child.mjs';
import { registryFile } from './handles.mjs';

const tool = join(root, 'tools', 'gen-kinds');
const kindsFile = join(root, 'docs', 'rules', 'builtin-kinds.tsv');
/** What the Go types of Kubernetes say of the built-in kinds, as it is committed. */
export const factsFile = join(root, 'src', 'kinds', 'generated', 'facts.ts');

/** A hash of all that decides what is generated: the list of kinds and the generator with its versions (T7). */
function stampOfSources() {
  const hash = createHash('sha256');
  const files = readdirSync(tool).filter((name) => name.endsWith('.go') || name === 'go.mod' || name === 'go.sum').sort();
  const tables = [kindsFile, registryFile, join(root, 'src', 'kinds', 'messages', 'corrections.ts'), join(root, 'scripts', 'generate', 'handles.mjs')];
  for (const file of [...tables, ...files.map((name) => join(tool, name))]) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Whether the committed facts come from the generator and the list as they are now; needs no Go. */
export function factsAreFresh() {
  return existsSync(factsFile) && readFileSync(factsFile, 'utf8').includes(stampOfSources());
}

/** `group/version kind` of every row, a line each: what the generator reads. */
export function kindLines() {
  return kindRows().map(({ group, version, kind }) => `${group}/${version} ${kind}\n`).join('');
}

/** The rows of the list of kinds, by the names of its columns. */
export function kindRows() {
  const [head, ...rows] = readFileSync(kindsFile, 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

/** The file's text: one JSON text for each group, a line for each message, so that a change is read as data. */
export function factsText({ messages, enums }) {
  const groups = sorted(messages).map(([group, named]) => {
    const text = `{"enums":${JSON.stringify(Object.fromEntries(sorted(enums[group] ?? {})))},"messages":{\n${sorted(named).map(([name, message]) => `${JSON.stringify(name)}:${JSON.stringify(message)}`).join(',\n')}\n}}`;
    if (/[\\`]|\$\{/.test(text)) throw new Error(`${group}: a name or default would have to be escaped`);
    return `  '${group}': \`${text}\`,\n`;
  });
  return `// Written by \`npm run generate\` from the Go types of Kubernetes. Do not edit.
// Sources: ${stampOfSources()}

/** The facts of each group's messages, as JSON text: parsed when a kind of the group is first used. Rules: T1, T3. */
export const factsOfGroups: { readonly [group: string]: string } = {
${groups.join('')}};
`;
}

/** The committed facts as the generator gives them; none: empty. */
export function committedFacts() {
  const [messages, enums] = [{}, {}];
  if (existsSync(factsFile)) {
    for (const [, group, text] of readFileSync(factsFile, 'utf8').matchAll(/^ {2}'([^']+)': `([^`]*)`,$/gm)) ({ messages: messages[group], enums: enums[group] } = JSON.parse(text));
  }
  return { messages, enums };
}

function sorted(value) {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
