import type { WriteReport } from '../client/client.js';
import { qualifiedKind, type AnyKind } from '../resource/kind.js';
import { splitKey, type Key, type KubeObject, type ResourceVersion, type Uid } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';
import type { Clock } from '../runtime/clock.js';
import { behindTimeoutMs, hasSeen, type SharedInformer, type WaitLimits } from './shared-informer.js';

export interface OwnWritesPorts {
  readonly clock: Clock;
  /** The cache that reads of this kind use, if it runs. */
  readonly cacheOf: (kind: AnyKind) => SharedInformer<KubeObject> | undefined;
  /** What the api holds now under this key (or in this kind): its version, or the version at which it was absent. */
  readonly readLive: (kind: AnyKind, key: Key | undefined) => Promise<{ readonly rv: ResourceVersion; readonly absent: boolean }>;
  /** Called when the last mark is seen. */
  readonly onEmpty?: () => void;
  /**
   * The cache has come past a write, and what was written is not there. When it went between two lists, the cache never had
   * it, and no delta tells of its end.
   */
  readonly onVanished?: (kind: AnyKind, key: Key) => void;
}

/**
 * The barrier: knows what one caller wrote, and lets its reads wait until the cache shows it. Marks are dropped as
 * soon as they are seen. Rules: I37–I42.
 */
export interface OwnWrites {
  /** Every report of the caller's writes, `sent` before the request goes out. */
  record(report: WriteReport): void;
  /** undefined when there is nothing to wait for. @throws CacheBehind */
  waitFor(kind: AnyKind, key: Key, o?: WaitLimits): Promise<void> | undefined;
  /** The same for all of a kind, in one namespace or in all. @throws CacheBehind */
  waitForAll(kind: AnyKind, namespace: string | undefined, o?: WaitLimits): Promise<void> | undefined;
  /** The same for everything that was written; undefined when all of it is seen. @throws CacheBehind */
  waitForEverything(o?: WaitLimits): Promise<void> | undefined;
  /** Keys with a write that is not seen yet. */
  readonly size: number;
}

interface Instead {
  readonly type: 'gone' | 'deleting';
  readonly uid: Uid | undefined;
  /** An absence counts only in a cache that has come as far as what was deleted: before, it may not have come yet. */
  readonly after: ResourceVersion | undefined;
}

interface Mark {
  readonly key: Key | undefined;
  readonly inFlight: Set<number>;
  want: ResourceVersion | undefined;
  /** Seeing this is as good as seeing `want`: an object gone, or being deleted (I39, I41). */
  instead: Instead | undefined;
  /** The answer was lost: a live read tells what to wait for. */
  lost: boolean;
  settling: Promise<void> | undefined;
}

interface KindMarks {
  readonly kind: AnyKind;
  /** Creates with generateName have no key before their answer: they are under ''. */
  readonly byKey: Map<string, Mark>;
  stopListening: (() => void) | undefined;
}

export function ownWrites(ports: OwnWritesPorts): OwnWrites {
  return new Barrier(ports);
}

class Barrier implements OwnWrites {
  private readonly kinds = new Map<string, KindMarks>();

  constructor(private readonly ports: OwnWritesPorts) {}

  get size(): number {
    let total = 0;
    for (const marks of this.kinds.values()) total += marks.byKey.size;
    return total;
  }

  record(report: WriteReport): void {
    const marks = this.marksOf(report.kind);
    const sentAs = report.type === 'answered' ? this.sentAs(marks, report.id) : this.markOf(marks, report.key);
    if (report.type === 'sent') {
      sentAs?.inFlight.add(report.id);
      return;
    }
    sentAs?.inFlight.delete(report.id);
    if (report.type === 'unknown' && sentAs) sentAs.lost = true;
    if (report.type === 'answered') answered(this.markOf(marks, report.key), report);
    this.prune(marks);
    // Reads may wait for the outcome itself.
    this.ports.cacheOf(report.kind)?.check();
  }

  waitFor(kind: AnyKind, key: Key, o?: WaitLimits): Promise<void> | undefined {
    const mark = this.kinds.get(qualifiedKind(kind))?.byKey.get(key);
    return mark && this.wait(kind, mark, o);
  }

  waitForAll(kind: AnyKind, namespace: string | undefined, o?: WaitLimits): Promise<void> | undefined {
    const marks = this.kinds.get(qualifiedKind(kind));
    if (!marks || marks.byKey.size === 0) return undefined;
    const concerned = [...marks.byKey.values()].filter(({ key }) => namespace === undefined || key === undefined || splitKey(key).namespace === namespace);
    return concerned.length === 0 ? undefined : Promise.all(concerned.map((mark) => this.wait(kind, mark, o))).then(() => undefined);
  }

  waitForEverything(o?: WaitLimits): Promise<void> | undefined {
    if (this.kinds.size === 0) return undefined;
    return Promise.all([...this.kinds.values()].map(async ({ kind }) => this.waitForAll(kind, undefined, o))).then(() => undefined);
  }

  private async wait(kind: AnyKind, mark: Mark, o: WaitLimits = {}): Promise<void> {
    const timeoutMs = o.timeout ?? behindTimeoutMs;
    const until = this.ports.clock.now() + timeoutMs;
    for (;;) {
      if (mark.lost) await this.settle(kind, mark);
      const cache = this.ports.cacheOf(kind);
      if (!cache || isSeen(mark, cache)) return;
      const left = Math.max(0, until - this.ports.clock.now());
      await cache.waitUntil(() => mark.lost || isSeen(mark, cache), () => ({ key: mark.key, rv: mark.want }), { signal: o.signal, timeout: left });
    }
  }

  private settle(kind: AnyKind, mark: Mark): Promise<void> {
    mark.settling ??= this.ports.readLive(kind, mark.key).then(({ rv, absent }) => {
      mark.lost = false;
      mark.want = newest(mark.want, rv);
      mark.instead = absent ? { type: 'gone', uid: undefined, after: undefined } : undefined;
      this.prune(this.marksOf(kind));
    }).finally(() => { mark.settling = undefined; });
    return mark.settling;
  }

  private marksOf(kind: AnyKind): KindMarks {
    const id = qualifiedKind(kind);
    let found = this.kinds.get(id);
    if (!found) this.kinds.set(id, (found = { kind, byKey: new Map(), stopListening: undefined }));
    return found;
  }

  private markOf(marks: KindMarks, key: Key | undefined): Mark {
    let mark = marks.byKey.get(key ?? '');
    if (!mark) marks.byKey.set(key ?? '', (mark = { key, inFlight: new Set(), want: undefined, instead: undefined, lost: false, settling: undefined }));
    return mark;
  }

  /** A create with generateName gets its key with the answer. */
  private sentAs(marks: KindMarks, id: number): Mark | undefined {
    for (const mark of marks.byKey.values()) if (mark.inFlight.has(id)) return mark;
    return undefined;
  }

  /** Drops what is seen, and listens to the cache while anything is left (I42). */
  private prune(marks: KindMarks): void {
    const cache = this.ports.cacheOf(marks.kind);
    for (const [key, mark] of marks.byKey) {
      if (!isOver(mark, cache)) continue;
      marks.byKey.delete(key);
      if (mark.key !== undefined && cache && hasVanished(mark, mark.key, cache)) this.ports.onVanished?.(marks.kind, mark.key);
    }
    if (marks.byKey.size === 0) {
      marks.stopListening?.();
      if (this.kinds.delete(qualifiedKind(marks.kind)) && this.kinds.size === 0) this.ports.onEmpty?.();
    } else if (cache) marks.stopListening ??= cache.onMove(() => { this.prune(marks); });
  }
}

function answered(mark: Mark, report: Extract<WriteReport, { readonly type: 'answered' }>): void {
  const { uid } = report.object.metadata;
  mark.want = newest(mark.want, report.resourceVersion);
  if (mark.want !== report.resourceVersion) return;
  mark.instead = report.verb !== 'delete' ? undefined : { type: report.gone ? 'gone' : 'deleting', uid, after: report.appliedTo };
}

/**
 * Without a cache there is nothing to wait for once the outcome is known: the first list of one that starts later is
 * of the newest state, so it shows the write.
 */
function isOver(mark: Mark, cache: SharedInformer<KubeObject> | undefined): boolean {
  return cache ? !mark.lost && isSeen(mark, cache) : mark.inFlight.size === 0 && !mark.lost;
}

function isSeen(mark: Mark, cache: SharedInformer<KubeObject>): boolean {
  if (mark.inFlight.size > 0 || mark.lost) return false;
  if (mark.want === undefined) return true;
  const namespace = mark.key === undefined ? undefined : splitKey(mark.key).namespace;
  // Nothing of that namespace is ever read here (I41).
  if (mark.key !== undefined && !cache.covers(namespace)) return true;
  if (hasSeen(cache.seenIn(namespace), mark.want)) return true;
  if (!mark.instead || mark.key === undefined || !cache.hasSynced) return false;
  if (mark.instead.after !== undefined && !hasSeen(cache.seenIn(namespace), mark.instead.after)) return false;
  const cached = cache.cache.get(mark.key);
  if (mark.instead.type === 'gone') return cached === undefined || (mark.instead.uid !== undefined && cached.metadata.uid !== mark.instead.uid);
  return cached?.metadata.uid === mark.instead.uid && cached?.metadata.deletionTimestamp !== undefined;
}

/** Somebody else deleted what was written. */
function hasVanished(mark: Mark, key: Key, cache: SharedInformer<KubeObject>): boolean {
  return mark.want !== undefined && mark.instead === undefined && cache.covers(splitKey(key).namespace) && cache.cache.get(key) === undefined;
}

function newest(a: ResourceVersion | undefined, b: ResourceVersion): ResourceVersion {
  return a !== undefined && (compareVersions(a, b) ?? -1) > 0 ? a : b;
}
