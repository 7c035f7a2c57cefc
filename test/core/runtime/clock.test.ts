import { describe, expect, test } from '@jest/globals';
import { timer } from 'rxjs';
import { alarm, microTimestamp, sleep, timestamp } from '../../../src/core/runtime/clock.js';
import { rxScheduler } from '../../../src/core/runtime/rx-scheduler.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';

describe('the virtual clock', () => {
  test('M6 timers fire in order of time, then of setting', async () => {
    const clock = virtualClock();
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push('c'));
    clock.setTimer(10, () => fired.push('a'));
    clock.setTimer(10, () => fired.push('b'));

    await clock.advance(20);

    expect(fired).toEqual(['a', 'b', 'c']);
    expect(clock.now()).toBe(20);
  });

  test('M7 what a timer starts in microtasks is done before the next timer', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    clock.setTimer(1, () => { void Promise.resolve().then(() => Promise.resolve()).then(() => order.push('after first')); });
    clock.setTimer(1, () => order.push('second'));

    await clock.advance(1);

    expect(order).toEqual(['after first', 'second']);
  });

  test('a cancelled timer does not fire and is not pending', async () => {
    const clock = virtualClock();
    let fired = false;
    const set = clock.setTimer(5, () => { fired = true; });
    set.cancel();
    set.cancel();

    await clock.advance(10);

    expect([fired, clock.pending, clock.next]).toEqual([false, 0, undefined]);
  });

  test('Q4 a wait of 30 days takes 30 days, not a moment', async () => {
    const clock = virtualClock();
    const days = 30 * 86_400_000;
    let firedAt = -1;
    clock.setTimer(days, () => { firedAt = clock.now(); });

    await clock.advance(days - 1);
    expect(firedAt).toBe(-1);
    await clock.advance(1);
    expect(firedAt).toBe(days);
  });

  test('a thousand random timers fire in order', async () => {
    const clock = virtualClock();
    const times: number[] = [];
    for (let i = 0; i < 1_000; i++) { const at = (i * 7_919) % 997; clock.setTimer(at, () => times.push(at)); }

    await clock.advance(1_000);

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times).toHaveLength(1_000);
  });
});

describe('waiting', () => {
  test('an alarm is set again, cleared, and gone with its signal', async () => {
    const clock = virtualClock();
    const end = new AbortController();
    const fired: number[] = [];
    const bell = alarm(clock, end.signal, () => fired.push(clock.now()));
    bell.set(10);
    bell.set(20);
    await clock.advance(30);
    bell.set(40);
    bell.set(undefined);
    await clock.advance(30);
    bell.set(100);
    end.abort();
    await clock.advance(100);

    expect(fired).toEqual([20]);
    expect(clock.pending).toBe(0);
  });

  test('sleep ends by time or by its signal, and leaves no timer', async () => {
    const clock = virtualClock();
    const end = new AbortController();
    const slept = sleep(clock, 10).then(() => clock.now());
    const cut = sleep(clock, 10_000, end.signal).catch((reason: unknown) => reason);
    await clock.advance(10);
    end.abort('enough');

    expect([await slept, await cut, clock.pending]).toEqual([10, 'enough', 0]);
  });

  test('M6 rxjs operators keep the same time', async () => {
    const clock = virtualClock();
    const seen: number[] = [];
    const subscription = timer(5, 10, rxScheduler(clock)).subscribe((n) => seen.push(n, clock.now()));
    await clock.advance(26);
    subscription.unsubscribe();
    await clock.advance(100);

    expect(seen).toEqual([0, 5, 1, 15, 2, 25]);
    expect(clock.pending).toBe(0);
  });

  test('A14 L1 timestamps are whole seconds or microseconds', () => {
    expect(timestamp(1_700_000_000_123)).toBe('2023-11-14T22:13:20Z');
    expect(microTimestamp(1_700_000_000_123)).toBe('2023-11-14T22:13:20.123000Z');
  });
});
