import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { allRules, contracts, rulesFile, rulesText } from '../conformance/rules.mjs';
import { coverageOf, idsIn } from '../conformance/coverage.mjs';
import { readFlags } from '../flags.mjs';
import { root } from '../setup/child.mjs';
import { wrongUse } from '../setup/command-error.mjs';
import { etcdEnv } from '../setup/etcd-version.mjs';
import { printTable } from '../table.mjs';
import { runTests } from './test.mjs';

const flags = {
  json: { type: 'string' }, store: { type: 'string' }, endpoints: { type: 'string' }, etcd: { type: 'string' },
  list: { type: 'boolean' }, write: { type: 'boolean' },
};

export default async function run(args) {
  const { values, positionals } = readFlags(args, flags, { positionals: true });
  if (values.write) {
    writeFileSync(rulesFile, rulesText());
    process.stdout.write(`wrote ${allRules().length} rules to test/conformance/rules.tsv\n`);
    return 0;
  }
  for (const contract of positionals) {
    if (!Object.hasOwn(contracts, contract)) throw wrongUse(`there is no contract ${contract}; there are ${Object.keys(contracts).join(' ')}`);
  }
  const rules = allRules().filter(({ contract }) => positionals.length === 0 || positionals.includes(contract));
  const coverage = coverageOf(rules, values.list ? [] : (await runRuleTests(rules, await storeEnv(values))).tests);
  report(coverage, values);
  const total = rules.length;
  const met = coverage.reduce((sum, each) => sum + each.met, 0);
  const failing = coverage.flatMap((each) => each.failing);
  if (values.list) return 0;
  if (failing.length > 0) process.stdout.write(`failing: ${failing.join(' ')}\n`);
  process.stdout.write(met === total ? `all ${total} rules are met\n` : `${met} of ${total} rules are met, ${failing.length} fail, ${total - met - failing.length} have no test in this run\n`);
  return met === total ? 0 : 1;
}

/** Only the files in which an id of these rules stands, and in them only the tests that bear one. */
async function runRuleTests(rules, env) {
  const letters = new Set(rules.map(({ contract }) => contracts[contract]));
  const files = readdirSync(join(root, 'test'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => [...idsIn(readFileSync(join(root, 'test', file), 'utf8'))].some((id) => letters.has(id[0])));
  if (files.length === 0) return { tests: [] };
  const name = `(^|[^\\w-])[${[...letters].join('')}]\\d+`;
  return runTests(['--runTestsByPath', ...files.map((file) => `test/${file}`), '-t', name], { env });
}

/** The store that the rules of every store are held against; those of one backend alone always run, over that one. */
async function storeEnv({ store = 'memory', endpoints, etcd }) {
  if (!['memory', 'memory-dir', 'etcd'].includes(store)) throw wrongUse(`--store takes memory, memory-dir or etcd, not ${store}`);
  if (endpoints !== undefined && store !== 'etcd') throw wrongUse('--endpoints goes with --store etcd');
  return { ...await etcdEnv(etcd), SETPOINT_STORE: store, ...(endpoints === undefined ? {} : { SETPOINT_ENDPOINTS: endpoints }) };
}

function report(coverage, { json, list }) {
  const share = ({ met, total }) => (total === 0 ? '' : list ? `${total}` : `${met}/${total}`);
  printTable(['contract', 'total', 'P0', 'P1', 'P2', ...(list ? [] : ['missing', 'failing'])], coverage.map((each) => [
    each.contract, share(each), share(each.priorities.P0), share(each.priorities.P1), share(each.priorities.P2), ...(list ? [] : [each.missing.length, each.failing.length]),
  ]));
  if (json) writeFileSync(json, `${JSON.stringify(coverage, null, 2)}\n`);
}
