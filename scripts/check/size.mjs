import process from 'node:process';
import { nodeTool, runChild } from '../setup/child.mjs';

/** What importing the package may cost more than bare Node, and how often it is measured. */
const budget = { ms: 400, mib: 40 };
const runs = 7;

/** The size of each entry point with all that it loads, and the time and memory of importing setpoint. */
export default async function size() {
  const files = await nodeTool('size-limit/bin.js', ['--json'], { quiet: true, stdout: 'collect' });
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

/**
 * Bare Node and Node with the import take turns in processes of their own. Of memory the median counts; of time the
 * fastest run, since what else runs on the machine only ever adds to it.
 */
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
  const median = (rows) => rows.map(({ mib }) => mib).sort((a, b) => a - b)[Math.floor(runs / 2)];
  const fastest = (rows) => Math.min(...rows.map(({ ms }) => ms));
  return { ms: fastest(loaded) - fastest(bare), mib: median(loaded) - median(bare) };
}
