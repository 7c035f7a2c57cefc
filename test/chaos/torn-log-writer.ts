import { writeSync } from 'node:fs';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { memory } from '../../src/core/store/memory/memory.js';
import { draws } from '../core/store/durable/draws.js';
import { textCodec, writeOps } from './torn-log-programs.js';

/**
 * The process that is killed: writes to the store in a folder, and says what is acknowledged: a line `revision` for
 * each. Told on its command line: folder, seed, size of the log at which a snapshot is made.
 */
async function main(dir: string, seed: number, snapshotBytes: number): Promise<void> {
  const store = await memory({ dir, snapshotBytes }).open(textCodec, systemRuntime());
  say(`open ${store.seen.toString()}`);
  const random = draws(seed);
  const writer = async (name: number) => {
    for (;;) {
      const { revision } = await store.txn({ compare: [], then: writeOps(name, random) });
      say(revision.toString());
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, name) => writer(name)));
}

/** In one call, so that the line is out whole before the process can die of anything that follows. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const [dir = '', seed = '1', snapshotBytes = '200000'] = process.argv.slice(2);
await main(dir, Number(seed), Number(snapshotBytes));
