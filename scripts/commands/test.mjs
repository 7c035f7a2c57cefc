import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { readFlags } from '../flags.mjs';
import { ensureBuilt } from '../setup/build.mjs';
import { root, runChild } from '../setup/child.mjs';
import { CommandError, wrongUse } from '../setup/command-error.mjs';
import { ensureEtcd } from '../setup/etcd.mjs';

export default async function run(args) {
  const { values, positionals } = readFlags(args, { testNamePattern: { type: 'string', short: 't' }, watch: { type: 'boolean' } }, { positionals: true });
  const selected = testFiles().filter((file) => matches(file, positionals));
  if (selected.some((file) => /etcd|test\/integration\//.test(file))) await ensureEtcd();
  // The code of the README and the examples run as users run them, from the built package.
  if (selected.some((file) => file.startsWith('test/docs/'))) await ensureBuilt();
  const jestArgs = [...positionals, ...(values.testNamePattern === undefined ? [] : ['-t', values.testNamePattern])];
  if (values.watch) return (await runJest([...jestArgs, '--watchAll'], { interactive: true })).code;

  const { passed, failed, code } = await runTests(jestArgs);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return code;
}

/**
 * Runs jest and counts: a file that could not be loaded is a failure, and so is a skipped test (nothing is skipped
 * silently; with -t the tests that do not match are left out, and that is what was asked for).
 */
export async function runTests(jestArgs, { env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-test-'));
  const report = join(folder, 'results.json');
  try {
    const args = [...jestArgs, '--passWithNoTests', '--reporters=<rootDir>/scripts/test/quiet-reporter.mjs'];
    const chosen = jestArgs.length > 0 ? { SETPOINT_CONSOLE: '1' } : {};
    const { code } = await runJest(args, { env: { ...chosen, ...env, SETPOINT_REPORT: report } });
    if (!existsSync(report)) throw new CommandError(4, 'jest ended without results');
    const results = JSON.parse(readFileSync(report, 'utf8'));
    const skipped = jestArgs.includes('-t') ? 0 : results.skipped;
    if (skipped > 0) process.stdout.write(`${skipped} skipped tests count as failed\n`);
    const failed = results.failed + skipped;
    if (results.passed + failed === 0) process.stdout.write('no test matches\n');
    return { passed: results.passed, failed, code: failed === 0 && results.passed > 0 && code === 0 ? 0 : 1, tests: results.tests, files: results.files };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runJest(args, options) {
  return runChild(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', ...args], options);
}

function matches(file, patterns) {
  if (patterns.length === 0) return true;
  return patterns.some((pattern) => {
    try {
      return new RegExp(pattern, 'i').test(file);
    } catch {
      throw wrongUse(`${JSON.stringify(pattern)} is no regular expression`);
    }
  });
}

function testFiles() {
  return readdirSync(join(root, 'test'), { recursive: true }).filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file}`);
}
