import { expect, test } from '@jest/globals';
import { ExpiryLeases } from '../../../../src/core/api/write/expiry-leases.js';
import { Event } from '../../../../src/core/resource/event.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import type { KubeObject } from '../../../../src/core/resource/object.js';
import type { StoreHandle } from '../../../../src/core/store/store.js';
import { ConfigMap } from '../harness.js';

function setting(ttlSeconds: number) {
  const clock = virtualClock();
  const ttls: number[] = [];
  let fail = false;
  const store = {
    lease: { grant: (ttl: number) => {
      if (fail) return Promise.reject(new Error('away'));
      ttls.push(ttl);
      return Promise.resolve({ id: BigInt(ttls.length), ttlSeconds: ttl });
    } },
  } as unknown as StoreHandle<KubeObject>;
  return { clock, ttls, leases: new ExpiryLeases(store, clock, ttlSeconds), away: (is: boolean) => { fail = is; } };
}

test('S51 A64 a lease is shared by what comes within a minute', async () => {
  const { clock, ttls, leases } = setting(3_600);
  expect(await leases.leaseFor(Event)).toBe(1n);
  await clock.advance(59_999);
  expect(await leases.leaseFor(Event)).toBe(1n);
  await clock.advance(1);
  expect(await leases.leaseFor(Event)).toBe(2n);
  expect(ttls).toEqual([3_600, 3_600]);
});

test('S51 within a twentieth of a short ttl', async () => {
  const { clock, leases } = setting(100);
  expect(await leases.leaseFor(Event)).toBe(1n);
  await clock.advance(4_999);
  expect(await leases.leaseFor(Event)).toBe(1n);
  await clock.advance(1);
  expect(await leases.leaseFor(Event)).toBe(2n);
});

test('S51 by at most 1,000 objects', async () => {
  const { leases } = setting(3_600);
  const ids = await Promise.all(Array.from({ length: 2_001 }, () => leases.leaseFor(Event)));
  expect([1n, 2n, 3n].map((id) => ids.filter((one) => one === id).length)).toEqual([1_000, 1_000, 1]);
});

test('S51 one that was not granted is asked for again', async () => {
  const { leases, away } = setting(3_600);
  away(true);
  await expect(leases.leaseFor(Event)).rejects.toThrow('away');
  away(false);
  expect(await leases.leaseFor(Event)).toBe(1n);
});

test('S51 A64 nothing else expires, and nothing at all with a ttl of 0', async () => {
  expect(await setting(3_600).leases.leaseFor(ConfigMap)).toBeUndefined();
  expect(await setting(0).leases.leaseFor(Event)).toBeUndefined();
});
