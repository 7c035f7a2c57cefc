import { compareVersions } from '../resource/resource-version.js';
import { unreachable } from '../runtime/assert.js';
import { draw } from '../runtime/random.js';
import type { ElectionSettings, LossCause } from './election.js';

/** What the core needs to know of the Lease as read. */
export interface LeaseRecord {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly holder: string;
  /** As recorded by the holder; undefined when absent or < 1 s (L9). */
  readonly durationMs: number | undefined;
  readonly transitions: number;
  /** The whole spec as text: equal text is no sign of life. */
  readonly spec: string;
  /** The request of this elector that wrote this very spec, told by its renewTime (L15). */
  readonly writtenBy: number | undefined;
}

export type ElectionInput =
  | { readonly type: 'start' }
  | { readonly type: 'got'; readonly id: number; readonly record: LeaseRecord | undefined }
  | { readonly type: 'getFailed'; readonly id: number }
  | { readonly type: 'wrote'; readonly id: number; readonly outcome: { readonly type: 'ok'; readonly record: LeaseRecord } | { readonly type: 'conflict' | 'failed' | 'unknown' } }
  /** From the watch; `record: undefined` says that the lease is gone. */
  | { readonly type: 'observed'; readonly record: LeaseRecord | undefined; readonly resourceVersion: string }
  /** A write of this term was refused by the store (L19). */
  | { readonly type: 'fenced' }
  /** All work of the term has ended. */
  | { readonly type: 'settled' }
  | { readonly type: 'tick' }
  | { readonly type: 'resign' };

/** Requests carry their number; the shell answers each within `timeoutMs`. */
export type ElectionEffect =
  | { readonly type: 'get'; readonly id: number; readonly timeoutMs: number }
  | { readonly type: 'create'; readonly id: number; readonly timeoutMs: number }
  | { readonly type: 'update'; readonly id: number; readonly timeoutMs: number; readonly resourceVersion: string; readonly change: 'acquire' | 'renew' | 'release'; readonly transitions: number }
  | { readonly type: 'wakeAt'; readonly at: number | undefined }
  | { readonly type: 'become'; readonly epoch: number }
  | { readonly type: 'lose'; readonly cause: LossCause }
  /** Nothing more will come. */
  | { readonly type: 'stopped' };

/**
 * - `idle`: not started;
 * - `candidate`: does not lead, would;
 * - `leading`: has authority until `until`;
 * - `ending`: resigned; still renews so that nobody else starts before the work has ended (L16);
 * - `releasing`: gives the lease back;
 * - `stopped`.
 */
export type ElectionPhase = 'idle' | 'candidate' | 'leading' | 'ending' | 'releasing' | 'stopped';

interface Request {
  readonly id: number;
  readonly change: 'get' | 'acquire' | 'renew' | 'release';
  readonly sentAt: number;
}

export interface ElectionCore {
  /** `now` is monotonic milliseconds. Rules: L30, L31. */
  step(input: ElectionInput, now: number): readonly ElectionEffect[];
  readonly phase: ElectionPhase;
  /** When authority ends; −Infinity without any. */
  readonly until: number;
  /** When a request was last answered, and when an acquire or renewal last succeeded. */
  readonly lastAnswer: number;
  readonly lastSuccess: number;
  readonly holder: string | undefined;
}

const releaseTimeoutMs = 2_000;
const releaseTries = 3;

/** The elector as a step function. Rules: L4, L7–L16, L30, L31. */
export function createElectionCore(o: ElectionSettings, seed: number): ElectionCore {
  return new Core(o, seed);
}

class Core implements ElectionCore {
  phase: ElectionPhase = 'idle';
  until = -Infinity;
  lastAnswer = -Infinity;
  lastSuccess = -Infinity;
  private known: LeaseRecord | undefined;
  private hasLooked = false;
  /** When the present content of the record was first seen. */
  private knownSince = -Infinity;
  private transitions = 0;
  private uid = '';
  private request: Request | undefined;
  /** The last write whose answer was lost: a read settles it. */
  private unsettled: Request | undefined;
  private nextAt = Infinity;
  private endAt = Infinity;
  private isSettled = false;
  private releases = 0;
  private conflicts = 0;
  private requests = 0;
  private draws = 0;
  private wakeAt: number | undefined;
  private effects: ElectionEffect[] = [];

  constructor(private readonly o: ElectionSettings, private readonly seed: number) {}

  get holder(): string | undefined { return this.known?.holder; }

  step(input: ElectionInput, now: number): readonly ElectionEffect[] {
    this.effects = [];
    if (this.phase === 'stopped') return [];
    // Before anything else, whatever came in (L31).
    if (this.hasAuthority && now >= this.until) this.lose('expired', now);
    this.apply(input, now);
    this.act(now);
    this.askForWake();
    return this.effects;
  }

  private apply(input: ElectionInput, now: number): void {
    switch (input.type) {
      case 'start': if (this.phase === 'idle') { this.phase = 'candidate'; this.nextAt = now; } break;
      case 'got': this.onGot(input.id, input.record, now); break;
      case 'getFailed': if (this.answered(input.id, undefined)) this.nextAt = this.soon(now); break;
      case 'wrote': this.onWrote(input.id, input.outcome, now); break;
      case 'observed': this.onObserved(input.record, input.resourceVersion, now); break;
      case 'fenced': if (this.hasAuthority) this.lose('fenced', now); break;
      case 'settled': this.isSettled = true; break;
      case 'tick': break; // every step does what time asks for
      case 'resign': this.onResign(now); break;
      default: unreachable(input);
    }
  }

  private get hasAuthority(): boolean {
    return this.phase === 'leading' || this.phase === 'ending';
  }

  // What comes in.

  /** Whether this is the answer to the request in flight; a late one is only good for what it shows. */
  private answered(id: number, at: number | undefined): boolean {
    if (this.request?.id !== id) return false;
    this.request = undefined;
    if (at !== undefined) this.lastAnswer = at;
    return true;
  }

  private onGot(id: number, record: LeaseRecord | undefined, now: number): void {
    if (!this.answered(id, now)) {
      if (record !== undefined) this.onObserved(record, record.resourceVersion, now);
      return;
    }
    this.note(record, now);
    const { unsettled } = this;
    this.unsettled = undefined;
    if (unsettled?.change === 'renew' && this.hasAuthority && record?.writtenBy === unsettled.id) this.extend(unsettled.sentAt, now);
    if (this.hasAuthority && !this.isOwn(now)) return;
    if (this.phase === 'candidate' && !this.mayTake(now)) this.nextAt = this.afterLook(now);
    else this.nextAt = now;
  }

  private onWrote(id: number, outcome: (ElectionInput & { type: 'wrote' })['outcome'], now: number): void {
    const request = this.request;
    const isLate = !this.answered(id, outcome.type === 'unknown' ? undefined : now);
    if (isLate || request === undefined) {
      if (outcome.type === 'ok') this.onObserved(outcome.record, outcome.record.resourceVersion, now);
      return;
    }
    switch (outcome.type) {
      case 'ok': this.conflicts = 0; this.note(outcome.record, now); this.succeed(request, outcome.record, now); break;
      case 'conflict':
        // Who loses a second time in a row waits, so that no two can keep each other busy.
        if (this.conflicts++ > 0 && this.phase === 'candidate') this.nextAt = this.soon(now);
        else this.look(now, this.phase === 'releasing' ? releaseTimeoutMs : this.requestTimeout(now));
        break;
      case 'failed': this.nextAt = this.soon(now); break;
      // Not leader by that request; the next read decides (L15).
      case 'unknown': this.unsettled = request; this.look(now, this.phase === 'releasing' ? releaseTimeoutMs : this.requestTimeout(now)); break;
      default: unreachable(outcome);
    }
  }

  private succeed(request: Request, record: LeaseRecord, now: number): void {
    if (request.change === 'release') { this.stop(); return; }
    if (request.change === 'renew' && this.hasAuthority) { this.extend(request.sentAt, now); return; }
    if (request.change !== 'acquire' || now >= request.sentAt + this.o.renewDeadline) return;
    this.uid = record.uid;
    this.transitions = record.transitions;
    this.extend(request.sentAt, now);
    // Resigned while the request was under way: it is given back without a term.
    if (this.phase === 'releasing') { this.nextAt = now; return; }
    this.phase = 'leading';
    this.isSettled = false;
    this.effects.push({ type: 'become', epoch: Number(record.resourceVersion) });
  }

  /** Counted from when the request was sent (L8). */
  private extend(sentAt: number, now: number): void {
    this.until = Math.max(this.until, sentAt + this.o.renewDeadline);
    this.lastSuccess = now;
    this.nextAt = Math.max(now, sentAt + this.o.retryPeriod);
  }

  private onObserved(record: LeaseRecord | undefined, resourceVersion: string, now: number): void {
    // Versions that do not compare count as newer.
    if (this.known !== undefined && (compareVersions(resourceVersion, this.known.resourceVersion) ?? 1) <= 0) return;
    // Deletion is judged at renewal: a watch event says nothing of what came after it.
    if (record === undefined) { if (this.phase === 'candidate') { this.note(undefined, now); this.nextAt = now; } return; }
    this.note(record, now);
    if (this.hasAuthority && this.request === undefined) this.isOwn(now);
    else if (this.phase === 'candidate' && this.request === undefined && this.mayTake(now)) this.nextAt = now;
  }

  private onResign(now: number): void {
    if (this.phase === 'leading') {
      this.phase = 'ending';
      this.endAt = now + this.o.grace;
      this.effects.push({ type: 'lose', cause: 'resigned' });
      return;
    }
    if (this.phase === 'ending' || this.phase === 'releasing') return;
    if (this.request?.change === 'acquire' || this.unsettled?.change === 'acquire') this.phase = 'releasing';
    else this.stop();
  }

  /** Another content, or the same one again (L9)? */
  private note(record: LeaseRecord | undefined, now: number): void {
    if (record === undefined || record.uid !== this.known?.uid || record.spec !== this.known.spec) this.knownSince = now;
    this.known = record;
    this.hasLooked = true;
  }

  /** Whether the record that an answer showed is that of the term; if not, the term is lost (L11). */
  private isOwn(now: number): boolean {
    const { known } = this;
    const isOurs = known !== undefined && known.holder === this.o.identity && known.uid === this.uid && known.transitions === this.transitions && known.writtenBy !== undefined;
    if (!isOurs) this.lose(known === undefined ? 'deleted' : 'taken', now);
    return isOurs;
  }

  private lose(cause: LossCause, now: number): void {
    const wasLeading = this.phase === 'leading';
    this.until = -Infinity;
    if (wasLeading) {
      this.phase = 'candidate';
      this.nextAt = now + this.pollMs();
      this.effects.push({ type: 'lose', cause });
    } else this.stop();
  }

  // What goes out.

  private act(now: number): void {
    if (this.phase === 'ending') this.actEnding(now);
    if (this.request !== undefined || now < this.nextAt) return;
    switch (this.phase) {
      case 'idle':
      case 'stopped': break;
      case 'candidate': if (this.unsettled === undefined && this.mayTake(now)) this.take(now); else this.look(now, this.requestTimeout(now)); break;
      case 'leading':
      case 'ending': if (this.unsettled === undefined) this.write('renew', now, this.requestTimeout(now)); else this.look(now, this.requestTimeout(now)); break;
      case 'releasing': this.actReleasing(now); break;
      default: unreachable(this.phase);
    }
  }

  private actEnding(now: number): void {
    if (!this.isSettled && now < this.endAt) return;
    // Work that has not ended keeps the lease until it expires (L16).
    if (!this.isSettled || !this.o.releaseOnStop) { this.stop(); return; }
    if (this.request !== undefined) return;
    this.phase = 'releasing';
    this.until = -Infinity;
    this.nextAt = now;
  }

  private actReleasing(now: number): void {
    if (this.unsettled !== undefined && this.releases < releaseTries) { this.releases++; this.look(now, releaseTimeoutMs); return; }
    if (this.known?.holder !== this.o.identity || this.releases >= releaseTries) { this.stop(); return; }
    this.releases++;
    this.write('release', now, releaseTimeoutMs);
  }

  private take(now: number): void {
    if (this.known !== undefined) { this.write('acquire', now, this.requestTimeout(now)); return; }
    const id = this.send('acquire', now);
    this.effects.push({ type: 'create', id, timeoutMs: this.requestTimeout(now) });
  }

  private write(change: 'acquire' | 'renew' | 'release', now: number, timeoutMs: number): void {
    const { known } = this;
    if (known === undefined) { this.look(now, timeoutMs); return; }
    const id = this.send(change, now);
    // Each term has transitions of its own, so that the fence moves even when we follow ourselves (L18, L20).
    const transitions = change === 'renew' ? this.transitions : known.transitions + (change === 'acquire' ? 1 : 0);
    this.effects.push({ type: 'update', id, timeoutMs, resourceVersion: known.resourceVersion, change, transitions });
  }

  private look(now: number, timeoutMs: number): void {
    this.effects.push({ type: 'get', id: this.send('get', now), timeoutMs });
  }

  private send(change: Request['change'], now: number): number {
    this.request = { id: ++this.requests, change, sentAt: now };
    return this.request.id;
  }

  private stop(): void {
    this.phase = 'stopped';
    this.until = -Infinity;
    this.request = undefined;
    this.effects.push({ type: 'stopped' });
  }

  // Times.

  private mayTake(now: number): boolean {
    if (!this.hasLooked) return false;
    return this.known === undefined || this.known.holder === '' || this.known.holder === this.o.identity || now >= this.expiry;
  }

  private get expiry(): number {
    return this.knownSince + (this.known?.durationMs ?? this.o.leaseDuration);
  }

  /** A look at the record was in vain: again at its expiry, or by polling (L10). */
  private afterLook(now: number): number {
    return Math.min(now + this.pollMs(), Math.max(now, this.expiry) + 500 * this.next());
  }

  private pollMs(): number {
    return this.o.retryPeriod * (1 + 1.2 * this.next());
  }

  /** After a failed request. */
  private soon(now: number): number {
    return this.phase === 'candidate' ? now + this.pollMs() : now + 0.25 * this.o.retryPeriod;
  }

  private requestTimeout(now: number): number {
    const most = 0.3 * this.o.renewDeadline;
    return this.hasAuthority ? Math.max(1, Math.min(most, this.until - now)) : most;
  }

  private next(): number {
    return draw(this.seed, `election/${this.o.identity}`, this.draws++);
  }

  private askForWake(): void {
    const times = [this.request === undefined ? this.nextAt : Infinity, this.hasAuthority ? this.until : Infinity, this.phase === 'ending' ? this.endAt : Infinity];
    const first = this.phase === 'stopped' || this.phase === 'idle' ? Infinity : Math.min(...times);
    const at = first === Infinity ? undefined : first;
    if (at === this.wakeAt) return;
    this.wakeAt = at;
    this.effects.push({ type: 'wakeAt', at });
  }
}
