import { describe, expect, test } from '@jest/globals';
import { virtualClock, type VirtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import type { Item, StoreHandle, WriteOp } from '../../../../src/core/store/store.js';
import { draws } from './draws.js';
import { Crashed, fakeDisk, systemError, type FakeDisk } from './fake-disk.js';
import { contentOf, openOn, value, type Value } from './setting.js';

/** The first record of a log. */
const headerBytes = 38;

type Contents = ReadonlyMap<string, { readonly data: unknown; readonly createRevision: bigint; readonly modRevision: bigint; readonly version: bigint }>;

/** The slow, obvious store: what it holds at each revision. */
class Model {
  readonly states: Contents[] = [new Map(), new Map()];

  get now(): Contents {
    return this.states[this.states.length - 1] ?? new Map();
  }

  apply(ops: readonly WriteOp<Value>[]): void {
    const revision = BigInt(this.states.length);
    const next = new Map(this.now);
    let changed = false;
    for (const op of ops) {
      if (op.type === 'put') {
        const before = next.get(op.key);
        next.set(op.key, { data: op.value.data, createRevision: before?.createRevision ?? revision, modRevision: revision, version: (before?.version ?? 0n) + 1n });
        changed = true;
      } else {
        for (const key of [...next.keys()]) {
          const hit = 'key' in op ? key === op.key : 'prefix' in op ? key.startsWith(op.prefix) : key >= op.start && key < op.end;
          if (hit) { next.delete(key); changed = true; }
        }
      }
    }
    if (changed) this.states.push(next);
  }

  /** Nothing after this revision came to be. */
  cutAfter(revision: bigint): void {
    this.states.length = Number(revision) + 1;
  }
}

function randomOps(random: () => number): WriteOp<Value>[] {
  const key = () => `k${String(Math.floor(random() * 12))}`;
  const draw = random();
  if (draw < 0.15) return [{ type: 'delete', key: key() }];
  if (draw < 0.2) return [{ type: 'delete', prefix: key() }];
  if (draw < 0.25) return [{ type: 'delete', start: 'k3', end: 'k5' }];
  const first = key();
  const second = key();
  const put = (name: string): WriteOp<Value> => ({ type: 'put', key: name, value: value('v'.repeat(Math.floor(random() * 900))) });
  return first === second || draw < 0.7 ? [put(first)] : [put(first), put(second)];
}

function asContents(items: readonly Item<Value>[]): Contents {
  return new Map(items.map(({ key, value: { data }, createRevision, modRevision, version }) => [key, { data, createRevision, modRevision, version }]));
}

function sorted(contents: Contents): unknown {
  return [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Writes until the machine stops, or for so many rounds; answers the last acknowledged revision. */
async function writeUntilCrash(store: StoreHandle<Value>, clock: VirtualClock, model: Model, random: () => number, rounds: number): Promise<bigint> {
  let acknowledged = 0n;
  for (let round = 0; round < rounds; round++) {
    const writes: Promise<void>[] = [];
    for (let left = Math.floor(random() * 6); left >= 0; left--) {
      const then = randomOps(random);
      const before = store.seen;
      writes.push(store.txn({ compare: [], then }).then(({ revision }) => { if (revision > acknowledged) acknowledged = revision; }));
      expect(store.seen).toBe(before);
      model.apply(then);
    }
    const settled = Promise.allSettled(writes);
    await clock.advance(2);
    const results = await settled;
    if (results.some(({ status }) => status === 'rejected')) break;
  }
  return acknowledged;
}

/** One life of a store after another on one disk, each ended by a crash at a random operation. */
async function lives(seed: number, end: 'kill' | 'power'): Promise<void> {
  const random = draws(seed);
  const model = new Model();
  let disk: FakeDisk = fakeDisk();
  let acknowledged = 1n;
  for (let life = 0; life < 4; life++) {
    const crashAt = Math.floor(random() * 120);
    disk.onOperation = (_operation, index) => { if (index >= crashAt) throw new Crashed('the machine is off'); };
    disk.shortWrite = Math.floor(random() * 500);
    const clock = virtualClock();
    try {
      const store = await openOn(disk, { snapshotBytes: 2_500 }, clock);
      const { revision, items } = await contentOf(store);
      expect([seed, life, revision]).toEqual([seed, life, BigInt(model.states.length - 1)]);
      expect(sorted(asContents(items))).toEqual(sorted(model.now));
      const last = await writeUntilCrash(store, clock, model, random, 30);
      if (last > acknowledged) acknowledged = last;
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
    disk = disk.after(end, random);
    const store = await openOn(disk);
    const { revision, items } = await contentOf(store);
    // Every acknowledged write is there; every other is wholly there or wholly absent, in order (S65).
    expect([seed, life, revision >= acknowledged]).toEqual([seed, life, true]);
    expect([seed, life, revision < BigInt(model.states.length)]).toEqual([seed, life, true]);
    model.cutAfter(revision);
    expect(sorted(asContents(items))).toEqual(sorted(model.now));
    await store[Symbol.asyncDispose]();
  }
}

describe('crashes', () => {
  test('S65 S67 a process killed at any operation, 300 times', async () => {
    for (let seed = 1; seed <= 75; seed++) await lives(seed, 'kill');
  });

  test('S65 S66 S67 a power cut at any operation, 1200 times', async () => {
    for (let seed = 1_001; seed <= 1_300; seed++) await lives(seed, 'power');
  });

  test('S67 S70 faults that pass: what was acknowledged is there, what was refused is not', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = draws(seed);
      const model = new Model();
      const disk = fakeDisk();
      const clock = virtualClock();
      const store = await openOn(disk, { snapshotBytes: 2_500 }, clock);
      disk.onOperation = ({ type, name }) => {
        // A failed sync of the log, or a part of a record that stays in it, fails the store; with all else it has to live.
        if (random() < 0.08 && type !== 'truncate' && !(type === 'sync' && name.startsWith('log-'))) throw systemError(random() < 0.7 ? 'ENOSPC' : 'EDQUOT');
        // One that has only its first record is not in use yet.
        if (type === 'sync' && name.startsWith('log-') && disk.content(name).length === headerBytes && random() < 0.3) throw systemError('EIO');
      };
      for (let i = 0; i < 60; i++) {
        disk.shortWrite = Math.floor(random() * 300);
        const then = randomOps(random);
        try {
          await store.txn({ compare: [], then });
          model.apply(then);
        } catch (error) {
          expect([seed, i, error]).toEqual([seed, i, expect.objectContaining({ code: 'NoSpace' })]);
          await clock.advance(1_000);
        }
      }
      const again = await openOn(disk.after('kill', random));
      const { revision, items } = await contentOf(again);
      expect([seed, revision]).toEqual([seed, BigInt(model.states.length - 1)]);
      expect(sorted(asContents(items))).toEqual(sorted(model.now));
    }
  });

  test('S68 closed in order and opened again is the same, whatever was done', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = draws(seed);
      const model = new Model();
      const disk = fakeDisk();
      for (let life = 0; life < 3; life++) {
        const store = await openOn(disk, { snapshotBytes: 4_000, sync: (['group', 'each', 'off'] as const)[seed % 3] ?? 'group' });
        const { revision, items } = await contentOf(store);
        expect([seed, revision]).toEqual([seed, BigInt(model.states.length - 1)]);
        expect(sorted(asContents(items))).toEqual(sorted(model.now));
        for (let i = 0; i < 20; i++) {
          const then = randomOps(random);
          await store.txn({ compare: [], then });
          model.apply(then);
        }
        await store[Symbol.asyncDispose]();
      }
    }
  });
});
