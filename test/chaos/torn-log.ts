import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { StoreError } from '../../src/core/store/errors.js';
import { memory } from '../../src/core/store/memory/memory.js';
import { draws } from '../core/store/durable/draws.js';
import { resultOf, type ChaosOrder, type ChaosResult } from './result.js';
import { faultsOf, textCodec, writeOps } from './torn-log-programs.js';

/** What this run found. */
export type TornLogResult = ChaosResult & {
  readonly figures: { readonly cuts: number; readonly kills: number; readonly flips: number; readonly acknowledged: number; readonly snapshots: number; readonly refused: number };
};

export interface TornLogOrder {
  readonly cuts: number;
  readonly kills: number;
  readonly seed: number;
  /** The program that is killed. */
  readonly writer: string;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal;
}

interface Tally {
  acknowledged: number;
  lost: number;
  duplicated: number;
  snapshots: number;
  refused: number;
  readonly violations: string[];
}

/** Kills the writer and cuts the log at random places, and looks at what is left each time. Rules: S64–S68, G49. */
export async function tornLog(order: TornLogOrder): Promise<TornLogResult> {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-torn-'));
  const tally: Tally = { acknowledged: 0, lost: 0, duplicated: 0, snapshots: 0, refused: 0, violations: [] };
  try {
    await cutRounds(order, folder, tally);
    await killRounds(order, folder, tally);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { acknowledged, snapshots, lost, duplicated, refused, violations } = tally;
  const figures = { cuts: order.cuts, kills: order.kills, flips: order.cuts, acknowledged, snapshots, refused };
  return { ...resultOf('torn-log', figures, { lost, duplicated, violations }), figures };
}

/** The whole of it: 10,000 cuts, and a tenth as many kills. */
export function tornLogRun({ rounds = 10_000, seed, programs, report, signal }: ChaosOrder): Promise<TornLogResult> {
  return tornLog({ cuts: rounds, kills: Math.ceil(rounds / 10), seed, writer: join(programs, 'torn-log-writer.js'), report, signal });
}

/** Where each write ends in the log, and the revision it made. */
interface Mark {
  readonly revision: bigint;
  readonly sizeBytes: number;
}

const logName = 'log-000000000001';

/** One log of many writes; cut anywhere, it holds what was written before the cut; with a bit changed, never anything else than was written. */
async function cutRounds({ cuts, seed, report, signal }: TornLogOrder, folder: string, tally: Tally): Promise<void> {
  if (cuts === 0) return;
  const random = draws(seed);
  const whole = join(folder, 'whole');
  const marks = await writeLog(whole, random);
  const log = readFileSync(join(whole, logName));
  const dir = join(folder, 'cut');
  for (let round = 0; round < cuts && !signal.aborted; round++) {
    if (round % 100 === 0) report(`cut ${round} of ${cuts}`);
    const at = Math.floor(random() * (log.length + 1));
    const expected = [...marks].reverse().find(({ sizeBytes }) => sizeBytes <= at)?.revision ?? 1n;
    await lookAt(dir, log.subarray(0, at), tally, (revision) => {
      tally.acknowledged += Number(expected) - 1;
      if (revision < expected) tally.lost += Number(expected - revision);
      if (revision > expected) tally.violations.push(`cut at byte ${at}: revision ${revision.toString()} came from nowhere`);
    });
    await lookAt(dir, withFlip(log, random), tally, (revision) => {
      // Damage is refused, or it is in the last record, which is cut off: there is no third way.
      const last = marks[marks.length - 1]?.revision ?? 1n;
      if (revision !== last && revision !== last - 1n) tally.violations.push(`a changed bit went unnoticed: revision ${revision.toString()} of ${last.toString()}`);
    });
  }
}

async function writeLog(dir: string, random: () => number): Promise<readonly Mark[]> {
  const store = await memory({ dir, sync: 'off' }).open(textCodec, systemRuntime());
  const marks: Mark[] = [];
  for (let i = 0; i < 200; i++) {
    const { revision } = await store.txn({ compare: [], then: writeOps(i % 8, random) });
    marks.push({ revision, sizeBytes: readFileSync(join(dir, logName)).length });
  }
  await store[Symbol.asyncDispose]();
  return marks;
}

function withFlip(log: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(log);
  const at = Math.floor(random() * copy.length);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
  return copy;
}

async function lookAt(dir: string, log: Buffer, tally: Tally, check: (revision: bigint) => void): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, logName), log);
  await open(dir, tally, async (store) => { check((await store.range({ prefix: '', countOnly: true })).revision); });
}

type Opened = Awaited<ReturnType<ReturnType<typeof memory>['open']>>;

/** Opens the store, looks for faults, and writes once more. A refusal counts as one: nothing was lost in silence. */
async function open(dir: string, tally: Tally, look: (store: Opened) => Promise<void>): Promise<boolean> {
  let store;
  try {
    store = await memory({ dir, sync: 'off' }).open(textCodec, systemRuntime());
  } catch (error) {
    if (error instanceof StoreError && error.code === 'WalCorrupt') { tally.refused++; return false; }
    throw error;
  }
  await look(store as Opened);
  tally.violations.push(...await faultsOf(store));
  const before = store.seen;
  const { revision } = await store.txn({ compare: [], then: [{ type: 'put', key: '/after', value: Object.freeze({ text: 'x' }) }] });
  if (revision !== before + 1n) tally.violations.push(`revision ${before.toString()} was followed by ${revision.toString()}`);
  await store[Symbol.asyncDispose]();
  return true;
}

/** How many lives a folder has before the next one is begun. */
const livesPerFolder = 50;

/** A process that writes is killed at a random instant, again and again on the same folder. */
async function killRounds({ kills, seed, writer, report, signal }: TornLogOrder, folder: string, tally: Tally): Promise<void> {
  const random = draws(seed + 1);
  let dir = '';
  for (let round = 0; round < kills && !signal.aborted; round++) {
    report(`kill ${round} of ${kills}`);
    if (round % livesPerFolder === 0) dir = join(folder, `life-${round}`);
    const acknowledged = await live(writer, dir, seed + round, { writes: Math.floor(random() * 80), ms: random() * 4 }, signal);
    tally.acknowledged += acknowledged.length;
    tally.duplicated += acknowledged.length - new Set(acknowledged).size;
    const last = acknowledged.reduce((most, revision) => (revision > most ? revision : most), 0n);
    const couldOpen = await open(dir, tally, async (store) => {
      const { revision } = await store.range({ prefix: '', countOnly: true });
      if (revision < last) tally.lost += Number(last - revision);
      await tear(dir, random);
    });
    if (!couldOpen) tally.violations.push(`killed in round ${round}: the store refused to open`);
    if (readdirSync(dir).some((name) => name.startsWith('snapshot-'))) tally.snapshots++;
  }
}

/** A copy of the folder with the newest log cut somewhere opens, too: here nothing can be said but that it is whole. */
async function tear(dir: string, random: () => number): Promise<void> {
  const copy = `${dir}-torn`;
  cpSync(dir, copy, { recursive: true });
  rmSync(join(copy, 'lock'), { force: true });
  const newest = readdirSync(copy).filter((name) => name.startsWith('log-')).sort().pop();
  const path = join(copy, newest ?? logName);
  truncateSync(path, Math.floor(random() * readFileSync(path).length));
  const store = await memory({ dir: copy, sync: 'off' }).open(textCodec, systemRuntime());
  const faults = await faultsOf(store);
  await store[Symbol.asyncDispose]();
  rmSync(copy, { recursive: true, force: true });
  if (faults.length > 0) throw new Error(faults.join('; '));
}

/** One life of the writer, until so many writes were acknowledged and a moment more; answers their revisions, in its order. */
function live(writer: string, dir: string, seed: number, until: { readonly writes: number; readonly ms: number }, signal: AbortSignal): Promise<readonly bigint[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, dir, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'], signal, killSignal: 'SIGKILL' });
    let output = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      // Some lives end before the first write, some in the middle of an opening.
      if (revisionsIn(output).length >= until.writes) timer ??= setTimeout(() => { child.kill('SIGKILL'); }, until.ms);
    });
    child.on('error', reject);
    child.on('close', (code, ended) => {
      clearTimeout(timer);
      if (ended !== 'SIGKILL') { reject(new Error(`the writer ended by itself with ${String(code ?? ended)}`)); return; }
      resolve(revisionsIn(output).map(BigInt));
    });
  });
}

/** What the writer said, line by line; the last may be half of one. */
function revisionsIn(output: string): readonly string[] {
  return output.split('\n').slice(0, -1).filter((line) => /^\d+$/.test(line));
}
