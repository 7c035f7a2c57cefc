import process from 'node:process';
import { runChild } from '../setup/child.mjs';

/** The main job: the command line's `start`, which knows its own flags. */
export default async function run(args) {
  return (await runChild(process.execPath, ['dist/cli/main.js', 'start', ...args])).code;
}
