import process from 'node:process';
import { ensureBuilt } from '../setup/build.mjs';
import { nodeTool, runChild } from '../setup/child.mjs';

/** What importing the package may cost more than bare Node, and how often it is measured. */
const budget = { ms: 400, mib: 40 };
const runs = 7;

/** The size of each entry point with all that it loads, and the time and memory of importing setpoint. */
export default async function size() {
  await ensureBuilt();
  const files = await nodeTool('size-limit/bin.js', ['--json'], { quiet: true });
  const rows = files.code === 0 || files.output.trim().startsWith('[') ? JSON.parse(files.output) : [];
  const large = rows.filter(({ passed }) => passed === false);
  const cost = await importCost('./dist/index.js');
  const slow = cost.ms >= budget.ms || cost.mib >= budget.mib;
  const importing = `importing setpoint takes ${cost.ms.toFixed(0)} ms and ${cost.mib.toFixed(1)} MiB more than bare Node`;
  const detail = [
    ...(rows.length === 0 ? [files.output] : []),
    ...large.map(({ name, size: bytes }) => `${name} is ${bytes} bytes, more than its limit in .size-limit.json`),
    ...(slow ? [`${importing}; the budget is ${budget.ms} ms and ${budget.mib} MiB`] : []),
  ].join('\n');
  return { ok: detail === '', says: `${importing}${large.length > 0 ? `; ${large.length} entry points too large` : ''}`, detail };
}

/** Medians over child processes, bare Node and Node with the import taking turns. */
async function importCost(module) {
  const measure = async (code) => {
    const { output } = await runChild(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], { quiet: true });
    const [ms, bytes] = output.trim().split(' ').map(Number);
    return { ms, mib: bytes / 2 ** 20 };
  };
  const report = 'globalThis.gc(); process.stdout.write(`${performance.now() - start} ${process.memoryUsage().rss}`)';
  const bare = [];
  const loaded = [];
  for (let i = 0; i < runs; i++) {
    bare.push(await measure(`const start = performance.now(); ${report}`));
    loaded.push(await measure(`const start = performance.now(); await import(${JSON.stringify(module)}); ${report}`));
  }
  const median = (rows, field) => rows.map((row) => row[field]).sort((a, b) => a - b)[Math.floor(runs / 2)];
  return { ms: median(loaded, 'ms') - median(bare, 'ms'), mib: median(loaded, 'mib') - median(bare, 'mib') };
}
