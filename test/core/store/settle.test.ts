import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnknownOutcome } from '../../../src/core/runtime/errors.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import { settle } from '../../../src/core/store/settle.js';
import type { StoreHandle, Txn, TxnResult } from '../../../src/core/store/store.js';
import { get, put, remove, value, valueCodec, type Value } from '../../conformance/store/backends.js';

const codec = valueCodec();

/** What becomes of a txn whose answer is lost: it never arrives, or is applied at once, or after so many more requests of anybody. */
type Fate = 'never' | 'now' | number;

/** A store of which some txns are lost; what arrived late, and what came of it. */
async function lossy(fates: Fate[]) {
  const store = await memory().open(codec, systemRuntime({ clock: virtualClock(), random: keyedRandom(1) }));
  const late: { wait: number; readonly txn: Txn<Value>; readonly done: (result: TxnResult<Value>) => void }[] = [];
  const arrive = async () => {
    for (const one of late) if (one.wait-- === 0) one.done(await store.txn(one.txn));
  };
  const lost: StoreHandle<Value> = Object.assign(Object.create(store) as StoreHandle<Value>, {
    range: async (options: Parameters<typeof store.range>[0]) => { await arrive(); return store.range(options); },
    watch: (options: Parameters<typeof store.watch>[0]) => store.watch(options),
    txn: async (txn: Txn<Value>) => {
      await arrive();
      const fate = fates.shift();
      if (fate === undefined) return store.txn(txn);
      if (fate === 'now') outcomes.push((await store.txn(txn)).ok);
      else if (fate !== 'never') late.push({ wait: fate, txn, done: ({ ok }) => { outcomes.push(ok); } });
      throw new UnknownOutcome('txn');
    },
  });
  const outcomes: boolean[] = [];
  return {
    store, lost,
    /** Of the lost txns that arrived: whether they were applied. */
    outcomes,
    async arriveAll() {
      for (const one of late) if (one.wait >= 0) { one.wait = -1; one.done(await store.txn(one.txn)); }
    },
  };
}

const update = (key: string, modRevision: bigint, data: unknown): Txn<Value> => ({ compare: [{ key, op: '=', modRevision }], then: [{ type: 'put', key, value: value(data) }] });

describe('settle', () => {
  test.each<[Fate, string]>([['never', 'not-applied'], ['now', 'applied'], [0, 'applied'], [1, 'applied'], [2, 'not-applied'], [50, 'not-applied']])(
    'S58 an update that was lost, arriving %s, is %s, and so it stays', async (fate, outcome) => {
      const { store, lost, outcomes, arriveAll } = await lossy([fate]);
      const { revision } = await put(store, 'a', 'old');
      const txn = update('a', revision, 'new');
      const after = store.seen;
      await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);

      expect(await settle(lost, codec, txn, { after })).toBe(outcome);
      await arriveAll();
      expect(outcomes.includes(true)).toBe(outcome === 'applied');
      expect((await get(store, 'a'))?.value.data).toBe(outcome === 'applied' ? 'new' : 'old');
    });

  test('S58 it is found although others wrote, or deleted, since', async () => {
    const { store, lost } = await lossy(['now']);
    const { revision } = await put(store, 'a', 'old');
    const txn = update('a', revision, 'mine');
    const after = store.seen;
    await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
    await put(store, 'a', 'theirs');
    await remove(store, 'a');

    expect(await settle(lost, codec, txn, { after })).toBe('applied');
    expect(await get(store, 'a')).toBeUndefined();
  });

  test('S58 the write of a rival is not taken for it', async () => {
    const { store, lost } = await lossy(['never']);
    const { revision } = await put(store, 'a', 'old');
    const txn = update('a', revision, 'mine');
    const after = store.seen;
    await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
    await put(store, 'a', 'theirs');

    expect(await settle(lost, codec, txn, { after })).toBe('not-applied');
    expect((await get(store, 'a'))?.value.data).toBe('theirs');
  });

  test('S58 nor is the write that bars it', async () => {
    const { store, lost } = await lossy(['never']);
    const { revision } = await put(store, 'a', 'same');
    const after = store.seen;
    const txn = update('a', revision, 'same');
    await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
    expect(await settle(lost, codec, txn, { after })).toBe('not-applied');
  });

  test('S58 all operations of the txn have to be there', async () => {
    const { store, lost } = await lossy(['never']);
    const { revision } = await put(store, 'a', 'old');
    await put(store, 'c', 1);
    const txn: Txn<Value> = { ...update('a', revision, 'new'), then: [{ type: 'put', key: 'a', value: value('new') }, { type: 'put', key: 'b', value: value(1) }, { type: 'delete', prefix: 'c' }] };
    const after = store.seen;
    await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
    await put(store, 'b', 1);
    await put(store, 'a', 'new');
    expect(await settle(lost, codec, txn, { after })).toBe('not-applied');
  });

  test('S58 a lease goes on with the key that bars it', async () => {
    const { store, lost } = await lossy(['never']);
    const { id } = await store.lease.grant(60);
    const { revision } = await store.txn({ compare: [], then: [{ type: 'put', key: 'a', value: value(1), lease: id }] });
    const txn = update('a', revision, 2);
    const after = store.seen;
    await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
    await settle(lost, codec, txn, { after });
    expect(await get(store, 'a')).toMatchObject({ lease: id, value: { data: 1 } });
  });

  test('S58 what cannot be made certain says so', async () => {
    const { store } = await lossy([]);
    const { revision } = await put(store, 'a', 1);
    const write = [{ type: 'put' as const, key: 'a', value: value(2) }];
    for (const compare of [[], [{ key: 'a', op: '>' as const, modRevision: 1n }], [{ key: 'a', op: '=' as const, createRevision: revision }]]) {
      await expect(settle(store, codec, { compare, then: write }, { after: revision })).rejects.toMatchObject({ code: 'CannotSettle' });
    }
    await put(store, 'a', 3);
    await put(store, 'a', 4);
    await store.compact(store.seen);
    await expect(settle(store, codec, { compare: [{ key: 'a', op: '=', modRevision: revision }], then: write }, { after: revision })).rejects.toMatchObject({ code: 'CannotSettle' });
  });

  test('S58 ends when it is aborted', async () => {
    const { store } = await lossy([]);
    const { revision } = await put(store, 'a', 1);
    const reason = AbortSignal.abort();
    await expect(settle(store, codec, update('a', revision, 2), { after: revision, signal: reason })).rejects.toMatchObject({ code: 'Aborted' });
  });

  test('S56 S58 whatever is lost, late, or written by others: what it answers is true for good', async () => {
    const fate = fc.oneof(fc.constantFrom<Fate>('never', 'now'), fc.nat(6));
    await fc.assert(fc.asyncProperty(
      fc.array(fate, { minLength: 1, maxLength: 3 }), fc.constantFrom('update', 'create', 'delete', 'move'), fc.array(fc.constantFrom('put', 'delete', 'nothing'), { maxLength: 2 }),
      async (fates, what, rivals) => {
        const { store, lost, outcomes, arriveAll } = await lossy([...fates]);
        const { revision } = await put(store, 'a', 'old');
        const created = [{ key: 'n', op: '=' as const, createRevision: 0n }];
        const updated = [{ key: 'a', op: '=' as const, modRevision: revision }];
        const txns: { readonly [name: string]: Txn<Value> } = {
          update: { compare: updated, then: [{ type: 'put', key: 'a', value: value('mine') }] },
          create: { compare: created, then: [{ type: 'put', key: 'n', value: value('mine') }] },
          delete: { compare: updated, then: [{ type: 'delete', key: 'a' }] },
          move: { compare: [...created, ...updated], then: [{ type: 'delete', key: 'a' }, { type: 'put', key: 'n', value: value('mine') }] },
        };
        const txn = txns[what] as Txn<Value>;
        const after = store.seen;
        const applied: bigint[] = [];
        await expect(lost.txn(txn)).rejects.toThrow(UnknownOutcome);
        for (const rival of rivals) {
          if (rival === 'put') await put(store, what === 'create' ? 'n' : 'a', `rival ${String(applied.length)}`);
          // A rival's delete could not be told from one's own.
          if (rival === 'delete' && what !== 'delete') await remove(store, what === 'create' ? 'n' : 'a');
        }
        const outcome = await settle(lost, codec, txn, { after });
        await arriveAll();

        // Every write of the value that was to be written, counted from the store's own log.
        const key = what === 'create' || what === 'move' ? 'n' : 'a';
        const history = store.watch({ prefix: key, after });
        const { revision: end } = await put(store, `${key}-end`, 1);
        for await (const delivery of history) {
          if (delivery.type !== 'batches') continue;
          for (const { events, revision: at } of delivery.batches) {
            for (const event of events) if (event.key === key && (what === 'delete' ? event.type === 'delete' : event.value?.data === 'mine')) applied.push(at);
          }
          if (delivery.batches.at(-1)?.revision === end) break;
        }
        expect(applied).toHaveLength(outcome === 'applied' ? 1 : 0);
        expect(outcomes.filter(Boolean).length).toBeLessThanOrEqual(1);
      },
    ), { numRuns: 2_000, seed: 7 });
  });
});
