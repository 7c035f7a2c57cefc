import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { root, runChild } from './child.mjs';
import { CommandError, wrongUse } from './command-error.mjs';
import { ensureEtcd, onPath } from './etcd.mjs';

const sources = join(root, 'test', 'oracles', 'etcd');
const programs = { etcd: 'go.etcd.io/etcd/server/v3', etcdutl: 'go.etcd.io/etcd/etcdutl/v3' };

/**
 * The environment for a run over etcd: as it is, with Debian's package, or with `etcd` and `etcdutl` of another version first
 * on the PATH, built from their sources by Go.
 */
export async function etcdEnv(version) {
  await ensureEtcd();
  if (version === undefined) return {};
  const versions = readdirSync(sources, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (!versions.includes(version)) throw wrongUse(`--etcd takes ${versions.join(' or ')}, not ${version}`);
  const folder = join(root, '.build', 'etcd', version);
  for (const [program, source] of Object.entries(programs)) await build(version, source, join(folder, program));
  return { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
}

async function build(version, source, program) {
  if (existsSync(program)) return;
  if (!onPath('go')) throw new CommandError(3, `etcd ${version} is built with Go, which is missing: install Go 1.24 or later (https://go.dev/doc/install), or leave --etcd out`);
  process.stderr.write(`setting up: building ${source}, version ${version}\n`);
  const { code, output } = await runChild('go', ['build', '-trimpath', '-o', program, source], { cwd: join(sources, version), quiet: true });
  if (code !== 0) throw new CommandError(4, `${output.trim()}\netcd ${version} could not be built`);
}
