import { parseArgs } from 'node:util';
import { wrongUse } from './setup/command-error.mjs';

/**
 * The arguments of a command. Unknown or malformed flags are wrong use (exit 2).
 *
 * @param {string[]} args
 * @param {import('node:util').ParseArgsConfig['options']} options
 * @returns {{ values: Record<string, any>, positionals: string[] }}
 */
export function readFlags(args, options, { positionals = false } = {}) {
  try {
    return parseArgs({ args, options, allowPositionals: positionals, strict: true });
  } catch (error) {
    throw wrongUse(`${error.message.split('. ')[0]}; --help shows what there is`);
  }
}

/** A flag's value as a whole number from `least` on. */
export function wholeNumber(text, flag, least = 0) {
  if (!/^\d+$/.test(text) || Number(text) < least) throw wrongUse(`--${flag} takes a whole number from ${least} on, not ${JSON.stringify(text)}`);
  return Number(text);
}
