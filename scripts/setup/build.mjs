import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, nodeTool } from './child.mjs';
import { CommandError } from './command-error.mjs';
import { ensureInstalled } from './install.mjs';

/** Everything that decides what the build gives. */
const inputs = ['src', 'examples', 'scripts/setup/build.mjs', 'tsup.config.ts', 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json'];
const codeStamp = join(root, '.build', 'code-stamp');
const typesStamp = join(root, '.build', 'types-stamp');

/** Builds the JavaScript of `dist` and `.build/examples` when what they are made of has changed: all that running needs. */
export async function ensureBuilt() {
  await ensureInstalled();
  const stamp = hashOf(inputs);
  if (existsSync(join(root, 'dist', 'index.js')) && isFresh(codeStamp, stamp)) return;
  process.stderr.write('setting up: building\n');
  await buildCode(stamp);
}

/** As `ensureBuilt`, with the declarations: the package as it is published. */
export async function ensurePackage() {
  await ensureBuilt();
  const stamp = hashOf(inputs);
  if (existsSync(join(root, 'dist', 'index.d.ts')) && isFresh(typesStamp, stamp)) return;
  await buildTypes(stamp);
}

/** Builds everything anew. */
export async function build() {
  const stamp = hashOf(inputs);
  await buildCode(stamp);
  await buildTypes(stamp);
}

/** By tsup, which empties the folder first, so the declarations go with it. */
async function buildCode(stamp) {
  rmSync(codeStamp, { force: true });
  rmSync(typesStamp, { force: true });
  await step('tsup/dist/cli-default.js', ['--silent'], 'the build failed');
  markFresh(codeStamp, stamp);
}

async function buildTypes(stamp) {
  await step('typescript/bin/tsc', ['-p', 'tsconfig.build.json'], 'the declarations could not be built');
  markFresh(typesStamp, stamp);
}

function isFresh(file, stamp) {
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

function markFresh(file, stamp) {
  mkdirSync(join(root, '.build'), { recursive: true });
  writeFileSync(file, stamp);
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
