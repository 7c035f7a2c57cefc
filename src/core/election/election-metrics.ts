import { Histogram, type Metric } from '../runtime/metrics.js';
import type { LossCause } from './election.js';

const boundsSeconds: readonly number[] = Object.freeze([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3, 10]);

/** What an elector counts (L27). */
export class ElectionFigures {
  terms = 0;
  readonly lost = new Map<LossCause, number>();
  readonly renewSeconds = new Histogram(boundsSeconds);
}

/** The first name is client-go's. */
export function electionMetrics(name: string, isLeading: boolean, figures: ElectionFigures): readonly Metric[] {
  return [
    { name: 'leader_election_master_status', type: 'gauge', help: '1 while this replica leads', samples: [{ labels: { name }, value: isLeading ? 1 : 0 }] },
    { name: 'setpoint_election_terms_total', type: 'counter', help: 'Terms that this replica began', samples: [{ labels: { name }, value: figures.terms }] },
    { name: 'setpoint_election_lost_total', type: 'counter', help: 'Terms that ended, by cause', samples: [...figures.lost].map(([cause, value]) => ({ labels: { name, cause }, value })) },
    { name: 'setpoint_election_renew_seconds', type: 'histogram', help: 'From sending a write of the lease to its answer', samples: figures.renewSeconds.samples({ name }) },
  ];
}
