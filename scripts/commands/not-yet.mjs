import { CommandError } from '../setup/command-error.mjs';

/** A command whose matter is not there yet: says so, and is never counted as a pass. */
export default async function notYet(_args, name) {
  const { commands } = await import('../commands.mjs');
  throw new CommandError(3, `there is ${commands[name].sentence}`);
}
