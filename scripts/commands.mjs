// Every npm script: what it needs before it runs, where it is, and its help (docs/rules/commands.md).
import { benchHelp, chaosHelp, checkHelp, conformanceHelp, generateHelp, oracleHelp, simHelp, startHelp, testHelp } from './help.mjs';

const packages = () => ['packages'];
const build = () => ['packages', 'build'];
const buildAndStore = (args) => ['packages', 'build', ...(args.some((arg, i) => arg === '--store=etcd' || (arg === '--store' && args[i + 1] === 'etcd')) && !args.some((arg) => arg.startsWith('--endpoints')) ? ['etcd'] : [])];

export const commands = {
  start: { help: startHelp, needs: buildAndStore, module: './commands/start.mjs' },
  test: { help: testHelp, needs: packages, module: './commands/test.mjs' },
  check: { help: checkHelp, needs: packages, module: './commands/check.mjs' },
  ci: { help: '.ci/run\n\nRuns every test and every check. The last line is "N passed, N failed".', needs: packages, module: './commands/ci.mjs' },
  conformance: { help: conformanceHelp, needs: packages, module: './commands/conformance.mjs' },
  bench: { help: benchHelp, needs: packages, module: './commands/bench.mjs' },
  sim: { help: simHelp, needs: packages, module: './commands/sim.mjs' },
  build: { help: 'npm run build\n\nBuilds dist (JavaScript and declarations of every entry point) and .build/examples.', needs: packages, module: './commands/build.mjs' },
  change: { help: 'npm run change\n\nAsks what changed for users and writes a changeset into .changeset.', needs: packages, module: './commands/change.mjs' },
  setpoint: { needs: build, module: './commands/setpoint.mjs' },
  generate: { help: generateHelp, needs: packages, module: './commands/generate.mjs' },
  docs: notYet('npm run docs', 'no documentation site yet: read docs/ as Markdown'),
  oracle: { help: oracleHelp, needs: packages, module: './commands/oracle.mjs' },
  chaos: { help: chaosHelp, needs: packages, module: './commands/chaos.mjs' },
  soak: notYet('npm run soak -- NAME [--minutes M]', 'no soak run yet'),
  fuzz: notYet('npm run fuzz [-- NAME…] [--programs N] [--seed N] [--minutes M]', 'no fuzzer yet; the random tests run in `npm test`'),
  e2e: notYet('npm run e2e -- NAME', 'no end-to-end walk yet'),
};

function notYet(usage, sentence) {
  return { help: `${usage}\n\nThere is ${sentence}.`, module: './commands/not-yet.mjs', sentence };
}
