import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tornLog } from './torn-log.js';

interface Order {
  readonly name: string;
  readonly rounds: number | undefined;
  readonly minutes: number | undefined;
  readonly seed: number;
  /** Where these programs are, built. */
  readonly programs: string;
  readonly out: string;
}

/** Started by `npm run chaos` with its order in a file; the result goes to a file, progress to standard error. */
async function main(orderFile: string): Promise<void> {
  const order = JSON.parse(readFileSync(orderFile, 'utf8')) as Order;
  const interrupt = new AbortController();
  process.once('SIGINT', () => { interrupt.abort(); }).once('SIGTERM', () => { interrupt.abort(); });
  try {
    const result = await tornLog({
      cuts: order.rounds ?? 10_000, kills: order.rounds === undefined ? 1_000 : Math.ceil(order.rounds / 10), seed: order.seed,
      writer: join(order.programs, 'torn-log-writer.js'), report: progress, signal: interrupt.signal,
    });
    writeFileSync(order.out, JSON.stringify(result));
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
