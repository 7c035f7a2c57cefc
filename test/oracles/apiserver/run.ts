import { readFileSync, writeFileSync } from 'node:fs';
import { ourPlayer } from './ours.js';
import type { Program } from './program.js';
import { programs } from './programs.js';
import { randomPrograms } from './random-programs.js';
import { recordedPrograms, writeRecorded } from './recorded.js';
import { startApiserver } from './server.js';
import { recordVectors } from './vectors.js';
import { compareTraces, normalised, type Difference } from './trace.js';
import { upstreamPlayer, type Server } from './upstream.js';

interface Order {
  /** The kube-apiserver. */
  readonly program: string;
  /** How many programs; those written by hand come first, the seed makes the rest. */
  readonly cases: number | undefined;
  readonly seed: number;
  /** Keep what kube-apiserver shows of the recorded programs, instead of comparing. */
  readonly record: boolean;
  readonly out: string;
}

/** As X7 has it. */
interface Result {
  readonly cases: number;
  readonly compared: number;
  readonly differences: readonly ({ readonly case: string } & Difference)[];
  /** Answers that are meant to differ, by the rule that says so. */
  readonly known: { readonly [id: string]: number };
}

/** Programs under way at one time; most of each is waiting for watches to end. */
const atOnce = 24;

async function each(chosen: readonly Program[], play: (program: Program) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let program = chosen[next++]; program; program = chosen[next++]) {
      progress(`${String(next)} of ${String(chosen.length)}: ${program.id}`);
      await play(program);
    }
  }));
  progress('');
}

/** Plays each program against kube-apiserver and against the api here, and says where they differ. */
async function compare(chosen: readonly Program[], server: Server): Promise<Result> {
  await using upstream = upstreamPlayer(server);
  await using ours = ourPlayer();
  const found: Result['differences'][number][] = [];
  const known: { [id: string]: number } = {};
  await each(chosen, async (program) => {
    const result = compareTraces(normalised(await upstream.play(program)), normalised(await ours.play(program)));
    found.push(...result.differences.map((difference) => ({ case: program.id, ...difference })));
    for (const id of result.known) known[id] = (known[id] ?? 0) + 1;
  });
  return { cases: chosen.length, compared: chosen.length, differences: found.sort((a, b) => (a.case < b.case ? -1 : 1)), known };
}

async function record(server: Server): Promise<Result> {
  await using upstream = upstreamPlayer(server);
  const traces = new Map<string, unknown>();
  await each(recordedPrograms, async (program) => { traces.set(program.id, normalised(await upstream.play(program))); });
  writeRecorded(traces);
  await recordVectors(server);
  return { cases: traces.size, compared: 0, differences: [], known: {} };
}

/** Started by `npm run oracle` with its order in a file; the result goes to a file, progress to standard error. */
async function main(orderFile: string): Promise<void> {
  const { program, cases = programs.length, seed, record: recording, out } = JSON.parse(readFileSync(orderFile, 'utf8')) as Order;
  await using server = await startApiserver(program);
  const chosen = [...programs.slice(0, cases), ...randomPrograms(seed, Math.max(0, cases - programs.length))];
  writeFileSync(out, JSON.stringify(recording ? await record(server) : await compare(chosen, server)));
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error('run this with npm run oracle');
await main(orderFile);
