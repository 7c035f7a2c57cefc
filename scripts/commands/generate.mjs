import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { readFlags } from '../flags.mjs';
import { factsDiff } from '../generate/diff.mjs';
import { committedFacts, factsFile, factsText, kindLines, kindRows } from '../generate/facts.mjs';
import { generatedFolder, handleFiles } from '../generate/handles.mjs';
import { root } from '../setup/child.mjs';
import { CommandError } from '../setup/command-error.mjs';
import { onPath } from '../setup/etcd.mjs';

export default async function run(args) {
  const { values } = readFlags(args, { diff: { type: 'boolean' } });
  const facts = upstreamFacts();
  if (values.diff) return printDiff(committedFacts(), facts);
  mkdirSync(dirname(factsFile), { recursive: true });
  writeFileSync(factsFile, factsText(facts));
  for (const [name, text] of await handleFiles(facts, kindRows())) writeFileSync(join(generatedFolder, name), text);
  process.stdout.write(`${Object.values(facts.messages).reduce((sum, group) => sum + Object.keys(group).length, 0)} messages of ${Object.keys(facts.messages).length} groups\n`);
  return 0;
}

function printDiff(before, after) {
  const { lines, breaking } = factsDiff(before, after);
  for (const line of [...breaking, ...lines]) process.stdout.write(`${line}\n`);
  process.stdout.write(`${lines.length + breaking.length} changes, ${breaking.length} of which stored objects depend on\n`);
  return breaking.length === 0 ? 0 : 1;
}

/** Asked of the Go types themselves, in the versions of tools/gen-kinds/go.mod. */
function upstreamFacts() {
  if (!onPath('go')) throw new CommandError(3, 'the facts of the kinds come from Go types, and Go is missing: install Go 1.26 or later (https://go.dev/doc/install)');
  const { status, stdout, stderr, error } = spawnSync('go', ['run', '.'], { cwd: join(root, 'tools', 'gen-kinds'), input: kindLines(), encoding: 'utf8', maxBuffer: 64 << 20 });
  if (error || status !== 0) throw new CommandError(4, `${error?.message ?? stderr.trim()}\nthe facts could not be generated`);
  return JSON.parse(stdout);
}
