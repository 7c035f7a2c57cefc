import type { Lease, LeaseSpec } from '../resource/lease.js';
import { microTimestamp } from '../runtime/clock.js';
import type { ElectionSettings } from './election.js';
import type { LeaseRecord } from './step.js';

/** How many of the last writes are told apart by their renewTime: the last good one and those without an answer. */
const remembered = 8;

/** Puts the term into the Lease and reads it back. Rules: L1–L3, L15. */
export class LeaseRecords {
  private readonly writes = new Map<string, number>();

  constructor(private readonly o: ElectionSettings, private readonly wall: () => number) {}

  /** The part of the spec that a write changes; everything else in the Lease stays as it is. */
  change(type: 'acquire' | 'renew' | 'release', transitions: number, id: number): LeaseSpec {
    // The last three digits make the time of each write its own, so that a later read shows which write it was.
    const time = `${microTimestamp(this.wall()).slice(0, -4)}${String(id % 1_000).padStart(3, '0')}Z`;
    this.remember(time, id);
    if (type === 'release') return { holderIdentity: '', leaseDurationSeconds: 1, renewTime: time };
    const held = { holderIdentity: this.o.identity, leaseDurationSeconds: Math.max(1, Math.ceil(this.o.leaseDuration / 1_000)), renewTime: time };
    return type === 'renew' ? held : { ...held, acquireTime: time, leaseTransitions: transitions };
  }

  read(lease: Lease): LeaseRecord {
    const { spec = {}, metadata } = lease;
    const seconds = spec.leaseDurationSeconds ?? 0;
    return {
      uid: metadata.uid, resourceVersion: metadata.resourceVersion, holder: spec.holderIdentity ?? '', transitions: spec.leaseTransitions ?? 0,
      durationMs: seconds < 1 ? undefined : seconds * 1_000, spec: JSON.stringify(spec),
      writtenBy: spec.renewTime === undefined ? undefined : this.writes.get(spec.renewTime),
    };
  }

  private remember(time: string, id: number): void {
    this.writes.set(time, id);
    for (const old of this.writes.keys()) {
      if (this.writes.size <= remembered) break;
      this.writes.delete(old);
    }
  }
}
