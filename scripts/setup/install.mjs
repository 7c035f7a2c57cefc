import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root, runStep } from './child.mjs';
import { CommandError } from './command-error.mjs';

const stampFile = join(root, 'node_modules', '.setpoint-lock');

/** Installs the packages of package-lock.json when node_modules does not hold them. */
export async function ensureInstalled() {
  requireNode();
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  if (!holdsAll(JSON.parse(lock.toString()))) {
    process.stderr.write('setting up: installing packages (npm ci)\n');
    await runStep('npm', ['ci', '--no-audit', '--no-fund'], 'npm ci failed; see above. It needs the network once.');
  }
  writeFileSync(stampFile, stamp);
}

/** npm notes what it installed: with the right versions there (by `npm install`, for example) nothing needs doing. */
function holdsAll(lock) {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new CommandError(3, `setpoint needs Node 20.19 or later, this is ${process.versions.node}`);
}
