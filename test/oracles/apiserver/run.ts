import { readFileSync, writeFileSync } from 'node:fs';
import { ourPlayer } from './ours.js';
import { knownDifference } from './known.js';
import type { Program } from './program.js';
import { programs } from './programs.js';
import { randomPrograms } from './random-programs.js';
import { startApiserver } from './server.js';
import { differences, normalised, type Difference } from './trace.js';
import { upstreamPlayer } from './upstream.js';

interface Order {
  /** The kube-apiserver. */
  readonly program: string;
  /** How many programs; those written by hand come first, the seed makes the rest. */
  readonly cases: number | undefined;
  readonly seed: number;
  readonly out: string;
}

/** As X7 has it. */
interface Result {
  readonly cases: number;
  readonly compared: number;
  readonly differences: readonly ({ readonly case: string } & Difference)[];
  /** Differences that are meant, by the id that says so. */
  readonly known: { readonly [id: string]: number };
}

/** Programs under way at one time; most of each is waiting for watches to end. */
const atOnce = 24;

/** Plays each program against kube-apiserver and against the api here, and says where they differ. */
async function compare(chosen: readonly Program[], server: Parameters<typeof upstreamPlayer>[0]): Promise<Result> {
  await using upstream = upstreamPlayer(server);
  await using ours = ourPlayer();
  const found: Result['differences'][number][] = [];
  const knownSteps: { [id: string]: Set<string> } = {};
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let program = chosen[next++]; program; program = chosen[next++]) {
      const { id } = program;
      progress(`${String(next)} of ${String(chosen.length)}: ${id}`);
      const [theirs, mine] = [await upstream.play(program), await ours.play(program)];
      for (const difference of differences(normalised(theirs), normalised(mine))) {
        const step = /^\.answers\[(\d+)\]/.exec(difference.path)?.[1];
        const rule = step === undefined ? undefined : knownDifference(theirs.answers[Number(step)], mine.answers[Number(step)]);
        if (rule === undefined) found.push({ case: id, ...difference });
        else (knownSteps[rule] ??= new Set()).add(`${id} ${String(step)}`);
      }
    }
  }));
  return { cases: chosen.length, compared: chosen.length, differences: found.sort((a, b) => (a.case < b.case ? -1 : 1)), known: Object.fromEntries(Object.entries(knownSteps).map(([id, steps]) => [id, steps.size])) };
}

/** Started by `npm run oracle` with its order in a file; the result goes to a file, progress to standard error. */
async function main(orderFile: string): Promise<void> {
  const { program, cases = programs.length, seed, out } = JSON.parse(readFileSync(orderFile, 'utf8')) as Order;
  await using server = await startApiserver(program);
  writeFileSync(out, JSON.stringify(await compare([...programs.slice(0, cases), ...randomPrograms(seed, Math.max(0, cases - programs.length))], server)));
  progress('');
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error('run this with npm run oracle');
await main(orderFile);
