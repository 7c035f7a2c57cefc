import { describe, expect, test } from '@jest/globals';
import type { WriteReport } from '../../../src/core/client/client.js';
import { informers } from '../../../src/core/informer/informers.js';
import { ownWrites } from '../../../src/core/informer/own-writes.js';
import type { Key, KubeObject, ResourceVersion } from '../../../src/core/resource/object.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { scriptedApi, Thing, version } from './scripted-api.js';

const a = 'default/a' as Key;

async function world() {
  const clock = virtualClock();
  const api = scriptedApi();
  const set = informers(api, { clock, random: keyedRandom(1), log: silent });
  const live = { rv: version(0), absent: false };
  const vanished: Key[] = [];
  const own = ownWrites({ onVanished: (_kind, key) => { vanished.push(key); }, clock, cacheOf: (kind) => set.runningForReads(kind), readLive: () => Promise.resolve(live) });
  set.forReads(Thing);
  await clock.quiet();
  let lastId = 0;
  const sent = (key: Key | undefined = a) => {
    const id = ++lastId;
    own.record({ type: 'sent', id, kind: Thing, key });
    return {
      answered: (object: KubeObject, o: { readonly verb?: 'delete' | 'create'; readonly gone?: boolean; readonly appliedTo?: ResourceVersion } = {}) => {
        const report: WriteReport = {
          type: 'answered', id, kind: Thing, key: `${object.metadata.namespace ?? ''}/${object.metadata.name}` as Key, object, verb: o.verb ?? 'create',
          appliedTo: o.appliedTo, resourceVersion: object.metadata.resourceVersion, gone: o.gone ?? false,
        };
        own.record(report);
      },
      failed: () => { own.record({ type: 'failed', id, kind: Thing, key }); },
      unknown: () => { own.record({ type: 'unknown', id, kind: Thing, key }); },
    };
  };
  const outcome = (promise: Promise<void> | undefined) => {
    const state: { is: string } = { is: 'waiting' };
    void (promise ?? Promise.resolve()).then(() => { state.is = 'seen'; }, (error: unknown) => { state.is = (error as { code: string }).code; });
    return state;
  };
  return { clock, api, set, own, sent, outcome, live, vanished };
}

describe('ownWrites', () => {
  test('I37 a read waits until the cache has the write; other keys do not wait', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    api.hold();
    const write = sent();
    write.answered(api.put('a'));

    const read = outcome(own.waitFor(Thing, a));
    expect(own.waitFor(Thing, 'default/b' as Key)).toBeUndefined();
    await clock.quiet();
    expect(read.is).toBe('waiting');
    api.release();
    await clock.quiet();

    expect(read.is).toBe('seen');
    expect(own.size).toBe(0);
    await set[Symbol.asyncDispose]();
  });

  test('I38 a read issued while a write is in flight waits for its outcome', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    const write = sent();
    const read = outcome(own.waitFor(Thing, a));
    const list = outcome(own.waitForAll(Thing, 'default'));
    expect(own.waitForAll(Thing, 'elsewhere')).toBeUndefined();
    await clock.quiet();
    expect([read.is, list.is]).toEqual(['waiting', 'waiting']);

    write.answered(api.put('a'));
    await clock.quiet();

    expect([read.is, list.is]).toEqual(['seen', 'seen']);
    expect(clock.pending).toBe(1); // the stream's own
    await set[Symbol.asyncDispose]();
  });

  test('I38 a refused write lets its readers go', async () => {
    const { clock, set, own, sent, outcome } = await world();
    const write = sent();
    const read = outcome(own.waitFor(Thing, a));

    write.failed();
    await clock.quiet();

    expect(read.is).toBe('seen');
    expect(own.size).toBe(0);
    await set[Symbol.asyncDispose]();
  });

  test('I39 a delete waits until its object is gone from the cache', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    const before = api.put('a');
    await clock.quiet();
    api.hold();
    const write = sent();
    write.answered(api.remove('a'), { verb: 'delete', gone: true, appliedTo: before.metadata.resourceVersion });

    const read = outcome(own.waitFor(Thing, a));
    await clock.quiet();
    expect(read.is).toBe('waiting');
    api.release();
    await clock.quiet();

    expect(read.is).toBe('seen');
    await set[Symbol.asyncDispose]();
  });

  test('R2 I40 what somebody deleted between two lists, so that the cache never had it, has vanished', async () => {
    const { clock, api, set, own, sent, vanished } = await world();
    api.hold();
    sent().answered(api.put('a'));
    sent('default/b' as Key).answered(api.put('b'));
    api.remove('a');
    api.compact();
    api.drop();
    api.release();
    await clock.advance(60_000);

    expect([vanished, own.size]).toEqual([['default/a'], 0]);
    await set[Symbol.asyncDispose]();
  });

  test('R2 I39 what the caller deleted itself has not vanished', async () => {
    const { clock, api, set, sent, vanished } = await world();
    const created = api.put('a');
    sent().answered(created);
    sent().answered(api.remove('a'), { verb: 'delete', gone: true, appliedTo: created.metadata.resourceVersion });
    await clock.quiet();

    expect(vanished).toEqual([]);
    await set[Symbol.asyncDispose]();
  });

  test('I39 an absence that is older than the object does not pass for its deletion', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    api.hold();
    const created = api.put('a');
    sent().answered(created);
    sent().answered(api.remove('a'), { verb: 'delete', gone: true, appliedTo: created.metadata.resourceVersion });

    const read = outcome(own.waitFor(Thing, a));
    await clock.quiet();

    expect(read.is).toBe('waiting');
    await set[Symbol.asyncDispose]();
    await clock.quiet();
    expect(read.is).toBe('Disposed');
  });

  test('I39 a lost answer is settled by a live read, whose version is then waited for', async () => {
    const { clock, api, set, own, sent, outcome, live } = await world();
    api.hold();
    const write = sent();
    Object.assign(live, { rv: api.put('a').metadata.resourceVersion });
    write.unknown();

    const read = outcome(own.waitFor(Thing, a));
    await clock.quiet();
    expect(read.is).toBe('waiting');
    api.release();
    await clock.quiet();

    expect(read.is).toBe('seen');
    expect(own.size).toBe(0);
    await set[Symbol.asyncDispose]();
  });

  test('I40 CacheBehind comes at 10 s, never earlier', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    api.hold();
    sent().answered(api.put('a'));

    const read = outcome(own.waitFor(Thing, a));
    await clock.advance(9_999);
    expect(read.is).toBe('waiting');
    await clock.advance(1);

    expect(read.is).toBe('CacheBehind');
    await set[Symbol.asyncDispose]();
  });

  test('I42 a write that the cache shows already leaves no mark', async () => {
    const { clock, api, set, own, sent } = await world();
    const write = sent();
    const object = api.put('a');
    await clock.quiet();

    write.answered(object);

    expect(own.size).toBe(0);
    expect(own.waitFor(Thing, a)).toBeUndefined();
    await set[Symbol.asyncDispose]();
  });

  test('I42 marks of writes that nobody reads go when they are seen', async () => {
    const { clock, api, set, own, sent } = await world();
    api.hold();
    for (let i = 0; i < 100; i++) sent(`default/n${String(i)}` as Key).answered(api.put(`n${String(i)}`));
    expect(own.size).toBe(100);

    api.release();
    await clock.quiet();

    expect(own.size).toBe(0);
    await set[Symbol.asyncDispose]();
  });

  test('I37 a create without a name is waited for by lists, and then under its key', async () => {
    const { clock, api, set, own, sent, outcome } = await world();
    api.hold();
    const write = sent(undefined);
    own.record({ type: 'sent', id: 99, kind: Thing, key: undefined });
    const list = outcome(own.waitForAll(Thing, 'default'));

    write.answered(api.put('a'));
    own.record({ type: 'failed', id: 99, kind: Thing, key: undefined });
    expect(own.waitFor(Thing, a)).toBeDefined();
    api.release();
    await clock.quiet();

    expect(list.is).toBe('seen');
    expect(own.size).toBe(0);
    await set[Symbol.asyncDispose]();
  });
});
