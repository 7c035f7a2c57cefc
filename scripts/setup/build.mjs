import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, nodeTool } from './child.mjs';
import { CommandError } from './command-error.mjs';
import { ensureInstalled } from './install.mjs';

const stampFile = join(root, '.build', 'build-stamp');
/** Everything that decides what the build gives. */
const inputs = ['src', 'examples', 'scripts/setup/build.mjs', 'tsup.config.ts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'];

/** Builds `dist` and `.build/examples` when what they are made of has changed. */
export async function ensureBuilt() {
  await ensureInstalled();
  const stamp = hashOf(inputs);
  const built = existsSync(join(root, 'dist', 'index.js')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (built) return;
  process.stderr.write('setting up: building\n');
  await build();
}

/** Builds everything: JavaScript by tsup, declarations by tsc, and the examples. */
export async function build() {
  const stamp = hashOf(inputs);
  rmSync(stampFile, { force: true });
  await step('tsup/dist/cli-default.js', ['--silent'], 'the build failed');
  await step('typescript/bin/tsc', ['-p', 'tsconfig.build.json'], 'the declarations could not be built');
  mkdirSync(join(root, '.build'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

async function step(tool, args, failure) {
  const { code, output } = await nodeTool(tool, args, { quiet: true });
  if (code !== 0) throw new CommandError(1, `${output.trimEnd()}\n${failure}; the errors are above`);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) addTo(hash, path);
  return hash.digest('hex');
}

function addTo(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch {
    hash.update(`${path}\0`).update(readFileSync(full));
    return;
  }
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) addTo(hash, `${path}/${name}`);
}
