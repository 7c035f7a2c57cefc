import type { Finish, Run } from '../queue/queue.js';
import { Histogram, type Metric } from '../runtime/metrics.js';

const runBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const waitBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

const resultOf = { done: 'success', requeueAfter: 'requeue_after', requeueAt: 'requeue_after', retry: 'error', terminal: 'terminal' } as const satisfies { readonly [type in Finish['type']]: string };

/** Reasons of runs that no event caused. */
const uncaused: ReadonlySet<string> = new Set(['initial', 'resync', 'requeue', 'retry']);

/** The figures of one controller, under controller-runtime's names. Rule: R52. */
export class ControllerMetrics {
  private readonly results = { success: 0, requeue_after: 0, error: 0, terminal: 0 };
  private readonly runSeconds = new Histogram(runBounds);
  private readonly waitSeconds = new Histogram(waitBounds);
  private timeouts = 0;
  private panics = 0;
  private filtered = 0;
  private hotLoops = 0;

  started(run: Run<unknown>, now: number): void {
    if (run.reasons.some(({ source }) => !uncaused.has(source))) this.waitSeconds.observe((now - run.readySince) / 1_000);
  }

  ended(finish: Finish, seconds: number): void {
    this.results[resultOf[finish.type]]++;
    this.runSeconds.observe(seconds);
  }

  timedOut(): void { this.timeouts++; }
  panicked(): void { this.panics++; }
  hotLoop(): void { this.hotLoops++; }
  /** An event of the controller's own write started nothing. */
  filteredOwn(): void { this.filtered++; }

  read(controller: string, now: { readonly inFlight: number; readonly concurrency: number }): readonly Metric[] {
    const labels = { controller };
    const { results } = this;
    const one = (metric: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({ name: metric, type, help, samples: [{ labels, value }] });
    return [
      { name: 'controller_runtime_reconcile_total', type: 'counter', help: 'Runs by result.', samples: (['success', 'requeue_after', 'error', 'terminal'] as const).map((result) => ({ labels: { ...labels, result }, value: results[result] })) },
      one('controller_runtime_reconcile_errors_total', 'counter', 'Runs that failed.', results.error + results.terminal),
      one('controller_runtime_terminal_reconcile_errors_total', 'counter', 'Runs that failed for good.', results.terminal),
      one('controller_runtime_reconcile_panics_total', 'counter', 'Runs that threw something that is no Error.', this.panics),
      one('controller_runtime_reconcile_timeouts_total', 'counter', 'Runs that were aborted at their deadline.', this.timeouts),
      { name: 'controller_runtime_reconcile_time_seconds', type: 'histogram', help: 'Length of a run.', samples: this.runSeconds.samples(labels) },
      one('controller_runtime_max_concurrent_reconciles', 'gauge', 'Runs allowed at one time.', now.concurrency),
      one('controller_runtime_active_workers', 'gauge', 'Runs in flight.', now.inFlight),
      one('setpoint_hot_loops_total', 'counter', 'Keys that were told of because they ran again and again.', this.hotLoops),
      one('setpoint_own_events_filtered_total', 'counter', 'Changes that were provably the controller\'s own.', this.filtered),
      { name: 'setpoint_event_to_run_seconds', type: 'histogram', help: 'From an event to the start of the run that it caused.', samples: this.waitSeconds.samples(labels) },
    ];
  }
}
