import process from 'node:process';
import { readFlags } from '../flags.mjs';
import { ensurePackage } from '../setup/build.mjs';
import { CommandError, wrongUse } from '../setup/command-error.mjs';

/** In the order in which they run. `supply` needs the network and runs only when it is named. */
const parts = ['types', 'lint', 'api', 'package', 'dead', 'size', 'docs', 'links', 'generated', 'supply'];
/** Look at what was built. */
const afterBuild = ['api', 'package', 'size'];
export const defaultParts = parts.filter((part) => part !== 'supply');

export default async function run(args) {
  const { values, positionals } = readFlags(args, { update: { type: 'boolean' }, json: { type: 'string' } }, { positionals: true });
  for (const part of positionals) if (!parts.includes(part)) throw wrongUse(`there is no part ${part}; there are ${parts.join(' ')}`);
  const { results } = await runChecks(positionals.length > 0 ? parts.filter((part) => positionals.includes(part)) : defaultParts, values);
  const short = results.filter(({ ok }) => !ok);
  if (values.json) (await import('node:fs')).writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(short.length === 0 ? `all ${results.length} parts hold\n` : `${short.map(({ part, says }) => `${part}: ${says}`).join('; ')}\n`);
  return short.length === 0 ? 0 : 1;
}

/** Runs the parts one after the other, with a line for each. */
export async function runChecks(names, options = {}) {
  const results = [];
  let building;
  const built = () => (building ??= ensurePackage());
  const firstBuilt = names.find((name) => afterBuild.includes(name));
  for (const part of names) {
    if (process.stdout.isTTY) process.stdout.write(`${part} …`);
    const result = await runPart(part, options, built);
    // Why the build failed is told once.
    if (afterBuild.includes(part) && part !== firstBuilt && !result.ok && result.built === false) result.detail = '';
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
    if (!result.ok && result.detail) process.stdout.write(`${result.detail.trimEnd()}\n`);
    process.stdout.write(`${result.ok ? 'ok  ' : 'FAIL'} ${part.padEnd(9)} ${result.says}\n`);
    results.push({ part, ok: result.ok, says: result.says });
  }
  return { results };
}

async function runPart(part, options, built) {
  let isBuilt = !afterBuild.includes(part);
  try {
    if (!isBuilt) await built();
    isBuilt = true;
    return await (await import(`../check/${part}.mjs`)).default(options);
  } catch (error) {
    // A part that cannot run (a build that fails, a tool that is missing) falls short like one that found something.
    if (error instanceof CommandError && error.exitCode !== 130) return { ok: false, says: error.message.split('\n').at(-1), detail: error.message, built: isBuilt };
    throw error;
  }
}
