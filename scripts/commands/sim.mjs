import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureBuilt } from '../setup/build.mjs';
import { root, runChild } from '../setup/child.mjs';
import { CommandError } from '../setup/command-error.mjs';

/** Simulations are part of the command line, which knows its own flags. */
export default async function run(args) {
  if (!existsSync(join(root, 'src/testing/index.ts'))) throw new CommandError(3, 'there is no simulation yet');
  await ensureBuilt();
  return (await runChild(process.execPath, ['dist/cli/main.js', 'sim', ...args])).code;
}
