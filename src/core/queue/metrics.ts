import { Histogram, type Metric } from '../runtime/metrics.js';
import { reasonsOf, type Entry } from './entry.js';
import { priorities, type Finish, type QueueEntry, type QueueSnapshot } from './queue.js';

/** Upper bounds of client-go's and controller-runtime's queue histograms: 10 ns … 1,000 s. */
const boundsSeconds: readonly number[] = Object.freeze(Array.from({ length: 12 }, (_, i) => Number(`1e${String(i - 8)}`)));

/** What is counted while the queue works; all other figures are computed from state (Q44, Q45). */
export class QueueFigures {
  adds = 0;
  merged = 0;
  retries = 0;
  refused = 0;
  private readonly queueDuration = new Histogram(boundsSeconds);
  private readonly workDuration = new Histogram(boundsSeconds);

  started(waitedMs: number): void {
    this.queueDuration.observe(waitedMs / 1_000);
  }

  finished(workedMs: number, outcome: Finish): void {
    this.workDuration.observe(workedMs / 1_000);
    if (outcome.type === 'retry') this.retries++;
  }

  metrics<K>(snapshot: QueueSnapshot<K>): readonly Metric[] {
    const labels = { name: snapshot.name };
    const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({ name, type, help, samples: [{ labels, value }] });
    const agesMs = snapshot.entries.filter((entry) => entry.state === 'inFlight' || entry.state === 'again').map((entry) => entry.ageMs);
    return [
      { name: 'workqueue_depth', type: 'gauge', help: 'Keys that are ready, by priority', samples: depths(snapshot) },
      one('workqueue_adds_total', 'counter', 'Entries that became ready', snapshot.adds),
      { name: 'workqueue_queue_duration_seconds', type: 'histogram', help: 'From ready to start', samples: this.queueDuration.samples(labels) },
      { name: 'workqueue_work_duration_seconds', type: 'histogram', help: 'From start to finish', samples: this.workDuration.samples(labels) },
      one('workqueue_unfinished_work_seconds', 'gauge', 'Age of all runs in flight together', agesMs.reduce((sum, ms) => sum + ms, 0) / 1_000),
      one('workqueue_longest_running_processor_seconds', 'gauge', 'Age of the oldest run in flight', Math.max(0, ...agesMs) / 1_000),
      one('workqueue_retries_total', 'counter', 'Runs that failed and are to be repeated', snapshot.retries),
      one('workqueue_delayed', 'gauge', 'Keys that are ready at a known time', snapshot.delayed),
      one('workqueue_merged_total', 'counter', 'Adds that an entry of the same key took in', snapshot.merged),
      one('workqueue_refused_total', 'counter', 'Inputs that were refused', snapshot.refused),
    ];
  }
}

export function describeEntry<K>(entry: Entry<K>, now: number): QueueEntry<K> {
  const isRunning = entry.runId !== 0;
  const state = isRunning ? (entry.wants === 'again' ? 'again' : 'inFlight') : entry.wants === 'delayed' ? 'delayed' : 'ready';
  return {
    key: entry.key, state, priority: isRunning ? entry.runPriority : entry.priority, readyAt: isRunning ? entry.runReadyAt : entry.at,
    failures: entry.backoff?.failures ?? 0, reasons: [...reasonsOf(entry)], reasonsDropped: entry.reasonsDropped,
    ageMs: now - (isRunning ? entry.startedAt : entry.since),
  };
}

function depths<K>(snapshot: QueueSnapshot<K>): Metric['samples'] {
  const buckets = { initial: 0, normal: 0, urgent: 0 };
  for (const { state, priority } of snapshot.entries) {
    if (state === 'ready') buckets[priority <= priorities.initial ? 'initial' : priority >= priorities.urgent ? 'urgent' : 'normal']++;
  }
  return Object.entries(buckets).map(([priority, value]) => ({ labels: { name: snapshot.name, priority }, value }));
}

