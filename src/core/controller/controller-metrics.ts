import type { Key } from '../resource/object.js';
import { Histogram, type Metric } from '../runtime/metrics.js';
import type { Failures } from './run-failure.js';

const runBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The figures of one controller, under controller-runtime's names. Rule: R52. */
export class ControllerMetrics {
  private readonly results = { success: 0, requeue_after: 0, error: 0, terminal: 0, timeout: 0, panic: 0 };
  private readonly runSeconds = new Histogram(runBounds);

  ended(result: keyof ControllerMetrics['results'], seconds?: number): void {
    this.results[result]++;
    if (seconds !== undefined) this.runSeconds.observe(seconds);
  }

  read(controller: string, now: { readonly inFlight: number; readonly filtered: number; readonly concurrency: number }): readonly Metric[] {
    const labels = { controller };
    const { results } = this;
    const one = (metric: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({ name: metric, type, help, samples: [{ labels, value }] });
    return [
      { name: 'controller_runtime_reconcile_total', type: 'counter', help: 'Runs by result.', samples: (['success', 'requeue_after', 'error', 'terminal'] as const).map((result) => ({ labels: { ...labels, result }, value: results[result] })) },
      one('controller_runtime_reconcile_errors_total', 'counter', 'Runs that failed.', results.error + results.terminal),
      one('controller_runtime_terminal_reconcile_errors_total', 'counter', 'Runs that failed for good.', results.terminal),
      one('controller_runtime_reconcile_panics_total', 'counter', 'Runs that threw something that is no Error.', results.panic),
      one('controller_runtime_reconcile_timeouts_total', 'counter', 'Runs that were aborted at their deadline.', results.timeout),
      { name: 'controller_runtime_reconcile_time_seconds', type: 'histogram', help: 'Length of a run.', samples: this.runSeconds.samples(labels) },
      one('controller_runtime_max_concurrent_reconciles', 'gauge', 'Runs allowed at one time.', now.concurrency),
      one('controller_runtime_active_workers', 'gauge', 'Runs in flight.', now.inFlight),
      one('setpoint_own_events_filtered_total', 'counter', 'Changes that were provably the controller\'s own.', now.filtered),
    ];
  }
}

/** Failure bookkeeping over these metrics. */
export function failuresOf(metrics: ControllerMetrics): Failures {
  const conflicts = new Map<Key, number>();
  return {
    succeeded(key) { conflicts.delete(key); },
    conflict(key, isConflict) {
      if (!isConflict) { conflicts.delete(key); return 0; }
      const count = (conflicts.get(key) ?? 0) + 1;
      conflicts.set(key, count);
      return count;
    },
    count(result) { metrics.ended(result); },
  };
}
