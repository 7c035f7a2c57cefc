import { describe, expect, test } from '@jest/globals';
import type { Delta } from '../../../src/core/client/delta.js';
import { mergeDelta } from '../../../src/core/informer/delta-merge.js';
import { createFanOut } from '../../../src/core/informer/fan-out.js';
import type { Key } from '../../../src/core/resource/object.js';
import { thing, version, type Thing } from './scripted-api.js';

const key = 'default/a' as Key;
function revisions(rv: number) { return { first: version(rv), last: version(rv), count: 1 }; }
function added(rv: number, uid = 'u'): Delta<Thing> { return { type: 'added', key, new: thing({ name: 'a', rv, uid }), revisions: revisions(rv) }; }
function updated(from: number, rv: number): Delta<Thing> { return { type: 'updated', key, old: thing({ name: 'a', rv: from }), new: thing({ name: 'a', rv }), revisions: revisions(rv) }; }
function deleted(rv: number, uid = 'u'): Delta<Thing> { return { type: 'deleted', key, old: thing({ name: 'a', rv, uid }), finalState: 'known', revisions: revisions(rv) }; }
const merged = (...deltas: readonly Delta<Thing>[]) => deltas.reduce<readonly Delta<Thing>[]>(mergeDelta, []);

describe('mergeDelta', () => {
  test('I33 added and updated is added, with the latest object', () => {
    expect(merged(added(1), updated(1, 2), updated(2, 3))).toMatchObject([{ type: 'added', new: { metadata: { resourceVersion: '3' } }, revisions: { first: '1', last: '3', count: 3 } }]);
  });
  test('I33 updated and updated keeps the first old and the last new', () => {
    expect(merged(updated(1, 2), updated(2, 3))).toMatchObject([{ type: 'updated', old: { metadata: { resourceVersion: '1' } }, new: { metadata: { resourceVersion: '3' } } }]);
  });
  test('I33 added and deleted is nothing, updated and deleted is deleted', () => {
    expect(merged(added(1), deleted(2))).toEqual([]);
    expect(merged(updated(1, 2), deleted(3))).toMatchObject([{ type: 'deleted', old: { metadata: { resourceVersion: '3' } } }]);
  });
  test('I33 a deletion of what was delivered is never lost: deleted and added stay two', () => {
    expect(merged(updated(1, 2), deleted(3), added(4, 'v'))).toMatchObject([{ type: 'deleted' }, { type: 'added' }]);
    expect(merged(deleted(3), added(4, 'v'), deleted(5, 'v'))).toMatchObject([{ type: 'deleted', old: { metadata: { resourceVersion: '3' } } }]);
    expect(merged(deleted(3), added(4, 'v'), deleted(5, 'v'), added(6, 'w'))).toMatchObject([{ type: 'deleted' }, { type: 'added', new: { metadata: { uid: 'w' } } }]);
  });
});

describe('createFanOut', () => {
  const quiet = () => new Promise<void>((resolve) => { setImmediate(resolve); });
  function fanOut() {
    const faults: string[] = [];
    const out = createFanOut<Thing>({ what: 'things', current: () => [], seen: () => version(1), onFault: (fault) => { faults.push(fault.message); } });
    return { out, faults };
  }
  const note = (into: string[]) => (batch: { readonly deltas: readonly Delta<Thing>[] }) => { into.push(batch.deltas.map((d) => d.type).join(' ')); };

  test('I33 a slow subscriber delays nobody, and gets what it missed merged', async () => {
    const { out } = fanOut();
    const fast: string[] = [];
    const slow: string[] = [];
    let go = () => {};
    out.subscribe(note(fast));
    out.subscribe((batch) => { note(slow)(batch); return new Promise((resolve) => { go = resolve; }); });
    out.open();
    out.send([added(1)]);
    out.send([updated(1, 2)]);
    out.send([updated(2, 3)]);
    expect(out.backlog).toBe(1);

    go();
    await quiet();

    expect(fast).toEqual(['', 'added', 'updated', 'updated']);
    expect(slow).toEqual(['', 'added']);
    out.close();
  });

  test('I32 a subscription has synced when its callback for the initial batch is done', async () => {
    const { out } = fanOut();
    let go = () => {};
    const subscription = out.subscribe(() => new Promise((resolve) => { go = resolve; }));
    out.open();
    await quiet();
    expect(subscription.hasSynced).toBe(false);
    go();
    await subscription.synced();
    expect(subscription.hasSynced).toBe(true);
    out.close();
  });

  test('I34 who throws or rejects gets the next batch as usual, and nobody else notices', async () => {
    const { out, faults } = fanOut();
    const other: string[] = [];
    let calls = 0;
    out.subscribe(() => { calls++; throw new Error('one'); });
    out.subscribe(() => Promise.reject(new Error('two')));
    out.subscribe(note(other));
    out.open();
    await quiet();
    out.send([added(1)]);
    await quiet();

    expect(calls).toBe(2);
    expect(faults).toHaveLength(4);
    expect(other).toEqual(['', 'added']);
    out.close();
  });

  test('I44 nothing is called after the end; who waits is told', async () => {
    const { out } = fanOut();
    const calls: string[] = [];
    const subscription = out.subscribe(note(calls));
    const waiting = subscription.synced().catch((error: unknown) => (error as { code: string }).code);
    out.close();
    out.open();
    out.send([added(1)]);
    await quiet();
    expect(calls).toEqual([]);
    expect(await waiting).toBe('Disposed');
  });
});
