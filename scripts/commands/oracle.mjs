import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { readFlags, wholeNumber } from '../flags.mjs';
import { root, runChild } from '../setup/child.mjs';
import { CommandError, wrongUse } from '../setup/command-error.mjs';
import { onPath } from '../setup/etcd.mjs';
import { etcdEnv } from '../setup/etcd-version.mjs';

/** All oracles that the contract names (X7). */
const allNames = ['api', 'scheduler', 'controllers'];
const flags = { cases: { type: 'string' }, seed: { type: 'string' }, record: { type: 'boolean' }, json: { type: 'string' } };
/** kube-apiserver wants an etcd that Debian does not have. */
const etcdVersion = '3.6';

export default async function run(args) {
  const { values, positionals: [name, ...more] } = readFlags(args, flags, { positionals: true });
  if (name === undefined || more.length > 0 || !allNames.includes(name)) throw wrongUse(`name one of ${allNames.join(', ')}`);
  if (name !== 'api') throw new CommandError(3, `the oracle for ${name} is not there yet; there is one for api`);
  const result = await compare({ cases: values.cases === undefined ? undefined : wholeNumber(values.cases, 'cases', 1), seed: values.seed === undefined ? 1 : wholeNumber(values.seed, 'seed', 0), record: values.record === true });
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.record) {
    process.stdout.write(`recorded the answers to ${result.cases} programs\n`);
    return 0;
  }
  for (const { case: id, path, upstream, ours } of result.differences) process.stdout.write(`${id}\n  ${path}\n    upstream ${shown(upstream)}\n    ours     ${shown(ours)}\n`);
  const differing = new Set(result.differences.map((difference) => difference.case)).size;
  process.stdout.write(`${result.compared - differing} of ${result.cases} programs agree, ${result.differences.length} differences\n`);
  return result.differences.length === 0 ? 0 : 1;
}

async function compare(options) {
  const env = await etcdEnv(etcdVersion);
  const program = await kubeApiserver();
  const folder = join(root, '.build', 'oracle');
  const { build } = await import('tsup');
  await build({ config: false, entry: ['test/oracles/apiserver/run.ts'], outDir: folder, format: 'esm', target: 'node20.19', platform: 'node', splitting: false, sourcemap: true, clean: true, silent: true, dts: false });
  const [order, out] = [join(folder, 'order.json'), join(folder, 'result.json')];
  rmSync(out, { force: true });
  writeFileSync(order, JSON.stringify({ ...options, program, out }));
  const { code } = await runChild(process.execPath, [join(folder, 'run.js'), order], { env });
  if (code !== 0 || !existsSync(out)) throw new CommandError(4, 'the comparison failed; see above');
  return JSON.parse(readFileSync(out, 'utf8'));
}

/** Built once, from its sources. */
async function kubeApiserver() {
  const program = join(root, '.build', 'kube-apiserver');
  if (existsSync(program)) return program;
  if (!onPath('go')) throw new CommandError(3, 'kube-apiserver is built with Go, which is missing: install Go 1.24 or later (https://go.dev/doc/install)');
  process.stderr.write('setting up: building kube-apiserver, which takes some minutes\n');
  const { code, output } = await runChild('go', ['build', '-trimpath', '-o', program, '.'], { cwd: join(root, 'test', 'oracles', 'apiserver'), quiet: true });
  if (code !== 0) throw new CommandError(4, `${output.trim()}\nkube-apiserver could not be built`);
  return program;
}

function shown(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
