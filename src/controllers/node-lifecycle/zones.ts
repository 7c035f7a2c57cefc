import type { Node } from '../../kinds/index.js';
import { readyCondition } from './health.js';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface ZoneOptions {
  /** Nodes tainted for eviction each second, in a healthy zone and in one that is wholly cut off. */
  readonly nodeEvictionRate: number;
  /** The same in a large zone that is partly cut off; small ones stand still. */
  readonly secondaryNodeEvictionRate: number;
  /** Zones with more nodes than this are large. */
  readonly largeClusterSizeThreshold: number;
  /** Share of nodes that are not ready from which on a zone is partly cut off. */
  readonly unhealthyZoneThreshold: number;
}

/** Rule: C21. */
export function zoneState(ready: number, notReady: number, { unhealthyZoneThreshold }: ZoneOptions): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyZoneThreshold ? 'PartialDisruption' : 'Normal';
}

export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

interface Zone {
  state: ZoneState;
  rate: number;
  /** Monotonic time of the last token taken. */
  takenAt: number;
  /** Nodes that wait for a token, in order. */
  readonly waiting: string[];
}

interface Member {
  readonly zone: string;
  readonly isReady: boolean;
  readonly counts: boolean;
}

/** What a change of the picture asks for. */
export interface Shift {
  /** Everything is cut off now: take all eviction taints back. */
  readonly entersFull: boolean;
  /** Something answers again: every node gets a new grace. */
  readonly leavesFull: boolean;
  /** Zones whose rate changed. */
  readonly changed: readonly string[];
}

/**
 * How many nodes may be tainted for eviction, and when: one token bucket of size 1 for each zone, slower the more the
 * zone looks cut off. Pure state: time comes in. Rules: C21–C23.
 */
export class Zones {
  private readonly zones = new Map<string, Zone>();
  private readonly members = new Map<string, Member>();
  private full = false;

  constructor(private readonly o: ZoneOptions) {}

  /** Everything is cut off, so nothing is evicted. */
  get allFull(): boolean { return this.full; }

  /** Takes the node as it is now; undefined: it is gone. */
  set(name: string, node: Node | undefined): Shift {
    const before = this.members.get(name);
    if (node) {
      const member: Member = { zone: zoneOf(node), isReady: readyCondition(node)?.status === 'True', counts: node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] === undefined };
      if (before && before.zone === member.zone && before.isReady === member.isReady && before.counts === member.counts) return still;
      if (before && before.zone !== member.zone) this.leave(name);
      this.members.set(name, member);
    } else {
      if (!before) return still;
      this.leave(name);
      this.members.delete(name);
    }
    return this.judge();
  }

  /** Puts a node in line for a taint. Answers the time at which it may have it, or undefined while others are before it or nothing is let through. */
  wait(name: string): number | undefined {
    const zone = this.zones.get(this.members.get(name)?.zone ?? '');
    if (!zone) return undefined;
    if (!zone.waiting.includes(name)) zone.waiting.push(name);
    if (zone.waiting[0] !== name || zone.rate === 0) return undefined;
    return zone.takenAt + 1_000 / zone.rate;
  }

  /** The node was tainted at `now`; answers who is next. */
  take(name: string, now: number): string | undefined {
    const zone = this.zones.get(this.members.get(name)?.zone ?? '');
    if (zone) zone.takenAt = now;
    return this.leave(name);
  }

  /** The node needs no taint any more (C23); answers who moves up, if that is the head now. */
  leave(name: string): string | undefined {
    const zone = this.zones.get(this.members.get(name)?.zone ?? '');
    const place = zone?.waiting.indexOf(name) ?? -1;
    if (!zone || place < 0) return undefined;
    zone.waiting.splice(place, 1);
    return place === 0 ? zone.waiting[0] : undefined;
  }

  /** The nodes at the head of their lines. */
  heads(zones: readonly string[]): readonly string[] {
    return zones.flatMap((zone) => this.zones.get(zone)?.waiting[0] ?? []);
  }

  private judge(): Shift {
    const counts = new Map<string, { ready: number; notReady: number; all: number }>();
    for (const { zone, isReady, counts: isCounted } of this.members.values()) {
      const count = counts.get(zone) ?? { ready: 0, notReady: 0, all: 0 };
      counts.set(zone, count);
      count.all++;
      if (isCounted) count[isReady ? 'ready' : 'notReady']++;
    }
    for (const zone of this.zones.keys()) if (!counts.has(zone)) this.zones.delete(zone);
    const states = new Map([...counts].map(([zone, { ready, notReady }]) => [zone, zoneState(ready, notReady, this.o)]));
    const wasFull = this.full;
    this.full = states.size > 0 && [...states.values()].every((state) => state === 'FullDisruption');
    const changed: string[] = [];
    for (const [name, state] of states) {
      const zone = this.zones.get(name) ?? { state: 'Normal', rate: -1, takenAt: Number.NEGATIVE_INFINITY, waiting: [] };
      this.zones.set(name, zone);
      const rate = this.full ? 0 : this.rateOf(state, counts.get(name)?.all ?? 0);
      if (rate !== zone.rate) changed.push(name);
      Object.assign(zone, { state, rate });
    }
    return { entersFull: this.full && !wasFull, leavesFull: wasFull && !this.full, changed };
  }

  private rateOf(state: ZoneState, nodes: number): number {
    if (state !== 'PartialDisruption') return this.o.nodeEvictionRate;
    return nodes > this.o.largeClusterSizeThreshold ? this.o.secondaryNodeEvictionRate : 0;
  }
}

const still: Shift = { entersFull: false, leavesFull: false, changed: [] };
