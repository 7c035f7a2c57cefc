#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ConfigError, SetpointError } from '../index.js';
import { backupCommands } from './backup/backup.js';
import { NothingToSimulate, simCommand } from './sim/sim.js';
import { ManifestError } from './start/manifests.js';
import { startCommand, UsageError } from './start/options.js';
import { start, type StartFigures } from './start/start.js';
import { StepFailed } from './start/stage.js';
import { verifyCommand } from './verify/verify.js';

/** Exit codes of every command: `contracts/commands.md`. */
const exit = { ok: 0, fellShort: 1, usage: 2, unavailable: 3, failed: 4, interrupted: 130 };

/** A second Ctrl-C, or a stop that takes longer than this, ends the process at once (X10). */
const stopLimitMs = 1_800;

async function main(): Promise<void> {
  const interrupt = new AbortController();
  let asked = 0;
  const onSignal = () => {
    if (asked++ > 0) process.exit(exit.interrupted);
    interrupt.abort(new Interrupted());
    setTimeout(() => { process.exit(exit.interrupted); }, stopLimitMs).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const program = new Command('setpoint').exitOverride().showHelpAfterError('(--help says what there is)');
  startCommand(program, async (options) => {
    const figures = await start(options, {
      signal: interrupt.signal, rssBytes: () => process.memoryUsage().rss,
      screen: { isTTY: process.stdout.isTTY, get columns() { return process.stdout.columns ?? 80; }, write: (text) => { process.stdout.write(text); } },
    });
    process.exitCode = report(figures);
  });
  simCommand(program, { signal: interrupt.signal, isTTY: process.stdout.isTTY, write: (text) => { process.stdout.write(text); } }, (passed) => {
    process.exitCode = passed ? exit.ok : exit.fellShort;
  });
  backupCommands(program, { signal: interrupt.signal, write: (text) => { process.stdout.write(text); } });
  verifyCommand(program, { signal: interrupt.signal, write: (text) => { process.stdout.write(text); } }, (same) => {
    process.exitCode = same ? exit.ok : exit.fellShort;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}

class Interrupted extends Error {}

function report(f: StartFigures): number {
  const last = `ready ${f.pods} pods on ${f.nodes} nodes, ${f.rescheduled} rescheduled, ${f.leftBehind} objects left behind, ${f.seconds} s`;
  process.stdout.write(`\n${f.podsPerSecond} pods/s from apply to Ready in the run's time; api answers p99 ${f.apiP99Ms} ms; ${f.rssMiB} MiB resident\n${last}\n`);
  return f.leftBehind === 0 ? exit.ok : exit.fellShort;
}

/** One or a few plain lines for people; never a stack. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
  if (error instanceof Interrupted) { process.stderr.write('interrupted; stopped\n'); return exit.interrupted; }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  if (error instanceof SetpointError && error.hint !== undefined) process.stderr.write(`${error.hint}\n`);
  if (error instanceof StepFailed) return exit.fellShort;
  if (error instanceof NothingToSimulate) return exit.unavailable;
  if (error instanceof ManifestError || error instanceof UsageError || error instanceof ConfigError) return exit.usage;
  if (error instanceof SetpointError && error.code === 'MissingProgram') return exit.unavailable;
  return exit.failed;
}

await main();
