import { readFileSync, writeFileSync } from 'node:fs';
import { etcdKill } from './etcd-kill.js';
import type { ChaosOrder, ChaosResult } from './result.js';
import { restore } from './restore.js';
import { tornLogRun } from './torn-log.js';
import { unknown } from './unknown.js';

/** The runs, by the names of X8. */
const runs: { readonly [name: string]: (order: ChaosOrder) => Promise<ChaosResult> } = {
  'etcd-kill': etcdKill, restore, 'torn-log': tornLogRun, unknown,
};

/** Started by `npm run chaos` with its order in a file; the result goes to a file, progress to standard error. */
async function main(orderFile: string): Promise<void> {
  const order = JSON.parse(readFileSync(orderFile, 'utf8')) as Omit<ChaosOrder, 'report' | 'signal'> & { readonly out: string };
  const run = runs[order.name];
  if (!run) throw new Error(`there is no run ${order.name}`);
  const interrupt = new AbortController();
  process.once('SIGINT', () => { interrupt.abort(); }).once('SIGTERM', () => { interrupt.abort(); });
  try {
    writeFileSync(order.out, JSON.stringify(await run({ ...order, report: progress, signal: interrupt.signal })));
  } catch (error) {
    // What an interrupt cuts off is no failure of the run.
    if (!interrupt.signal.aborted) throw error;
  }
  progress('');
  if (interrupt.signal.aborted) process.exitCode = 130;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error('run this with npm run chaos');
await main(orderFile);
