import type { Metric } from '../../runtime/metrics.js';
import { SetpointError, toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { printable } from '../../runtime/printable.js';
import type { AppEvent } from '../runnable.js';

/** One trigger may fail at every event; the log hears of it once in this time. */
const quietMs = 10_000;

export interface TriggerFault {
  /** Which trigger: one of few texts. */
  readonly what: string;
  /** The key or value that it failed for. */
  readonly about?: string;
  readonly code: 'TriggerFailed' | 'BadKey';
  readonly cause: unknown;
}

/** Faults of triggers: each is counted and given to `events$`, few are logged (R3, R4, R53, B87). */
export class TriggerFaults {
  private readonly counts = { TriggerFailed: 0, BadKey: 0 };
  private readonly told = new Map<string, number>();

  constructor(private readonly controller: string, private readonly rt: Runtime, private readonly emit: (event: AppEvent) => void) {}

  report({ what, about, code, cause }: TriggerFault): void {
    this.counts[code]++;
    const place = about === undefined ? what : `${what}, for ${printable(about, 200)},`;
    const error = new SetpointError(code, `${place} of controller ${this.controller} failed: ${printable(toError(cause).message)}`, { cause });
    this.emit({ type: 'fault', part: this.controller, what, error });
    const now = this.rt.clock.now();
    if (now - (this.told.get(what) ?? -Infinity) < quietMs) return;
    this.told.set(what, now);
    this.rt.log.warn('trigger failed', { controller: this.controller, what, error: error.message });
  }

  metrics(): readonly Metric[] {
    const labels = { controller: this.controller };
    return [
      { name: 'setpoint_trigger_failures_total', type: 'counter', help: 'Map functions, predicates and sources that failed.', samples: [{ labels, value: this.counts.TriggerFailed }] },
      { name: 'setpoint_trigger_values_dropped_total', type: 'counter', help: 'Values of triggers that are no key of the controller\'s kind.', samples: [{ labels, value: this.counts.BadKey }] },
    ];
  }
}
