import type { WriteReport } from '../../client/client.js';
import type { Delta } from '../../client/delta.js';
import { qualifiedKind, type AnyKind } from '../../resource/kind.js';
import type { Key, KubeObject } from '../../resource/object.js';
import { compareVersions } from '../../resource/resource-version.js';
import { alarm, type Alarm, type Clock } from '../../runtime/clock.js';

/** How long a mark waits for its event and an event for the answer of a write; then it counts as foreign (R12). */
const patienceMs = 10_000;

/** Whose write it was. */
export interface WriteOrigin {
  /** Every run has a client of its own, which counts its own writes: `id` tells them apart. */
  readonly id: number;
  readonly key: Key;
}

/**
 * Tells a controller's own changes from everybody else's, so that a run's writes do not start its key again. A change
 * is its own only when it is provably nothing else: the object went from the very version that the write was applied
 * to straight to the version that the write made. Other keys are started by it as by any change. Rules: R10–R13.
 */
export interface OwnEvents {
  record(report: WriteReport, run: WriteOrigin): void;
  /**
   * Calls `pass` with the key whose own run provably made the change; undefined: somebody else did. It calls later
   * when a write of the same object is still unanswered.
   */
  judge(kind: AnyKind, delta: Delta<KubeObject>, pass: (own: Key | undefined) => void): void;
  /** Changes that wait for the answer of a write. */
  readonly held: number;
  /** Writes whose event is not seen yet. */
  readonly marks: number;
}

/** With `ownEvents: 'enqueue'` every change counts (R13). */
export const everyEventCounts: OwnEvents = Object.freeze<OwnEvents>({ record: () => undefined, judge: (_kind, _delta, pass) => { pass(undefined); }, held: 0, marks: 0 });

interface Mark {
  readonly by: Key;
  readonly appliedTo: string | undefined;
  readonly version: string;
  readonly until: number;
}
interface Held {
  readonly delta: Delta<KubeObject>;
  readonly pass: (own: Key | undefined) => void;
  readonly until: number;
}
interface OfKind {
  readonly isPrimary: boolean;
  /** Writes without an answer: what they write to, by run and write. */
  readonly sent: Map<string, Key | undefined>;
  /** Keys in the order of their newest mark. */
  readonly marks: Map<Key, readonly Mark[]>;
  held: Held[];
}

/** `kinds` are those whose changes the controller is told; writes of others leave no mark. */
export function ownEvents(o: { readonly primary: AnyKind; readonly kinds: readonly AnyKind[]; readonly clock: Clock; readonly signal: AbortSignal }): OwnEvents {
  return new Marks(o.primary, o.kinds, o.clock, o.signal);
}

class Marks implements OwnEvents {
  private readonly kinds = new Map<string, OfKind>();
  private readonly alarm: Alarm;
  private isArmed = false;

  constructor(primary: AnyKind, kinds: readonly AnyKind[], private readonly clock: Clock, signal: AbortSignal) {
    for (const kind of [primary, ...kinds]) this.kinds.set(qualifiedKind(kind), { isPrimary: qualifiedKind(kind) === qualifiedKind(primary), sent: new Map(), marks: new Map(), held: [] });
    this.alarm = alarm(clock, signal, () => { this.expire(); });
  }

  get held(): number { return this.sum((state) => state.held.length); }
  get marks(): number { return this.sum((state) => state.marks.size); }

  record(report: WriteReport, run: WriteOrigin): void {
    const state = this.kinds.get(qualifiedKind(report.kind));
    if (!state) return;
    const id = `${run.id}/${report.id}`;
    if (report.type === 'sent') {
      state.sent.set(id, report.key);
      return;
    }
    state.sent.delete(id);
    // A no-op bears the version of somebody else's write (R11).
    if (report.type === 'answered' && report.appliedTo !== report.resourceVersion) this.mark(state, report, run.key);
    const { held } = state;
    if (held.length === 0) return;
    state.held = [];
    for (const each of held) this.judgeIn(state, each);
  }

  judge(kind: AnyKind, delta: Delta<KubeObject>, pass: (own: Key | undefined) => void): void {
    const state = this.kinds.get(qualifiedKind(kind));
    if (!state) pass(undefined);
    else this.judgeIn(state, { delta, pass, until: state.sent.size === 0 ? 0 : this.clock.now() + patienceMs });
  }

  private judgeIn(state: OfKind, held: Held): void {
    const { delta, pass } = held;
    if (!waits(state, delta)) {
      pass(this.ownerOf(state, delta));
      return;
    }
    state.held.push(held);
    this.arm(held.until);
  }

  private ownerOf(state: OfKind, delta: Delta<KubeObject>): Key | undefined {
    const marks = state.marks.get(delta.key);
    if (!marks) return undefined;
    const version = versionOf(delta);
    const rest = marks.filter((m) => (compareVersions(m.version, version) ?? 1) > 0);
    if (rest.length > 0) state.marks.set(delta.key, rest);
    else state.marks.delete(delta.key);
    const mark = marks.find((m) => m.version === version);
    return mark && mark.until >= this.clock.now() && provablyOwn(mark, delta) && !(state.isPrimary && alwaysCounts(delta)) ? mark.by : undefined;
  }

  private mark(state: OfKind, { key, appliedTo, resourceVersion: version }: Extract<WriteReport, { readonly type: 'answered' }>, by: Key): void {
    const until = this.clock.now() + patienceMs;
    const marks = state.marks.get(key) ?? [];
    state.marks.delete(key); // the newest comes last
    state.marks.set(key, [...marks, { by, appliedTo, version, until }]);
    this.arm(until);
  }

  private arm(at: number): void {
    if (this.isArmed) return;
    this.isArmed = true;
    this.alarm.set(at + 1);
  }

  /** Events that never came, and answers that never came. */
  private expire(): void {
    const now = this.clock.now();
    let next = Infinity;
    this.isArmed = false;
    for (const state of this.kinds.values()) {
      for (const [key, marks] of state.marks) {
        if ((marks.at(-1)?.until ?? 0) >= now) break;
        state.marks.delete(key);
      }
      const late = state.held.filter(({ until }) => until <= now);
      state.held = state.held.filter(({ until }) => until > now);
      for (const { pass } of late) pass(undefined);
      next = Math.min(next, state.held[0]?.until ?? Infinity, [...state.marks.values()][0]?.at(-1)?.until ?? Infinity);
    }
    if (next < Infinity) this.arm(next);
  }

  private sum(of: (state: OfKind) => number): number {
    let total = 0;
    for (const state of this.kinds.values()) total += of(state);
    return total;
  }
}

/** A create with generateName has no key yet; its event can only be an addition. */
function waits(state: OfKind, delta: Delta<KubeObject>): boolean {
  for (const key of state.sent.values()) if (key === delta.key || (key === undefined && delta.type === 'added')) return true;
  return false;
}

function versionOf(delta: Delta<KubeObject>): string {
  return delta.type === 'deleted' ? delta.revisions.last : delta.new.metadata.resourceVersion;
}

function provablyOwn(mark: Mark, delta: Delta<KubeObject>): boolean {
  // Of several versions one may be foreign, and of a list nobody knows how many it skipped (R11).
  if (delta.revisions.count !== 1) return false;
  switch (delta.type) {
    case 'added': return mark.appliedTo === undefined;
    case 'updated': return delta.old.metadata.resourceVersion === mark.appliedTo;
    case 'deleted': return delta.finalState === 'known';
  }
}

/** A primary's new generation is to be acted on (R11), and its end is to be noticed (R6), whoever made it. */
function alwaysCounts(delta: Delta<KubeObject>): boolean {
  return delta.type === 'deleted' || (delta.type === 'updated' && delta.old.metadata.generation !== delta.new.metadata.generation);
}
