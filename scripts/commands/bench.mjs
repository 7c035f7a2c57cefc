import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem, type as system } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { readFlags, wholeNumber } from '../flags.mjs';
import { root, runChild } from '../setup/child.mjs';
import { CommandError, wrongUse } from '../setup/command-error.mjs';
import { ensureEtcd } from '../setup/etcd.mjs';
import { buildPeers } from '../setup/peers.mjs';
import { printTable } from '../table.mjs';

/** All groups that the contract names (X5), and those that have benchmarks. */
const allGroups = 'store api watch list footprint queue informer controller election simulate scheduler cluster churn'.split(' ');
const flags = {
  peers: { type: 'boolean' }, store: { type: 'string' }, nodes: { type: 'string' }, pods: { type: 'string' },
  json: { type: 'string' }, against: { type: 'string' }, save: { type: 'boolean' },
};
/** The figures that this machine is held to. */
const baselineFile = join(root, '.setpoint', 'bench', 'baseline.json');
const tolerated = 1.1;

export default async function run(args) {
  const { values, positionals } = readFlags(args, flags, { positionals: true });
  const { store = 'memory' } = values;
  for (const group of positionals) if (!allGroups.includes(group)) throw wrongUse(`there is no group ${group}; there are ${allGroups.join(' ')}`);
  if (!['memory', 'memory-dir', 'etcd'].includes(store)) throw wrongUse(`--store takes memory, memory-dir or etcd, not ${store}`);
  const options = { store, nodes: count(values.nodes, 'nodes'), pods: count(values.pods, 'pods') };
  const ready = readyGroups();
  const empty = positionals.filter((group) => !ready.includes(group));
  if (empty.length > 0) throw new CommandError(3, `there are no benchmarks yet in ${empty.join(', ')}; there are some in ${ready.join(', ')}`);
  if (values.against) throw new CommandError(3, 'comparing with another commit is not there yet');
  if (store !== 'memory') throw new CommandError(3, `no benchmark runs over ${store} yet`);
  const groups = positionals.length > 0 ? positionals : ready;
  if (groups.includes('store')) await ensureEtcd();

  const figures = await measureAll(groups, values.peers ? { ...options, peers: await buildPeers() } : options);
  process.stdout.write(`${machine()}\n`);
  printFigures(figures, values.peers === true);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  return values.save ? save(figures) : compare(figures);
}

/** `ratio` below 1: ours is ahead. */
function printFigures(figures, withPeers) {
  const optional = (value) => (value === undefined ? '' : shown(value));
  printTable(
    ['group', 'name', 'ours', 'p99', 'unit', 'better', ...(withPeers ? ['peer', 'ratio', ''] : [])],
    figures.map(({ group, name, ours, p99, unit, better, peer, ratio, peerName = '' }) => [
      group, name, shown(ours), optional(p99), unit, better, ...(withPeers ? [optional(peer), optional(ratio), peerName] : []),
    ]),
  );
}

async function measureAll(groups, options) {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-'));
  try {
    await bundle(join(root, '.build', 'bench'));
    const order = join(folder, 'order.json');
    const out = join(folder, 'figures.json');
    writeFileSync(order, JSON.stringify({ groups, options, out }));
    const { code } = await runChild(process.execPath, ['--expose-gc', join(root, '.build', 'bench', 'run.js'), order]);
    if (code !== 0 || !existsSync(out)) throw new CommandError(4, 'a benchmark failed; see above');
    return JSON.parse(readFileSync(out, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The benchmarks with our sources, built as the package is. */
async function bundle(outDir) {
  const { build } = await import('tsup');
  await build({
    config: false, entry: ['bench/run.ts'], outDir, format: 'esm', target: 'node20.19', platform: 'node',
    splitting: true, sourcemap: true, clean: true, silent: true, dts: false,
  });
}

function readyGroups() {
  const text = readFileSync(join(root, 'bench', 'run.ts'), 'utf8');
  return [...text.matchAll(/^ {2}(\w+): \(\) => import\(/gm)].map(([, group]) => group);
}

/** Figures that are more than a tenth worse than this machine's baseline make the command fail. */
function compare(figures) {
  if (!existsSync(baselineFile)) {
    process.stdout.write('no baseline is stored for this machine; --save stores these figures\n');
    return 0;
  }
  const baseline = JSON.parse(readFileSync(baselineFile, 'utf8'));
  if (baseline.machine !== machine()) {
    process.stdout.write('the stored baseline is of another machine or Node; --save stores these figures\n');
    return 0;
  }
  const worse = figures.flatMap(({ group, name, ours, better }) => {
    const before = baseline.figures[`${group}/${name}`];
    if (before === undefined) return [];
    const factor = better === 'lower' ? ours / before : before / ours;
    return factor > tolerated ? [`${group}/${name} is ${((factor - 1) * 100).toFixed(0)} % worse`] : [];
  });
  process.stdout.write(worse.length === 0 ? 'no figure is more than 10 % worse than the baseline\n' : `${worse.join(', ')} than the baseline\n`);
  return worse.length === 0 ? 0 : 1;
}

function save(figures) {
  const before = existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : {};
  const kept = before.machine === machine() ? before.figures : {};
  mkdirSync(dirname(baselineFile), { recursive: true });
  writeFileSync(baselineFile, JSON.stringify({ machine: machine(), figures: { ...kept, ...Object.fromEntries(figures.map(({ group, name, ours }) => [`${group}/${name}`, ours])) } }, null, 2));
  process.stdout.write(`stored ${figures.length} figures as the baseline of this machine\n`);
  return 0;
}

function machine() {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system()} ${release()}, Node ${process.versions.node}`;
}

function shown(value) {
  return value >= 1_000 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : value.toPrecision(3);
}

function count(text, flag) {
  return text === undefined ? undefined : wholeNumber(text, flag, 1);
}
