import type { WatchEvent } from '../api/api.js';
import { keyOf, type Key, type KubeObject, type ResourceVersion } from '../resource/object.js';
import { compareVersions } from '../resource/resource-version.js';
import { unreachable } from '../runtime/assert.js';
import { type SetpointError } from '../runtime/errors.js';
import { draw } from '../runtime/random.js';
import { StoreRolledBack, TimeTravel, WatchFault } from './errors.js';
import { failureOfStatus, type Failure, type ObjectEvent, type WatchEffect, type WatchInput } from './watch-input.js';

export interface WatchCoreOptions {
  /** How messages name what is watched: `pods`, `deployments.apps in namespace web`. */
  readonly resource: string;
  /** For the draws of jitter and watch time: the same seed and inputs give the same effects. */
  readonly seed: number;
  /** Objects a page of a list; default 500. */
  readonly pageSize?: number;
  /** `any` lets the first read come from a cache that is behind; default `mostRecent` (I3). */
  readonly listSemantic?: 'mostRecent' | 'any';
  /** Whether the first read may be a streaming list; default `auto` (I5). */
  readonly streaming?: 'auto' | 'never';
}

/** Where the next request continues. */
type Resume =
  /** From the newest state, or from one not older than what was seen (I12). */
  | { readonly type: 'list'; readonly from: 'fresh' | 'seen' }
  | { readonly type: 'page'; readonly page: InitPage }
  | { readonly type: 'watch' };

/** Pages of a list arrive; readers still see the old state (I4). */
interface InitPage {
  readonly type: 'InitPage';
  readonly id: number;
  readonly from: 'fresh' | 'seen';
  readonly items: readonly KubeObject[];
  readonly continue: string | undefined;
  /** How often it began again since a page had expired: after the second time it is not paged (I4). */
  readonly restarts: number;
}
/** A streaming list is collected until its closing bookmark (I5). */
interface InitialWatch {
  readonly type: 'InitialWatch';
  readonly id: number;
  readonly from: 'fresh' | 'seen';
  readonly openedAt: number;
  readonly timeoutMs: number;
  readonly collected: Map<Key, KubeObject>;
  lastAt: number;
}
/** Changes arrive and are applied at once. */
interface Watching {
  readonly type: 'Watching';
  readonly id: number;
  readonly openedAt: number;
  readonly timeoutMs: number;
  /** When something was last received, bookmarks included (I11). */
  lastAt: number;
  received: boolean;
  bookmarked: boolean;
}
export type WatchState =
  /** Nothing was asked yet. */
  | { readonly type: 'Empty' }
  | InitPage | InitialWatch | Watching
  /** Waits after a fault. `absent`: the resource is not served (I13). */
  | { readonly type: 'Backoff'; readonly until: number; readonly resume: Resume; readonly absent: boolean }
  | { readonly type: 'Stopped' };

export interface WatchCore {
  /** Pure but for this value's own state: no I/O, clock, timer or randomness inside (I1). `now` is monotonic milliseconds. */
  step(input: WatchInput, now: number): readonly WatchEffect[];
  readonly state: WatchState;
  /** The highest version that was applied; undefined before the first list. Never falls (I15). */
  readonly seen: ResourceVersion | undefined;
  /** Faults in a row. */
  readonly attempts: number;
}

const pageSize = 500;
const faultBaseMs = 800;
const faultCapMs = 30_000;
const faultForgottenMs = 120_000;
const retryAfterCapMs = 300_000;
const refusalMemoryMs = 600_000;
const streamingSilenceMs = 60_000;
const shortWatchMs = 1_000;
const idleSlackMs = 5_000;
const idleWithBookmarksMs = 150_000;
const timeTravelLimitMs = 300_000;
const errorsUntilList = 3;

/** All that a watch remembers. `out` is what the present step has asked for so far. */
interface Engine {
  readonly o: WatchCoreOptions;
  state: WatchState;
  seen: ResourceVersion | undefined;
  synced: boolean;
  lastId: number;
  draws: number;
  faults: number;
  /** Since when it has been in Watching without a fault. */
  healthySince: number | undefined;
  errorsInRow: number;
  refusedUntil: number;
  timeTravelSince: number | undefined;
  wakeAt: number | undefined;
  out: WatchEffect[];
}

/** What to ask the API next, for one resource in one namespace or in all. Rules: I1–I16. */
export function createWatchCore(o: WatchCoreOptions): WatchCore {
  const e: Engine = {
    o, state: { type: 'Empty' }, seen: undefined, synced: false, lastId: 0, draws: 0, faults: 0, healthySince: undefined,
    errorsInRow: 0, refusedUntil: -Infinity, timeTravelSince: undefined, wakeAt: undefined, out: [],
  };
  return {
    step(input, now) {
      e.out = [];
      step(e, input, now);
      return e.out;
    },
    get state() { return e.state; },
    get seen() { return e.seen; },
    get attempts() { return e.faults; },
  };
}

function step(e: Engine, input: WatchInput, now: number): void {
  switch (input.type) {
    case 'start': if (e.state.type === 'Empty') beginList(e, 'fresh', now); return;
    case 'tick': onTick(e, now); return;
    case 'stop': onStop(e); return;
    case 'listed': if (isCurrent(e, input.id)) onListed(e, input, now); return;
    case 'events': if (isCurrent(e, input.id)) onEvents(e, input.events, now); return;
    case 'ended': if (isCurrent(e, input.id)) onEnded(e, now); return;
    case 'failed': if (isCurrent(e, input.id)) onFailed(e, input.failure, now, isTransient(input.failure)); return;
    default: unreachable(input);
  }
}

function isCurrent(e: Engine, id: number): boolean {
  return 'id' in e.state && e.state.id === id;
}

function onStop(e: Engine): void {
  cancel(e);
  e.state = { type: 'Stopped' };
  if (e.wakeAt !== undefined) e.out.push({ type: 'wakeAt', at: undefined });
}

function onTick(e: Engine, now: number): void {
  e.wakeAt = undefined;
  const s = e.state;
  if (s.type === 'Backoff') {
    if (now < s.until) wake(e, s.until);
    else resume(e, s.resume, now);
  } else if (s.type === 'InitialWatch') {
    if (now < s.lastAt + streamingSilenceMs) wake(e, s.lastAt + streamingSilenceMs);
    else refuseStreaming(e, s.from, now);
  } else if (s.type === 'Watching') {
    const until = s.lastAt + idleLimitMs(s);
    if (now < until) wake(e, until);
    else {
      cancel(e);
      openWatch(e, now);
    }
  }
}

function idleLimitMs(s: Watching): number {
  return s.bookmarked ? idleWithBookmarksMs : s.timeoutMs + idleSlackMs;
}

// Requests

function resume(e: Engine, to: Resume, now: number): void {
  switch (to.type) {
    case 'list': beginList(e, to.from, now); return;
    case 'page': askPage(e, to.page); return;
    case 'watch': openWatch(e, now); return;
    default: unreachable(to);
  }
}

function beginList(e: Engine, wanted: 'fresh' | 'seen', now: number): void {
  const from = e.seen === undefined ? 'fresh' : wanted;
  if (e.o.streaming === 'never' || now < e.refusedUntil) {
    askPage(e, { type: 'InitPage', from, items: [], continue: undefined, restarts: 0 });
    return;
  }
  const id = ++e.lastId;
  const timeoutSeconds = watchSeconds(e);
  e.state = { type: 'InitialWatch', id, from, openedAt: now, timeoutMs: timeoutSeconds * 1_000, collected: new Map(), lastAt: now };
  e.out.push({ type: 'watch', id, rv: listVersion(e, from), timeoutSeconds, initialEvents: true });
  wake(e, now + streamingSilenceMs);
}

function askPage(e: Engine, page: Omit<InitPage, 'id'>): void {
  const id = ++e.lastId;
  e.state = { ...page, id };
  const first = page.continue === undefined;
  const rv = first ? listVersion(e, page.from) : undefined;
  const limit = page.restarts > 1 ? undefined : e.o.pageSize ?? pageSize;
  e.out.push({ type: 'list', id, rv, match: rv === undefined || rv === '0' ? undefined : 'NotOlderThan', limit, continue: page.continue });
}

function listVersion(e: Engine, from: 'fresh' | 'seen'): string | undefined {
  if (from === 'seen') return e.seen;
  return e.seen === undefined && e.o.listSemantic === 'any' ? '0' : undefined;
}

function openWatch(e: Engine, now: number): void {
  const id = ++e.lastId;
  const timeoutSeconds = watchSeconds(e);
  e.out.push({ type: 'watch', id, rv: e.seen, timeoutSeconds, initialEvents: false });
  enterWatching(e, { type: 'Watching', id, openedAt: now, timeoutMs: timeoutSeconds * 1_000, lastAt: now, received: false, bookmarked: false }, now);
}

function enterWatching(e: Engine, state: Watching, now: number): void {
  e.state = state;
  e.healthySince ??= now;
  wake(e, now + idleLimitMs(state));
}

function watchSeconds(e: Engine): number {
  return 290 - Math.floor(uniform(e) * 58);
}

function uniform(e: Engine): number {
  return draw(e.o.seed, 'watch', e.draws++);
}

function cancel(e: Engine): void {
  if ('id' in e.state) e.out.push({ type: 'cancel', id: e.state.id });
}

/** Asks to be woken at `at` at the latest: an earlier wake looks again, so that events need not move the timer. */
function wake(e: Engine, at: number): void {
  if (e.wakeAt !== undefined && e.wakeAt <= at) return;
  e.wakeAt = at;
  e.out.push({ type: 'wakeAt', at });
}

// Answers

function onListed(e: Engine, answer: Extract<WatchInput, { type: 'listed' }>, now: number): void {
  const s = e.state;
  if (s.type !== 'InitPage') return;
  const items = s.items.length === 0 ? answer.items : [...s.items, ...answer.items];
  if (answer.continue !== undefined && answer.continue !== '') {
    askPage(e, { ...s, items, continue: answer.continue });
    return;
  }
  if (isOlder(answer.rv, e.seen)) onTimeTravel(e, `list ${e.o.resource}`, answer.rv, { type: 'list', from: 'fresh' }, now);
  else {
    replace(e, items, answer.rv);
    openWatch(e, now);
  }
}

function replace(e: Engine, items: readonly KubeObject[], rv: ResourceVersion): void {
  e.seen = rv;
  e.errorsInRow = 0;
  e.timeTravelSince = undefined;
  e.out.push({ type: 'replace', items, rv });
  if (!e.synced) e.out.push({ type: 'synced' });
  e.synced = true;
}

function onEvents(e: Engine, events: readonly WatchEvent[], now: number): void {
  if (e.state.type === 'InitialWatch') {
    const rest = collect(e, e.state, events, now);
    if (rest !== undefined && rest < events.length) onEvents(e, events.slice(rest), now);
  } else if (e.state.type === 'Watching') {
    e.state.lastAt = now;
    e.state.received = true;
    follow(e, e.state, events, now);
  }
}

/** Collects a streaming list; the answer is where changes begin when its end was among `events`. */
function collect(e: Engine, s: InitialWatch, events: readonly WatchEvent[], now: number): number | undefined {
  s.lastAt = now;
  for (const [i, event] of events.entries()) {
    switch (event.type) {
      case 'ERROR': {
        cancel(e);
        onFailed(e, failureOfStatus(event.status, `watch ${e.o.resource}`), now, false);
        return undefined;
      }
      case 'BOOKMARK': {
        if (event.initialEventsEnd !== true) break;
        if (isOlder(event.resourceVersion, e.seen)) {
          cancel(e);
          onTimeTravel(e, `watch ${e.o.resource}`, event.resourceVersion, { type: 'list', from: 'fresh' }, now);
          return undefined;
        }
        replace(e, [...s.collected.values()], event.resourceVersion);
        enterWatching(e, { type: 'Watching', id: s.id, openedAt: s.openedAt, timeoutMs: s.timeoutMs, lastAt: now, received: true, bookmarked: false }, now);
        return i + 1;
      }
      case 'DELETED': s.collected.delete(keyOf(event.object)); break;
      default: s.collected.set(keyOf(event.object), event.object);
    }
  }
  return undefined;
}

function follow(e: Engine, s: Watching, events: readonly WatchEvent[], now: number): void {
  const objects: ObjectEvent[] = [];
  let moved = false;
  const flush = () => {
    if (!moved || e.seen === undefined) return;
    e.errorsInRow = 0;
    e.timeTravelSince = undefined;
    e.out.push({ type: 'apply', events: objects, rv: e.seen });
  };
  for (const event of events) {
    if (event.type === 'ERROR') {
      flush();
      cancel(e);
      onFailed(e, failureOfStatus(event.status, `watch ${e.o.resource}`), now, false);
      return;
    }
    const late = isOlder(event.resourceVersion, e.seen);
    if (event.type === 'BOOKMARK') {
      if (late) {
        flush();
        cancel(e);
        onTimeTravel(e, `watch ${e.o.resource}`, event.resourceVersion, { type: 'watch' }, now);
        return;
      }
      if (!s.bookmarked) {
        s.bookmarked = true;
        wake(e, now + idleLimitMs(s));
      }
    } else if (late) continue; // delivered before (I15)
    else objects.push(event);
    e.seen = event.resourceVersion;
    moved = true;
  }
  flush();
}

function onEnded(e: Engine, now: number): void {
  const s = e.state;
  if (s.type === 'Watching' && (s.received || now - s.openedAt >= shortWatchMs)) openWatch(e, now);
  else if (s.type === 'Watching') backOff(e, plainFault(`watch ${e.o.resource}: the stream ended at once without an event`), { type: 'watch' }, now);
  else if (s.type === 'InitialWatch') backOff(e, plainFault(`watch ${e.o.resource}: the stream ended before the list was complete`), { type: 'list', from: s.from }, now);
}

function plainFault(message: string): Failure {
  return { code: 0, error: new WatchFault('WatchFault', message), rolledBack: false };
}

// Faults

/** `transient`: nothing is wrong with what was asked; an ERROR event never is (I12). */
function onFailed(e: Engine, failure: Failure, now: number, transient: boolean): void {
  if (failure.rolledBack) {
    rollBack(e, failure.error);
    backOff(e, failure, { type: 'list', from: 'fresh' }, now);
    return;
  }
  const s = e.state;
  switch (s.type) {
    case 'InitPage': onPageFailed(e, s, failure, now); return;
    case 'InitialWatch':
      if (failure.code === 400 || failure.code === 405 || failure.code === 422) refuseStreaming(e, s.from, now);
      else if (s.from === 'seen' && isTooOldOrNew(failure)) beginList(e, 'fresh', now);
      else backOff(e, failure, { type: 'list', from: s.from }, now);
      return;
    case 'Watching':
      e.errorsInRow += transient ? 0 : 1;
      if (failure.code === 410 || failure.code === 404 || e.errorsInRow >= errorsUntilList) backOff(e, failure, { type: 'list', from: 'seen' }, now);
      else backOff(e, failure, { type: 'watch' }, now);
      return;
    default:
  }
}

function onPageFailed(e: Engine, s: InitPage, failure: Failure, now: number): void {
  const again = { type: 'InitPage', items: [], continue: undefined } as const;
  if (s.from === 'seen' && s.continue === undefined && (isTooOldOrNew(failure) || failure.code === 400 || failure.code === 422)) askPage(e, { ...again, from: 'fresh', restarts: s.restarts });
  else if (failure.code === 410 && s.continue !== undefined) askPage(e, { ...again, from: s.from, restarts: s.restarts + 1 });
  else backOff(e, failure, { type: 'page', page: s }, now);
}

/** A list from a version on is refused: compacted, or (504) a server that has not come so far. */
function isTooOldOrNew(failure: Failure): boolean {
  return failure.code === 410 || failure.code === 504;
}

/** It is asked again as it was (I13). */
function isTransient({ code }: Failure): boolean {
  return code === 0 || code === 401 || code === 403 || code === 408 || code === 429 || code >= 500;
}

function refuseStreaming(e: Engine, from: 'fresh' | 'seen', now: number): void {
  cancel(e);
  e.refusedUntil = now + refusalMemoryMs;
  beginList(e, from, now);
}

function onTimeTravel(e: Engine, what: string, answered: ResourceVersion, then: Resume, now: number): void {
  const error = new TimeTravel(what, answered, e.seen ?? answered);
  e.timeTravelSince ??= now;
  if (now - e.timeTravelSince >= timeTravelLimitMs) {
    rollBack(e, error);
    beginList(e, 'fresh', now);
  } else backOff(e, { code: 0, error, rolledBack: false }, then, now);
}

function rollBack(e: Engine, cause: SetpointError): void {
  if (e.seen !== undefined) e.out.push({ type: 'fault', error: new StoreRolledBack(e.o.resource, e.seen, { cause }) }, { type: 'rolledBack' });
  e.seen = undefined;
  e.timeTravelSince = undefined;
}

/** The n-th fault in a row waits between d/2 and d, d = 800 ms doubled n − 1 times, at most 30 s (I7, I8). */
function backOff(e: Engine, failure: Failure, then: Resume, now: number): void {
  if (e.healthySince !== undefined && now - e.healthySince >= faultForgottenMs) e.faults = 0;
  e.healthySince = undefined;
  e.faults++;
  const absent = failure.code === 404;
  const d = absent ? faultCapMs : Math.min(faultBaseMs * 2 ** (e.faults - 1), faultCapMs);
  const waitMs = Math.max(d / 2 + uniform(e) * (d / 2), Math.min(failure.retryAfterMs ?? 0, retryAfterCapMs));
  e.state = { type: 'Backoff', until: now + waitMs, resume: then, absent };
  e.out.push({ type: 'fault', error: failure.error });
  wake(e, now + waitMs);
}

/** False also where the two do not compare: then the order of arrival decides (I16). */
function isOlder(a: ResourceVersion, b: ResourceVersion | undefined): boolean {
  return b !== undefined && (compareVersions(a, b) ?? 0) < 0;
}
