import { describe, expect, test } from '@jest/globals';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import type { Clock } from '../../../src/core/runtime/clock.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { LeaseNotFound, Unavailable } from '../../../src/core/store/errors.js';
import { holdLease } from '../../../src/core/store/hold-lease.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import type { Leases } from '../../../src/core/store/store.js';
import { get, value, valueCodec } from '../../conformance/store/backends.js';

/** Leases of 30 s whose renewals are answered as the test says. */
function leases(keepAlive: (nth: number) => Promise<{ readonly ttlSeconds: number }>) {
  const calls: string[] = [];
  let count = 0;
  const made: Leases = {
    grant: (ttlSeconds) => Promise.resolve({ id: 7n, ttlSeconds }),
    keepAlive: () => { calls.push('keepAlive'); return keepAlive(++count); },
    revoke: () => { calls.push('revoke'); return Promise.resolve(); },
  };
  return { made, calls };
}
const answer = () => Promise.resolve({ ttlSeconds: 30 });
const never = () => new Promise<never>(() => { /* no answer */ });

describe('a held lease', () => {
  test('S50 lives as long as it is held, and its keys go when it is released', async () => {
    const clock = virtualClock();
    const store = await memory().open(valueCodec(), systemRuntime({ clock, random: keyedRandom(1) }));
    const held = await holdLease(store.lease, clock, 10);
    await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), lease: held.id }] });

    await clock.advance(60_000);
    expect(held.lost.aborted).toBe(false);
    expect(await get(store, 'a')).toBeDefined();
    await held.release();
    expect(await get(store, 'a')).toBeUndefined();
    await store[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });

  test('S50 is renewed at a third of its ttl', async () => {
    const [clock, { made, calls }] = [virtualClock(), leases(answer)];
    await holdLease(made, clock, 30);
    await clock.advance(9_999);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual(['keepAlive']);
    await clock.advance(20_000);
    expect(calls).toHaveLength(3);
  });

  test('S50 is lost a ttl after the last answer, and not before', async () => {
    const [clock, { made }] = [virtualClock(), leases((nth) => (nth === 1 ? answer() : never()))];
    const held = await holdLease(made, clock, 30);
    await clock.advance(10_000 + 29_999);
    expect(held.lost.aborted).toBe(false);
    await clock.advance(1);
    expect(held.lost).toMatchObject({ aborted: true, reason: { code: 'LeaseNotFound', id: 7n } });
    expect(clock.pending).toBe(0);
  });

  test('S50 is asked for again when it was not answered', async () => {
    const [clock, { made, calls }] = [virtualClock(), leases((nth) => (nth % 3 === 0 ? answer() : Promise.reject(new Unavailable('away'))))];
    const held = await holdLease(made, clock, 30);
    await clock.advance(100_000);
    expect(held.lost.aborted).toBe(false);
    expect(calls.length).toBeGreaterThan(20);
  });

  test('S49 S50 is lost at once when the store says that it is gone', async () => {
    const [clock, { made }] = [virtualClock(), leases(() => Promise.reject(new LeaseNotFound(7n)))];
    const held = await holdLease(made, clock, 30);
    await clock.advance(10_000);
    expect(held.lost.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('S50 an answer that comes after the ttl proves nothing, even where no timer fired in between', async () => {
    let now = 0;
    const timers: (() => void)[] = [];
    const clock: Clock = { now: () => now, wall: () => now, yield: () => Promise.resolve(), setTimer: (_, fire) => { timers.push(fire); return { cancel: () => {} }; } };
    let late: (answer: { ttlSeconds: number }) => void = () => {};
    const { made } = leases(() => new Promise((resolve) => { late = resolve; }));
    const held = await holdLease(made, clock, 30);
    now = 10_000;
    for (const fire of timers.splice(0).slice(1)) fire();
    await new Promise(setImmediate);

    // The process stood still for a minute; the answer is the first thing that it sees.
    now = 70_000;
    late({ ttlSeconds: 30 });
    await new Promise(setImmediate);
    expect(held.lost.aborted).toBe(true);
  });

  test('S50 S92 a lease that is not wanted any more is left to expire, or revoked when that is asked for', async () => {
    const [clock, { made, calls }] = [virtualClock(), leases(answer)];
    const stop = new AbortController();
    const held = await holdLease(made, clock, 30, stop.signal);
    stop.abort();
    await clock.advance(100_000);
    expect(calls).toEqual([]);
    expect(held.lost.aborted).toBe(false);
    expect(clock.pending).toBe(0);
    await held.release();
    expect(calls).toEqual(['revoke']);
  });
});
