import { describe, expect, test } from '@jest/globals';
import type { WatchEvent } from '../../../src/core/api/api.js';
import { failure } from '../../../src/core/api/api-error.js';
import { createWatchCore, type WatchCoreOptions } from '../../../src/core/informer/watch-core.js';
import { failureOf, type WatchEffect, type WatchInput } from '../../../src/core/informer/watch-input.js';
import { refusal, thing, version } from './scripted-api.js';

function engine(o: Partial<WatchCoreOptions> = {}) {
  const core = createWatchCore({ resource: 'things', seed: 7, streaming: 'never', ...o });
  const all: WatchEffect[] = [];
  const give = (input: WatchInput, now: number) => {
    const effects = core.step(input, now);
    all.push(...effects);
    return effects;
  };
  const id = () => ('id' in core.state ? core.state.id : -1);
  const listed = (now: number, rv: number, names: readonly string[] = [], more?: string) => give({ type: 'listed', id: id(), items: names.map((name) => thing({ name, rv })), rv: version(rv), continue: more }, now);
  const failed = (now: number, code: number, reason = 'Reason') => give({ type: 'failed', id: id(), failure: failureOf(refusal(code, reason), 'watch things') }, now);
  const events = (now: number, ...list: WatchEvent[]) => give({ type: 'events', id: id(), events: list }, now);
  return {
    core, all, give, listed, failed, events, id,
    ended: (now: number) => give({ type: 'ended', id: id() }, now),
    tick: (now: number) => give({ type: 'tick' }, now),
    until: () => (core.state.type === 'Backoff' ? core.state.until : NaN),
  };
}

function added(name: string, rv: number): WatchEvent { return { type: 'ADDED', object: thing({ name, rv }), resourceVersion: version(rv) }; }
function bookmark(rv: number, end = false): WatchEvent { return { type: 'BOOKMARK', resourceVersion: version(rv), ...(end ? { initialEventsEnd: true } : {}) }; }
function error(code: number, causes?: string): WatchEvent {
  return { type: 'ERROR', status: failure(code, 'Expired', 'as the test wants', causes === undefined ? undefined : { causes: [{ reason: causes, message: '' }] }) };
}
const kinds = (effects: readonly WatchEffect[]) => effects.map((e) => e.type);

describe('createWatchCore', () => {
  test('I3 I4 pages of 500 are followed to the end, and applied as one', () => {
    const e = engine();
    expect(e.give({ type: 'start' }, 0)).toEqual([{ type: 'list', id: 1, rv: undefined, match: undefined, limit: 500, continue: undefined }]);
    expect(e.listed(1, 5, ['a'], 'more')).toEqual([{ type: 'list', id: 2, rv: undefined, match: undefined, limit: 500, continue: 'more' }]);

    const effects = e.listed(2, 5, ['b']);

    expect(kinds(effects)).toEqual(['replace', 'synced', 'watch', 'wakeAt']);
    expect(effects[0]).toMatchObject({ items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }], rv: '5' });
    expect(effects[2]).toMatchObject({ rv: '5', initialEvents: false });
  });

  test('I3 listSemantic any asks for version 0, once', () => {
    const e = engine({ listSemantic: 'any' });
    expect(e.give({ type: 'start' }, 0)).toMatchObject([{ rv: '0', match: undefined }]);
  });

  test('I4 a page that expired restarts the list once, then one list without pages is asked for', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5, ['a'], 'more');
    expect(e.failed(0, 410)).toMatchObject([{ type: 'list', limit: 500, continue: undefined }]);
    e.listed(0, 6, ['a'], 'more');
    expect(e.failed(0, 410)).toMatchObject([{ type: 'list', limit: undefined, continue: undefined }]);
    expect(e.listed(0, 7, ['a', 'b'])[0]).toMatchObject({ type: 'replace', rv: '7' });
  });

  test('I2 an answer with an old id changes nothing', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    const before = e.core.state;

    expect(e.give({ type: 'listed', id: 1, items: [], rv: version(9), continue: undefined }, 1)).toEqual([]);
    expect(e.give({ type: 'ended', id: 1 }, 1)).toEqual([]);
    expect(e.core.state).toBe(before);
  });

  test('I5 a streaming list is applied at its closing bookmark, and goes on as a watch', () => {
    const e = engine({ streaming: 'auto' });
    expect(e.give({ type: 'start' }, 0)).toMatchObject([{ type: 'watch', rv: undefined, initialEvents: true }, { type: 'wakeAt', at: 60_000 }]);
    expect(e.events(1, added('a', 3), added('b', 4), bookmark(4))).toEqual([]);

    const effects = e.events(2, bookmark(6, true), added('c', 7));

    expect(kinds(effects)).toEqual(['replace', 'synced', 'apply']);
    expect(effects[0]).toMatchObject({ rv: '6', items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
    expect(e.core.seen).toBe('7');
  });

  test('I5 a streaming list that ends early yields nothing', () => {
    const e = engine({ streaming: 'auto' });
    e.give({ type: 'start' }, 0);
    e.events(1, added('a', 3));
    expect(kinds(e.ended(2))).toEqual(['fault', 'wakeAt']);
    expect(e.core.state).toMatchObject({ type: 'Backoff', resume: { type: 'list' } });
  });

  test.each([[400], [405], [422]])('I6 a refusal with %d leads to a plain list at once, remembered for 10 minutes', (code) => {
    const e = engine({ streaming: 'auto' });
    e.give({ type: 'start' }, 0);
    expect(e.failed(1, code)).toMatchObject([{ type: 'cancel' }, { type: 'list' }]);
    e.listed(2, 5);

    e.events(3, error(410));
    expect(e.tick(e.until())).toMatchObject([{ type: 'list', rv: '5', match: 'NotOlderThan' }]);
    e.listed(5_000, 6);
    e.events(601_000, error(410));
    expect(e.tick(e.until())[0]).toMatchObject({ type: 'watch', rv: '6', initialEvents: true });
  });

  test('I6 silence of 60 s before the bookmark is a refusal, a network error is not', () => {
    const silent = engine({ streaming: 'auto' });
    silent.give({ type: 'start' }, 0);
    silent.events(50_000, added('a', 3));
    expect(silent.tick(60_000)).toEqual([{ type: 'wakeAt', at: 110_000 }]);
    expect(kinds(silent.tick(110_000))).toEqual(['cancel', 'list']);

    const network = engine({ streaming: 'auto' });
    network.give({ type: 'start' }, 0);
    network.give({ type: 'failed', id: network.id(), failure: failureOf(new Error('reset'), 'watch things') }, 1);
    expect(network.tick(network.until())[0]).toMatchObject({ type: 'watch', initialEvents: true });
  });

  test('I7 the n-th fault in a row waits between half of and all of 0.8, 1.6, … 30 s', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    let now = 0;
    for (const d of [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]) {
      e.failed(now, 500);
      const waitMs = e.until() - now;
      expect(waitMs).toBeGreaterThanOrEqual(d / 2);
      expect(waitMs).toBeLessThanOrEqual(d);
      now = e.until();
      e.tick(now);
    }
  });

  test('I7 two minutes of watching without a fault make the next one the first', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    for (let i = 0; i < 5; i++) { e.failed(0, 500); e.tick(e.until()); }
    e.listed(30_000, 5);
    e.events(40_000, added('a', 6));

    e.failed(149_999, 500);
    expect(e.core.attempts).toBe(6);
    e.tick(e.until());
    e.failed(e.until() || 400_000, 500);
    expect(e.core.attempts).toBe(1);
  });

  test('I8 Retry-After is a lower bound, up to five minutes', () => {
    const wait = (seconds: number) => {
      const e = engine();
      e.give({ type: 'start' }, 0);
      const error = failureOf(refusal(429, 'TooManyRequests'), 'list things');
      e.give({ type: 'failed', id: e.id(), failure: { ...error, retryAfterMs: seconds * 1_000 } }, 0);
      return e.until();
    };
    expect(wait(60)).toBe(60_000);
    expect(wait(1_000)).toBe(300_000);
  });

  test('I9 a watch asks for 232 … 290 s with bookmarks; a clean end reopens at once from the last version', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    for (let i = 0; i < 50; i++) {
      e.events(i * 2_000, bookmark(6 + i));
      expect(e.ended(i * 2_000 + 1_500)[0]).toMatchObject({ type: 'watch', rv: String(6 + i), initialEvents: false });
    }
    const seconds = e.all.flatMap((effect) => (effect.type === 'watch' ? [effect.timeoutSeconds] : []));
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(232);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(290);
    expect(new Set(seconds).size).toBeGreaterThan(10);
  });

  test('I10 a watch that ends within a second without an event is a fault', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    expect(kinds(e.ended(999))).toEqual(['fault', 'wakeAt']);
    const reopened = e.until();
    e.tick(reopened);
    expect(kinds(e.ended(reopened + 1_001))).toContain('watch');
  });

  test('I11 silence reopens from the last version; after a bookmark the limit is 150 s', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    const [, , watch, wake] = e.listed(0, 5);
    const limit = watch?.type === 'watch' ? watch.timeoutSeconds * 1_000 + 5_000 : 0;
    expect(wake).toEqual({ type: 'wakeAt', at: limit });
    expect(kinds(e.tick(limit))).toEqual(['cancel', 'watch', 'wakeAt']);

    expect(e.events(300_000, bookmark(6))).toContainEqual({ type: 'wakeAt', at: 450_000 });
    expect(e.tick(450_000)).toMatchObject([{ type: 'cancel' }, { type: 'watch', rv: '6' }, { type: 'wakeAt' }]);
  });

  test('I12 after 410 it lists from what it saw, after the delay; when that is refused, from the newest', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    expect(kinds(e.events(10, error(410)))).toEqual(['cancel', 'fault', 'wakeAt']);
    expect(e.until()).toBeGreaterThanOrEqual(410);
    expect(e.tick(e.until())).toMatchObject([{ type: 'list', rv: '5', match: 'NotOlderThan' }]);
    expect(e.failed(1_000, 410)).toMatchObject([{ type: 'list', rv: undefined, match: undefined }]);
  });

  test('I12 other ERROR events reopen, the third in a row lists; the stream is never kept', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    for (const next of ['watch', 'watch', 'list']) {
      expect(e.events(0, error(500))[0]).toMatchObject({ type: 'cancel' });
      expect(e.tick(e.until())[0]).toMatchObject({ type: next, rv: '5' });
    }
  });

  test.each([[401], [403], [408], [429], [500], [503]])('I13 %d resumes the watch where it was, however often', (code) => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    for (let i = 0; i < 5; i++) {
      e.failed(0, code);
      expect(e.tick(e.until())[0]).toMatchObject({ type: 'watch', rv: '5' });
    }
  });

  test('I13 a page that failed is asked for again, not the whole list', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5, ['a'], 'more');
    e.failed(0, 503);
    expect(e.tick(e.until())).toMatchObject([{ type: 'list', continue: 'more' }]);
    expect(e.listed(2_000, 5, ['b'])[0]).toMatchObject({ items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
  });

  test('I13 a kind that is not served waits at the cap, and is listed when it appears', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.failed(0, 404, 'NotFound');
    expect(e.core.state).toMatchObject({ type: 'Backoff', absent: true });
    expect(e.until()).toBeGreaterThanOrEqual(15_000);
    e.tick(e.until());
    expect(kinds(e.listed(40_000, 5))).toContain('synced');
  });

  test('I14 a bookmark moves seen and the version to resume from, without an event', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    expect(e.events(1, bookmark(9))).toContainEqual({ type: 'apply', events: [], rv: '9' });
    expect(e.core.seen).toBe('9');
  });

  test('I15 a list older than what was seen is thrown away and asked for again; after 5 min the store has rolled back', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 50);
    e.events(0, error(410));
    let now = e.until();
    e.tick(now);
    const first = now;
    while (now - first < 300_000) {
      expect(kinds(e.listed(now, 3))).toEqual(expect.arrayContaining(['fault']));
      expect(e.core.seen).toBe('50');
      now = e.until();
      e.tick(now);
    }
    expect(kinds(e.listed(now, 3))).toEqual(['fault', 'rolledBack', 'list']);
    expect(kinds(e.listed(now, 3))).toContain('replace');
    expect(e.core.seen).toBe('3');
  });

  test('I15 events from before what was seen are dropped', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 50);
    expect(e.events(1, added('a', 49))).toEqual([]);
    expect(e.events(1, added('a', 51), added('b', 40))).toMatchObject([{ type: 'apply', events: [{ object: { metadata: { name: 'a' } } }], rv: '51' }]);
  });

  test('I15 a store that says it went back is believed at once', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 50);
    expect(kinds(e.events(1, error(410, 'StoreRolledBack')))).toEqual(['cancel', 'fault', 'rolledBack', 'fault', 'wakeAt']);
    expect(e.tick(e.until())).toMatchObject([{ type: 'list', rv: undefined }]);
  });

  test('I16 versions that do not compare are taken in their order of arrival', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.give({ type: 'listed', id: e.id(), items: [], rv: 'zz' as never, continue: undefined }, 0);
    e.events(1, { type: 'BOOKMARK', resourceVersion: 'aa' as never });
    expect(e.core.seen).toBe('aa');
  });

  test('I1 the same inputs give the same effects', () => {
    const run = () => {
      const e = engine({ streaming: 'auto' });
      e.give({ type: 'start' }, 0);
      e.failed(1, 500);
      e.tick(e.until());
      e.events(5_000, added('a', 3), bookmark(4, true));
      e.ended(9_000);
      return e.all.map((effect) => (effect.type === 'fault' ? 'fault' : effect));
    };
    expect(run()).toEqual(run());
  });

  test('I44 after a stop nothing is asked for any more', () => {
    const e = engine();
    e.give({ type: 'start' }, 0);
    e.listed(0, 5);
    expect(e.give({ type: 'stop' }, 1)).toMatchObject([{ type: 'cancel' }, { type: 'wakeAt', at: undefined }]);
    expect(e.tick(1e9)).toEqual([]);
  });
});
