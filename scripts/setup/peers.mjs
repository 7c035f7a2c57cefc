import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runChild } from './child.mjs';
import { CommandError } from './command-error.mjs';
import { onPath } from './etcd.mjs';

/** Builds the upstream implementations that ours is measured beside, and answers the folder with their programs. */
export async function buildPeers() {
  if (!onPath('go')) throw new CommandError(3, 'the peers are built with Go, which is missing: install Go 1.24 or later (https://go.dev/doc/install), or leave --peers out');
  const sources = join(root, 'bench', 'peers');
  const folder = join(root, '.build', 'peers');
  for (const name of readdirSync(sources)) {
    const { code, output } = await runChild('go', ['build', '-trimpath', '-o', join(folder, name), '.'], { cwd: join(sources, name), quiet: true });
    if (code !== 0) throw new CommandError(4, `${output.trim()}\nthe peer ${name} could not be built`);
  }
  return folder;
}
