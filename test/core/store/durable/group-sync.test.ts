import { describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { GroupSync, type SyncPolicy } from '../../../../src/core/store/durable/group-sync.js';

function setting(policy: SyncPolicy, syncMs = 1) {
  const clock = virtualClock();
  const log: string[] = [];
  let fail: Error | undefined;
  const group = new GroupSync({
    policy, clock, signal: new AbortController().signal,
    sync: () => new Promise((resolve, reject) => {
      log.push(`sync at ${String(clock.now())}`);
      clock.setTimer(clock.now() + syncMs, () => { if (fail) reject(fail); else resolve(); });
    }),
    onSynced: (records) => { log.push(`${String(records)} at ${String(clock.now())}`); },
  });
  return {
    clock, group, log,
    fail: (error: Error) => { fail = error; },
    add: (count: number) => { for (let i = 0; i < count; i++) group.add(); },
    after: async (ms: number, count: number) => {
      await clock.advance(ms);
      for (let i = 0; i < count; i++) group.add();
    },
  };
}

describe('group sync', () => {
  test('S64 what is written in one turn shares a sync; a writer alone does not wait', async () => {
    const { clock, add, log } = setting('group');

    add(3);
    await clock.advance(10);
    add(1);
    await clock.advance(0);

    expect(log.slice(0, 2)).toEqual(['sync at 0', '3 at 1']);
  });

  test('S64 writers that come one at a time each get their sync at once', async () => {
    const { clock, add, log } = setting('group');

    for (let i = 0; i < 3; i++) {
      add(1);
      await clock.advance(10);
    }

    expect(log).toEqual(['sync at 0', '1 at 1', 'sync at 10', '1 at 11', 'sync at 20', '1 at 21']);
  });

  test('S64 where there was company, what comes within 2 ms shares a sync', async () => {
    const { clock, add, after, log } = setting('group');
    add(4);
    await clock.advance(10);

    add(1);
    await after(1, 1);
    await after(0.9, 1);
    await after(0.5, 1);
    await clock.advance(10);

    expect(log).toEqual(['sync at 0', '4 at 1', 'sync at 12', '3 at 13', 'sync at 14.4', '1 at 15.4']);
  });

  test('S64 a group that is as large as the last does not wait longer', async () => {
    const { clock, add, after, log } = setting('group');
    add(4);
    await clock.advance(10);

    add(2);
    await after(1, 2);
    await clock.advance(10);

    expect(log.slice(2)).toEqual(['sync at 11', '4 at 12']);
  });

  test('S64 what comes during a sync is in the next one', async () => {
    const { clock, add, after, group, log } = setting('group', 5);
    add(2);
    await after(1, 2);
    const settled: number[] = [];
    void group.settled()?.then(() => settled.push(clock.now()));
    await clock.advance(20);

    expect(log).toEqual(['sync at 0', '2 at 5', 'sync at 5', '2 at 10']);
    expect(settled).toEqual([10]);
    expect(group.settled()).toBeUndefined();
  });

  test('S64 each: one sync for each write', async () => {
    const { clock, add, log } = setting('each');

    add(3);
    await clock.advance(10);

    expect(log).toEqual(['sync at 0', '1 at 1', 'sync at 1', '1 at 2', 'sync at 2', '1 at 3']);
  });

  test('S64 off: nothing is waited for', () => {
    const { add, group, log } = setting('off');

    add(2);

    expect(log).toEqual(['1 at 0', '1 at 0']);
    expect(group.settled()).toBeUndefined();
  });

  test('S70 after a failed sync nothing is safe any more, and nothing is tried again', async () => {
    const { clock, add, group, log, fail } = setting('group');
    add(1);
    await clock.advance(5);
    fail(new Error('disk'));
    add(1);
    const first = group.settled();
    const caught = Promise.resolve(first).catch((error: unknown) => error);
    await clock.advance(5);
    add(1);
    await clock.advance(5);

    expect(await caught).toEqual(new Error('disk'));
    await expect(group.settled()).rejects.toThrow('disk');
    expect(log).toEqual(['sync at 0', '1 at 1', 'sync at 5']);
    expect(clock.pending).toBe(0);
  });
});
