import { SetpointError } from '../core/runtime/errors.js';
import type { FaultKind } from './faults.js';
import type { Violation } from './oracles.js';

/** A seed that violated an oracle. */
export interface SimulationFailure extends Violation {
  readonly seed: number;
  /** As few faults as were found to show it. */
  readonly faults: readonly string[];
  /** Runs this very failure again: `simulate({ replay })`. */
  readonly replay: string;
  /** The last lines of the run with these faults; fault lines begin with `!`. */
  readonly timeline: readonly string[];
}

/** How often a kind of fault happened, how often that changed what somebody saw, and in how many runs. */
export interface FaultCount {
  readonly injected: number;
  readonly observable: number;
  readonly runs: number;
}

/** Rule: M4 (without coverage). */
export interface SimulationReport {
  readonly name: string;
  readonly seeds: number;
  readonly passed: number;
  /** Seeds in which no controller ran: they prove nothing (M42). */
  readonly idle: number;
  readonly failures: readonly SimulationFailure[];
  readonly faults: { readonly [K in FaultKind]?: FaultCount };
  /** Virtual milliseconds of all runs together. */
  readonly virtualTime: number;
  /** Real milliseconds. */
  readonly wall: number;
  readonly runsPerSecond: number;
  /** The same for the same seeds and code, everywhere (M10). */
  readonly traceHash: string;
  readonly warnings: readonly string[];
}

/** What `simulate()` rejects with. Its text says what went wrong, by which faults, and how to see it again (M50). */
export class SimulationFailed extends SetpointError {
  readonly report: SimulationReport;

  constructor(report: SimulationReport) {
    super('SIMULATION_FAILED', failureText(report));
    this.report = report;
  }
}

const timelineLines = 35;
const faultLines = 8;

/** At most 60 lines. */
export function failureText(report: SimulationReport): string {
  const [first] = report.failures;
  if (!first) return `${report.name}: ${report.idle} of ${report.seeds} seeds were idle: no controller ran in them, so they prove nothing`;
  const groups = new Map<string, number>();
  for (const { oracle, name } of report.failures) groups.set(`${oracle} ${name}`, (groups.get(`${oracle} ${name}`) ?? 0) + 1);
  const others = [...groups].map(([group, n]) => `${group} ${n}×`).join(', ');
  return [
    `${report.name}: ${report.failures.length} of ${report.seeds} seeds violate an oracle (${others})`,
    `${first.oracle} ${first.name}: ${first.cause}`,
    `seed ${first.seed}, revision ${first.revision}, ${(first.time / 1_000).toFixed(3)} s`,
    first.faults.length === 0 ? 'no fault is needed' : `faults:`,
    ...first.faults.slice(0, faultLines).map((fault) => `  ${fault}`),
    ...(first.faults.length > faultLines ? [`  and ${first.faults.length - faultLines} more`] : []),
    'timeline:',
    ...timelineOf(first.timeline).map((line) => `  ${line}`),
    `replay: simulate({ …, replay: '${first.replay}' })`,
  ].join('\n');
}

/** Fault lines, and what came last. */
function timelineOf(lines: readonly string[]): readonly string[] {
  const last = lines.slice(-timelineLines);
  const marked = lines.slice(0, -timelineLines).filter((line) => / ! /.test(line)).slice(-faultLines);
  return marked.length === 0 ? last : [...marked, '…', ...last.slice(marked.length + 1)];
}
