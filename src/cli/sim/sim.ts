import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { failureText, faults, planOf, runSimulation, simulationSuites, type FaultKind, type SimulationReport, type SimulationSuite } from '../../testing/index.js';
import { UsageError } from '../start/options.js';

/** Suites of the contract that are not there yet: asked for by name they can show nothing. */
const planned = ['store', 'loop', 'election', 'scheduler', 'examples', 'planted', 'sabotage', 'mutants', 'quiet', 'soak24h'];

/** What `npm run sim` was asked for (X6). */
interface SimOptions {
  readonly suite?: readonly string[];
  readonly seeds: number;
  readonly from: number;
  readonly faults?: string;
  readonly replay?: string;
  readonly hash?: boolean;
  readonly json?: string;
}

export interface SimPorts {
  readonly signal: AbortSignal;
  readonly isTTY: boolean;
  write(text: string): void;
}

/** Nothing could be simulated: exit code 3. */
export class NothingToSimulate extends Error {}

/** Adds `sim` to the program. `done` is told whether every seed passed. */
export function simCommand(program: Command, ports: SimPorts, done: (passed: boolean) => void): void {
  program.command('sim')
    .description('run simulations with seeded faults and print the violations found')
    .option('--suite <names...>', `which; there are ${suiteNames().join(', ')}`)
    .option('--seeds <n>', 'how many seeds of each suite', whole(1), 1_000)
    .option('--from <n>', 'the first seed', whole(0), 0)
    .option('--faults <list>', 'kinds of faults, with commas; default all')
    .option('--replay <token>', 'run one failure again: v1:<seed>:<faults>')
    .option('--hash', 'print one trace hash for each suite')
    .option('--json <file>', 'write the results as JSON')
    .action(async (o: SimOptions) => { done(await sim(o, ports)); });
}

async function sim(o: SimOptions, ports: SimPorts): Promise<boolean> {
  const suites = chosen(o.suite);
  if (o.replay !== undefined && suites.length !== 1) throw new UsageError('--replay needs the suite that the token is of: --suite NAME');
  const reports: SimulationReport[] = [];
  for (const suite of suites) {
    const report = await simulateSuite(suite, o, ports);
    ports.signal.throwIfAborted();
    reports.push(report);
    for (const line of linesOf(report, o.hash === true)) ports.write(`${line}\n`);
  }
  if (o.json !== undefined) await writeFile(o.json, `${JSON.stringify({ suites: reports.map(jsonOf) }, undefined, 2)}\n`);
  const violations = reports.reduce((n, report) => n + report.failures.length, 0);
  const idle = reports.filter((report) => report.failures.length === 0 && report.passed < report.seeds * 0.95);
  if (idle.length > 0) ports.write(`${idle.map(({ name }) => name).join(', ')}: too many seeds in which no controller ran\n`);
  ports.write(`violations ${violations}\n`);
  return violations === 0 && idle.length === 0;
}

async function simulateSuite(suite: SimulationSuite, o: SimOptions, ports: SimPorts): Promise<SimulationReport> {
  const plan = planOf({
    ...suite.options(), seeds: [o.from, o.from + o.seeds - 1],
    ...(o.faults === undefined ? {} : { faults: faults.only(...kindsOf(o.faults)) }), ...(o.replay === undefined ? {} : { replay: o.replay }),
  });
  let told = 0;
  const every = Math.max(1, Math.floor(plan.seeds.length / (ports.isTTY ? 200 : 10)));
  return runSimulation(plan, ({ done, seeds, failures }) => {
    if (done < seeds && done - told < every) return;
    told = done;
    const line = `${suite.name} ${done}/${seeds} seeds, ${failures} violations`;
    ports.write(ports.isTTY ? `\r${line}${done === seeds ? '\n' : ''}` : `${line}\n`);
  }, ports.signal);
}

function chosen(names: readonly string[] | undefined): readonly SimulationSuite[] {
  if (names === undefined) return simulationSuites;
  return names.flatMap((name) => {
    const found = simulationSuites.filter((suite) => suite.name === name || suite.group === name);
    if (found.length > 0) return found;
    if (planned.includes(name)) throw new NothingToSimulate(`the suite ${name} is not there yet; there are ${suiteNames().join(', ')}`);
    throw new UsageError(`there is no suite ${name}; there are ${suiteNames().join(', ')}`);
  });
}

function suiteNames(): readonly string[] {
  return [...new Set(simulationSuites.flatMap(({ group, name }) => [group, name]))];
}

function linesOf(report: SimulationReport, withHash: boolean): readonly string[] {
  const kinds = Object.entries(report.faults).sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...kinds.map(([kind]) => kind.length));
  return [
    ...kinds.map(([kind, { injected, observable }]) => `  ${kind.padEnd(width)}  injected ${injected}, observable ${observable}`),
    ...(report.failures.length > 0 ? [failureText(report)] : []),
    ...report.warnings,
    ...(withHash ? [`${report.name} hash ${report.traceHash}`] : []),
    `${report.name}: ${report.seeds} seeds, violations ${report.failures.length}, ${report.runsPerSecond.toFixed(0)} runs/s`,
  ];
}

function jsonOf(report: SimulationReport) {
  return {
    name: report.name, seeds: report.seeds, runsPerSecond: report.runsPerSecond, hash: report.traceHash,
    violations: report.failures.map(({ seed, oracle, name, cause, faults: list, replay }) => ({ seed, oracle, name, cause, faults: list, token: replay })),
    faults: report.faults,
  };
}

/** Kinds that are none are refused by the plan, by name. */
function kindsOf(list: string): readonly FaultKind[] {
  return list.split(',').map((kind) => kind.trim()) as FaultKind[];
}

function whole(least: number): (value: string) => number {
  return (value) => {
    const n = Number(value);
    if (!Number.isSafeInteger(n) || n < least) throw new InvalidArgumentError(`a whole number ≥ ${least} is needed`);
    return n;
  };
}
