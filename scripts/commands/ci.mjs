import process from 'node:process';
import { ensureBuilt } from '../setup/build.mjs';
import { ensureEtcd } from '../setup/etcd.mjs';
import { defaultParts, runChecks } from './check.mjs';
import { runTests } from './test.mjs';

/** All tests and all checks; each part of the check counts as one. */
export default async function run() {
  await ensureEtcd();
  await ensureBuilt();
  const tests = await runTests([]);
  process.stdout.write(`tests: ${tests.passed} passed, ${tests.failed} failed\n`);
  const { results } = await runChecks(defaultParts);
  const good = results.filter(({ ok }) => ok).length;
  process.stdout.write(`${tests.passed + good} passed, ${tests.failed + results.length - good} failed\n`);
  return tests.code === 0 && good === results.length ? 0 : 1;
}
