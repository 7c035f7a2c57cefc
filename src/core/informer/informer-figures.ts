import type { ResourceVersion } from '../resource/object.js';
import type { Metric } from '../runtime/metrics.js';
import type { ObjectEvent } from './watch-input.js';

/** What is counted while an informer works; all other figures are computed from its state. Rule: I46. */
export class InformerFigures {
  private readonly requests = { list: 0, watch: 0 };
  private readonly events = { ADDED: 0, MODIFIED: 0, DELETED: 0 };
  private readonly faults = new Map<string, number>();

  asked(verb: 'list' | 'watch'): void {
    this.requests[verb]++;
  }

  received(events: readonly ObjectEvent[]): void {
    for (const event of events) this.events[event.type]++;
  }

  failed(reason: string): void {
    this.faults.set(reason, (this.faults.get(reason) ?? 0) + 1);
  }

  metrics(labels: { readonly resource: string }, now: { readonly objects: number; readonly seen: ResourceVersion; readonly backlog: number }): readonly Metric[] {
    const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({ name, type, help, samples: [{ labels, value }] });
    return [
      one('informer_objects', 'gauge', 'Objects in the cache', now.objects),
      one('informer_seen_rv', 'gauge', 'The version up to which the cache is complete', Number(now.seen)),
      one('informer_lists_total', 'counter', 'Lists asked for, each page counted', this.requests.list),
      one('informer_watches_total', 'counter', 'Watches opened', this.requests.watch),
      { name: 'informer_faults_total', type: 'counter', help: 'Faults by their code', samples: [...this.faults].map(([reason, value]) => ({ labels: { ...labels, reason }, value })) },
      { name: 'informer_events_total', type: 'counter', help: 'Events received', samples: Object.entries(this.events).map(([type, value]) => ({ labels: { ...labels, type: type.toLowerCase() }, value })) },
      one('informer_backlog', 'gauge', 'Keys that wait for slow subscribers', now.backlog),
    ];
  }
}
