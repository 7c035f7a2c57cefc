import process from 'node:process';
import { runChild } from '../setup/child.mjs';

/** The command line from the checkout: the same as the installed `setpoint`. */
export default async function run(args) {
  return (await runChild(process.execPath, ['dist/cli/main.js', ...args])).code;
}
