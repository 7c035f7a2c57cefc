import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { readFlags, wholeNumber } from '../flags.mjs';
import { root, runChild } from '../setup/child.mjs';
import { CommandError, wrongUse } from '../setup/command-error.mjs';
import { etcdEnv } from '../setup/etcd-version.mjs';

/** All runs that the contract names (X8). */
const allNames = 'etcd-kill etcd-partition etcd-down etcd-full torn-log compact restore unknown leader-kill leader-stop pause clock nodes rollout gc finalizers'.split(' ');
/** The runs that no etcd takes part in. */
const withoutEtcd = new Set(['torn-log']);
const flags = { minutes: { type: 'string' }, rounds: { type: 'string' }, seed: { type: 'string' }, etcd: { type: 'string' }, json: { type: 'string' } };

export default async function run(args) {
  const { values, positionals } = readFlags(args, flags, { positionals: true });
  const [name, ...more] = positionals;
  const ready = readyNames();
  if (name === undefined) {
    process.stdout.write(`${ready.join('\n')}\n`);
    return 0;
  }
  if (more.length > 0) throw wrongUse('one run at a time; --help shows what there is');
  if (!allNames.includes(name)) throw wrongUse(`there is no run ${name}; there are ${ready.join(' ')}`);
  if (!ready.includes(name)) throw new CommandError(3, `the run ${name} is not there yet; there are ${ready.join(' ')}`);
  const result = await runOne(name, {
    rounds: values.rounds === undefined ? undefined : wholeNumber(values.rounds, 'rounds', 1),
    minutes: values.minutes === undefined ? undefined : wholeNumber(values.minutes, 'minutes', 1),
    seed: values.seed === undefined ? 1 : wholeNumber(values.seed, 'seed', 0),
  }, withoutEtcd.has(name) ? {} : await etcdEnv(values.etcd));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  const figures = Object.entries(result.figures).map(([figure, value]) => `${value} ${figure}`).join(', ');
  process.stdout.write(`${name}: ${figures}\n`);
  for (const violation of result.violations) process.stdout.write(`${violation}\n`);
  process.stdout.write(`${result.pass ? 'passed' : 'failed'}: ${result.lost} acknowledged writes lost, ${result.duplicated} duplicated, ${result.violations.length} violations\n`);
  return result.pass ? 0 : 1;
}

/** The runs, each a program in test/chaos that answers as X8 says. */
function readyNames() {
  return readdirSync(join(root, 'test', 'chaos')).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length)).filter((name) => allNames.includes(name));
}

/** Order and result lie in the checkout: an interrupt ends this process before it could remove a temporary folder (X10). */
async function runOne(name, options, env) {
  const programs = join(root, '.build', 'chaos');
  await bundle(programs);
  const order = join(programs, 'order.json');
  const out = join(programs, 'result.json');
  rmSync(out, { force: true });
  writeFileSync(order, JSON.stringify({ name, ...options, programs, out }));
  const { code } = await runChild(process.execPath, [join(programs, 'run.js'), order], { env });
  if (code !== 0 || !existsSync(out)) throw new CommandError(4, `the run ${name} failed; see above`);
  return JSON.parse(readFileSync(out, 'utf8'));
}

/** The programs with our sources, built as the package is. */
async function bundle(outDir) {
  const { build } = await import('tsup');
  await build({
    config: false, entry: readdirSync(join(root, 'test', 'chaos')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => `test/chaos/${file}`),
    outDir, format: 'esm', target: 'node20.19', platform: 'node', splitting: true, sourcemap: true, clean: true, silent: true, dts: false,
  });
}
