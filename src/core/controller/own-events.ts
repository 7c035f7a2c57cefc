import type { WriteReport } from '../client/client.js';
import type { Delta } from '../client/delta.js';
import { qualifiedKind, type AnyKind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';
import type { Clock } from '../runtime/clock.js';

/** How long a mark waits for its event; later it counts as foreign (R12). */
const markLifeMs = 10_000;

interface Mark {
  readonly appliedTo: string | undefined;
  readonly version: string;
  readonly until: number;
}
interface Held {
  readonly delta: Delta<KubeObject>;
  readonly pass: () => void;
}
interface OfKind {
  /** By client and write. */
  readonly sent: Map<string, string | undefined>;
  readonly marks: Map<string, Mark[]>;
  held: Held[];
}

/**
 * Tells a controller's own changes from everybody else's, so that its writes do not start it again. A change is its
 * own only when it is provably nothing else: the object went from the very version that the write was applied to
 * straight to the version that the write made. Rules: R10–R13.
 */
export interface OwnEvents {
  /** Every run has a client of its own, which counts its own writes: `run` tells them apart. */
  record(report: WriteReport, run: number): void;
  /** Calls `pass` unless the change is provably our own; later, when a write of the same key is still unanswered. */
  judge(kind: AnyKind, delta: Delta<KubeObject>, pass: () => void): void;
  readonly filtered: number;
}

export function ownEvents(primary: AnyKind, clock: Clock): OwnEvents {
  const kinds = new Map<string, OfKind>();
  const primaryId = qualifiedKind(primary);
  let filtered = 0;
  const of = (kind: AnyKind): OfKind => {
    const id = qualifiedKind(kind);
    let found = kinds.get(id);
    if (!found) kinds.set(id, (found = { sent: new Map(), marks: new Map(), held: [] }));
    return found;
  };
  const waits = (state: OfKind, key: string) => [...state.sent.values()].some((k) => k === undefined || k === key);
  const isOwn = (kind: AnyKind, state: OfKind, delta: Delta<KubeObject>): boolean => {
    const marks = state.marks.get(delta.key);
    if (!marks) return false;
    const version = versionOf(delta);
    const mark = marks.find((m) => m.version === version && m.until >= clock.now());
    const rest = marks.filter((m) => (compareVersions(m.version, version) ?? 1) > 0 && m.until >= clock.now());
    if (rest.length > 0) state.marks.set(delta.key, rest);
    else state.marks.delete(delta.key);
    return mark !== undefined && provablyOwn(mark, delta) && !(qualifiedKind(kind) === primaryId && raisesGeneration(delta));
  };
  const settle = (kind: AnyKind, state: OfKind) => {
    const held = state.held;
    state.held = [];
    for (const { delta, pass } of held) judge(kind, delta, pass);
  };
  const judge = (kind: AnyKind, delta: Delta<KubeObject>, pass: () => void) => {
    const state = of(kind);
    if (waits(state, delta.key)) state.held.push({ delta, pass });
    else if (isOwn(kind, state, delta)) filtered++;
    else pass();
  };
  return {
    judge,
    record(report, run) {
      const state = of(report.kind);
      const id = `${run}/${report.id}`;
      if (report.type === 'sent') { state.sent.set(id, report.key); return; }
      state.sent.delete(id);
      // A no-op bears the version of somebody else's write (R11).
      if (report.type === 'answered' && report.appliedTo !== report.resourceVersion) {
        const marks = state.marks.get(report.key) ?? [];
        state.marks.set(report.key, [...marks, { appliedTo: report.appliedTo, version: report.resourceVersion, until: clock.now() + markLifeMs }]);
      }
      settle(report.kind, state);
    },
    get filtered() { return filtered; },
  };
}

function versionOf(delta: Delta<KubeObject>): string {
  return delta.type === 'deleted' ? delta.revisions.last : delta.new.metadata.resourceVersion;
}

function provablyOwn(mark: Mark, delta: Delta<KubeObject>): boolean {
  switch (delta.type) {
    case 'added': return mark.appliedTo === undefined;
    case 'updated': return delta.old.metadata.resourceVersion === mark.appliedTo;
    // Nobody can have changed it in between: the deletion bears our version, and its answer was ours.
    case 'deleted': return delta.finalState === 'known';
  }
}

function raisesGeneration(delta: Delta<KubeObject>): boolean {
  return delta.type === 'updated' && delta.old.metadata.generation !== delta.new.metadata.generation;
}
