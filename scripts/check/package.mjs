import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeTool, runStep } from '../setup/child.mjs';

/** The package as it would be published: its manifest, and its types under every way of resolving them that ESM has. */
export default async function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-package-'));
  try {
    await runStep('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], 'npm pack failed');
    const tarball = join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '');
    const lint = await nodeTool('publint/src/cli.js', ['--strict', tarball], { quiet: true });
    const types = await nodeTool('@arethetypeswrong/cli/dist/index.js', ['--profile', 'esm-only', '--no-emoji', '--format', 'ascii', tarball], { quiet: true });
    const short = [[lint, 'publint'], [types, 'attw']].filter(([{ code }]) => code !== 0);
    return short.length === 0
      ? { ok: true, says: 'publint and attw have no complaints' }
      : { ok: false, says: `${short.map(([, tool]) => tool).join(' and ')} complain`, detail: short.map(([{ output }]) => output).join('\n') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
